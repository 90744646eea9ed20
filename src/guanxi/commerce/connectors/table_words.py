"""The fields a table can have, and the words by which their columns and states go in English and Chinese."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.commerce.types import OrderStatus
from guanxi.core.table_files.headers import plain

FIELDS: dict[str, Promise] = {
    "order": _("Order number"),
    "placed_at": _("Time of the order"),
    "paid_at": _("Time of payment"),
    "shipped_at": _("Time of dispatch"),
    "completed_at": _("Time of completion"),
    "status": _("Order state"),
    "currency": _("Currency"),
    "total": _("Order total"),
    "shipping": _("Shipping"),
    "tax": _("Tax"),
    "refund": _("Amount refunded"),
    "discount_code": _("Discount code"),
    "title": _("Product name"),
    "sku": _("Product code"),
    "external_product_id": _("Product number of the platform"),
    "variant": _("Variant"),
    "category": _("Category"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "discount": _("Discount of the line"),
    "line_total": _("Line total"),
    "customer_id": _("Customer number"),
    "account": _("Account name"),
    "wechat_openid": _("WeChat openid"),
    "wechat_unionid": _("WeChat unionid"),
    "qq": _("QQ number"),
    "weibo": _("Weibo user"),
    "taobao_ouid": _("Taobao buyer (ouid)"),
    "taobao_omid": _("Taobao member (omid)"),
    "taobao_oaid": _("Taobao recipient (oaid)"),
    "card": _("Member card"),
    "name": _("Customer name"),
    "email": _("E-mail"),
    "phone": _("Telephone"),
    "gender": _("Gender"),
    "birth_date": _("Date of birth"),
    "country": _("Country"),
    "region": _("Province or state"),
    "city": _("City"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "tags": _("Tags"),
    "accepts_email": _("Accepts marketing by e-mail"),
    "accepts_sms": _("Accepts marketing by SMS"),
    "carrier": _("Carrier"),
    "tracking_number": _("Tracking number"),
}

WORDS: dict[str, str] = {
    "order": "order|order id|order no|order number|order code|invoice|invoice no|invoice id|invoice number|document no"
    "|receipt no|receipt number|transaction id|sales order|bill no|订单编号|订单号|订单id|单号|单据编号|小票号|发票号"
    "|交易号|交易编号|销售单号|訂單編號|訂單號|訂單號碼|發票號碼",
    "placed_at": "order date|order time|ordered at|ordered|placed at|placed|invoice date|date|datetime|created at"
    "|created|purchase date|purchased at|transaction date|sale date|下单时间|下单日期|订单时间|订单日期|创建时间"
    "|订单创建时间|日期|时间|交易时间|成交时间|销售日期|购买时间|購買時間|訂單日期|訂購時間|下單時間",
    "paid_at": "paid at|paid|date paid|payment date|payment time|付款时间|支付时间|付款日期|订单付款时间|付款時間",
    "shipped_at": "shipped at|ship date|dispatched at|dispatch date|发货时间|發貨時間",
    "completed_at": "completed at|delivered at|delivery date|确认收货时间|完成时间|订单完成时间|完成時間",
    "status": "status|order status|state|order state|订单状态|状态|交易状态|訂單狀態|狀態",
    "currency": "currency|currency code|币种|货币|幣別|貨幣",
    "total": "total|order total|total amount|grand total|amount|total price|order amount|amount paid|paid amount|sales"
    "|revenue|总金额|订单金额|订单总额|实付金额|应付金额|金额|总额|总计|合计|销售额|支付金额|實付金額|總金額|金額",
    "shipping": "shipping|shipping cost|shipping fee|freight|delivery fee|postage|运费|邮费|運費",
    "tax": "tax|vat|taxes|tax amount|gst|税|税额|稅額",
    "refund": "refund|refund amount|refunded amount|amount refunded|退款|退款金额|退款金額",
    "discount_code": "discount code|coupon|coupon code|voucher|优惠码|优惠券|優惠券",
    "title": "description|product|product name|item|item name|title|product title|goods|商品名称|商品|商品标题|产品名称"
    "|产品|品名|货品名称|宝贝标题|商品名稱",
    "sku": "sku|stock code|product code|item code|product sku|article no|item no|item number|barcode|商家编码|商品编码"
    "|商品编号|货号|sku编码|条码|商品編號|貨號",
    "external_product_id": "product id|item id|asin|商品id|产品id",
    "variant": "variant|option|规格|商品规格|款式|規格",
    "category": "category|product category|department|类别|分类|品类|商品分类|類別|分類",
    "quantity": "quantity|qty|units|item quantity|pieces|数量|商品数量|购买数量|件数|數量",
    "unit_price": "unit price|price|item price|单价|价格|商品单价|單價|價格",
    "discount": "discount|discount amount|line discount|优惠|折扣|优惠金额|折扣金额|折扣金額",
    "line_total": "line total|line amount|subtotal|item total|extended price|小计|行金额|商品金额|小計",
    "customer_id": "customer id|customer no|customer number|customer|client id|member id|member no|user id|buyer id"
    "|客户编号|客户id|会员号|会员编号|会员id|用户id|客戶編號|會員編號",
    "account": "account|account name|user name|username|buyer account|nickname|买家账号|买家昵称|会员名|买家会员名"
    "|用户名|昵称|旺旺|會員名|暱稱",
    "wechat_openid": "openid|open id|wechat openid|微信openid",
    "wechat_unionid": "unionid|union id|wechat unionid|微信unionid",
    "qq": "qq|qq number|qq号|qq号码|qq號",
    "weibo": "weibo|weibo uid|微博|微博uid",
    "taobao_ouid": "ouid|buyer ouid",
    "taobao_omid": "omid|buyer omid",
    "taobao_oaid": "oaid",
    "card": "card|card no|card number|member card|membership card|会员卡|会员卡号|卡号|會員卡|會員卡號",
    "name": "name|customer name|full name|buyer name|recipient|receiver|billing name|姓名|客户姓名|客户名称|收货人"
    "|收件人|收货人姓名|买家姓名|收貨人|客戶姓名",
    "email": "email|e-mail|email address|customer email|buyer email|邮箱|电子邮箱|电子邮件|郵箱|電子郵件",
    "phone": "phone|mobile|telephone|tel|phone number|mobile phone|mobile number|手机|手机号|手机号码|电话|联系电话"
    "|联系手机|收货人电话|手機|電話",
    "gender": "gender|sex|性别|性別",
    "birth_date": "birthday|birth date|date of birth|生日|出生日期",
    "country": "country|country code|shipping country|国家|國家",
    "region": "region|province|state province|shipping state|shipping province|省|省份|收货省份|地区|地區",
    "city": "city|town|shipping city|城市|市",
    "address": "address|street|shipping address|address1|地址|收货地址|详细地址|收貨地址",
    "postcode": "postcode|zip|zip code|postal code|邮编|邮政编码|郵遞區號",
    "tags": "tags|tag|标签|標籤",
    "accepts_email": "accepts marketing|accepts email marketing|email consent|newsletter|接受邮件营销|接受營銷郵件",
    "accepts_sms": "accepts sms marketing|sms consent|接受短信营销",
    "carrier": "carrier|shipping company|courier|物流公司|快递公司|物流公司名稱",
    "tracking_number": "tracking number|tracking no|waybill|物流单号|快递单号|运单号|物流單號",
}
FIELD_BY_WORD = {plain(word): field for field, words in WORDS.items() for word in words.split("|")}

_STATES: Sequence[tuple[OrderStatus, str]] = (
    (
        OrderStatus.UNPAID,
        "unpaid|pending|pending payment|awaiting payment|open|待付款|未付款|待支付|等待买家付款|待付款訂單",
    ),
    (OrderStatus.PAID, "paid|processing|confirmed|approved|invoiced|new|已付款|已支付|待发货|未发货|买家已付款|待發貨"),
    (OrderStatus.SHIPPED, "shipped|dispatched|sent|in transit|partially shipped|已发货|待收货|配送中|已發貨|待收貨"),
    (
        OrderStatus.COMPLETED,
        "completed|complete|delivered|done|fulfilled|closed|finished|交易成功|已完成|已签收|已收货|完成|已簽收|已收貨",
    ),
    (OrderStatus.CANCELLED, "cancelled|canceled|void|voided|unavailable|交易关闭|已取消|已关闭|取消|作废|已關閉"),
    (OrderStatus.REFUNDED, "refunded|returned|已退款|退款成功|已退货|已退貨"),
)
STATE_WORDS: dict[str, OrderStatus] = {word: status for status, words in _STATES for word in words.split("|")}
