"""A small invented export of each platform, with and without bad rows. Nobody in them exists."""

import csv
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from guanxi.commerce.connectors.base import ShopContext

TAOBAO_LIST = [
    "订单编号", "买家会员名", "买家支付宝账号", "买家应付货款", "买家应付邮费", "买家支付积分", "总金额",
    "返点积分", "买家实际支付金额", "买家实际支付积分", "订单状态", "买家留言", "收货人姓名", "收货地址 ",
    "运送方式", "联系电话 ", "联系手机", "订单创建时间", "订单付款时间 ", "宝贝标题 ", "宝贝种类 ", "物流单号 ",
    "物流公司", "订单备注", "宝贝总数量", "店铺Id", "店铺名称", "订单关闭原因", "退款金额", "预约门店",
]  # fmt: skip
PINDUODUO = [
    "订单成交时间", "商品", "订单号", "订单状态", "商品总价(元)", "邮费(元)", "店铺优惠折扣(元)",
    "平台优惠折扣(元)", "多多支付立减金额(元)", "用户实付金额(元)", "商家实收金额(元)", "商品数量(件)",
    "发货时间", "确认收货时间", "商品id", "商品规格", "样式ID", "商家编码-规格维度", "商家编码-商品维度",
    "商家备注", "售后状态", "快递单号", "快递公司",
]  # fmt: skip
DOUYIN = [
    "主订单编号", "子订单编号", "选购商品", "商品规格", "商品数量", "商家编码", "订单应付金额", "运费",
    "收件人", "收件人手机号", "详细地址", "订单提交时间", "商家备注", "订单完成时间", "订单状态", "售后状态",
    "取消原因", "发货时间", "平台实际承担优惠金额", "商家实际承担优惠金额", "达人实际承担优惠金额",
]  # fmt: skip
SHOPIFY = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Created at",
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Billing Name", "Billing Phone",
    "Shipping Name", "Shipping Street", "Shipping City", "Shipping Zip", "Shipping Province",
    "Shipping Country", "Shipping Phone", "Cancelled at", "Payment Method", "Refunded Amount",
    "Outstanding Balance", "Id", "Tags", "Lineitem discount", "Phone",
]  # fmt: skip
TABLE = [
    "Order No", "Date", "SKU", "Description", "Quantity", "Unit Price", "Customer ID", "E-mail", "Mobile",
    "Country",
]  # fmt: skip


@dataclass(frozen=True)
class Sample:
    name: str
    good: bytes
    bad: bytes
    """The good orders and bad ones."""
    orders: int
    rejected: int
    shop: ShopContext = field(default_factory=ShopContext)

    def write(self, folder: Path, *, bad: bool = False) -> Path:
        path = folder / self.name
        path.write_bytes(self.bad if bad else self.good)
        return path


def table_bytes(header: Sequence[str], rows: Sequence[Mapping[str, str]], *, encoding: str = "utf-8") -> bytes:
    """CSV of rows given as cells by column; columns that a row does not name are empty."""
    text = StringIO()
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def taobao_row(number: int = 1, **cells: str) -> dict[str, str]:
    """A finished order of 178.80 with 8.00 postage; ``cells`` name columns without their trailing spaces."""
    row = {
        "订单编号": f'="3515313147329{number:04}"',
        "买家会员名": f"buyer_{number}",
        "买家支付宝账号": f"buyer{number}@mail.example",
        "买家应付货款": "170.80",
        "买家应付邮费": "8.00",
        "总金额": "178.80",
        "买家实际支付金额": "178.80",
        "订单状态": "交易成功",
        "收货人姓名": "安宁",
        "收货地址": "浙江省 杭州市 西湖区 样例路 1 号(310012)",
        "联系手机": f"'1990000{number:04}",
        "订单创建时间": "2024-05-01 10:00:00",
        "订单付款时间": "2024-05-01 10:00:30",
        "宝贝标题": "纯棉毛巾，浴巾",
        "物流单号": "No:YT700",
        "物流公司": "圆通速递",
        "宝贝总数量": "2",
        "退款金额": "0.00",
    } | cells
    spaced = {name.strip(): name for name in TAOBAO_LIST}
    return {spaced[name]: value for name, value in row.items()}


def pinduoduo_row(number: int = 1, **cells: str) -> dict[str, str]:
    return {
        "订单成交时间": "2024-05-01 10:00:00",
        "商品": "四件套",
        "订单号": f"240501-{number:015}",
        "订单状态": "已发货，待签收",
        "商品总价(元)": "120.00",
        "邮费(元)": "5.00",
        "店铺优惠折扣(元)": "10.00",
        "平台优惠折扣(元)": "3.00",
        "多多支付立减金额(元)": "2.00",
        "用户实付金额(元)": "110.00",
        "商品数量(件)": "2",
        "发货时间": "2024-05-02 09:00:00",
        "商品id": "700000001",
        "商品规格": "米白",
        "商家编码-规格维度": "HT0001",
        "售后状态": "无售后或售后取消",
        "快递单号": "YT800",
        "快递公司": "圆通",
    } | cells


def douyin_row(main: int = 1, part: int = 1, **cells: str) -> dict[str, str]:
    return {
        "主订单编号": f"\t69179267688236{main:05}",
        "子订单编号": f"\t69179267688236{main:05}{part}",
        "选购商品": f"浴巾 {part}",
        "商品规格": "加大",
        "商品数量": "1",
        "商家编码": f"HT{part:04}",
        "订单应付金额": "50.00",
        "运费": "0.00",
        "收件人": "##Zm9v##",
        "收件人手机号": "138****1234",
        "详细地址": "##YmFy##",
        "订单提交时间": "2024-05-01 10:00:00\t",
        "订单状态": "已发货",
        "售后状态": "-",
        "发货时间": "2024-05-02 09:00:00",
        "平台实际承担优惠金额": "1.00",
        "商家实际承担优惠金额": "2.00",
        "达人实际承担优惠金额": "0.00",
    } | cells


def shopify_row(number: int = 1001, **cells: str) -> dict[str, str]:
    """The first row of an order of 2 × 20.00, 5.00 discount, 4.00 shipping, 3.00 tax."""
    return {
        "Name": f"#{number}",
        "Email": f"buyer{number}@mail.example",
        "Financial Status": "paid",
        "Paid at": "2024-05-01 10:01:00 -0400",
        "Fulfillment Status": "fulfilled",
        "Fulfilled at": "2024-05-02 09:00:00 -0400",
        "Accepts Marketing": "yes",
        "Currency": "USD",
        "Subtotal": "35.00",
        "Shipping": "4.00",
        "Taxes": "3.00",
        "Total": "42.00",
        "Discount Code": "SPRING",
        "Discount Amount": "5.00",
        "Created at": "2024-05-01 10:00:00 -0400",
        "Lineitem quantity": "2",
        "Lineitem name": "Bath towel - white",
        "Lineitem price": "20.00",
        "Lineitem sku": "HT0001",
        "Shipping Name": "Ann Sample",
        "Shipping Street": "1 Sample Street",
        "Shipping City": "Louisville",
        "Shipping Zip": "'40202",
        "Shipping Province": "KY",
        "Shipping Country": "US",
        "Refunded Amount": "0.00",
        "Id": f"4507894{number}",
        "Phone": "'+15025550123",
    } | cells


def table_row(number: int = 1, **cells: str) -> dict[str, str]:
    return {
        "Order No": f"S{number:05}",
        "Date": "2024-05-01 10:00",
        "SKU": "HT0001",
        "Description": "Bath towel",
        "Quantity": "2",
        "Unit Price": "9.95",
        "Customer ID": f"{7000 + number}",
        "E-mail": f"buyer{number}@mail.example",
        "Mobile": f"1990000{number:04}",
        "Country": "China",
    } | cells


def woocommerce_order(number: int = 1, **changes: Any) -> dict[str, Any]:
    """30.00 of goods after 5.00 off, 2.50 gift wrap, 4.00 shipping, 1.50 tax."""
    return {
        "id": number,
        "status": "processing",
        "currency": "EUR",
        "date_created_gmt": "2024-05-01T08:00:00",
        "date_modified_gmt": "2024-05-01T08:05:00",
        "date_paid_gmt": "2024-05-01T08:01:00",
        "date_completed_gmt": None,
        "discount_total": "5.00",
        "shipping_total": "4.00",
        "total": "38.00",
        "total_tax": "1.50",
        "customer_id": 40 + number,
        "billing": {
            "first_name": "Ann",
            "last_name": "Sample",
            "address_1": "Beispielweg 1",
            "city": "Wien",
            "state": "W",
            "postcode": "1010",
            "country": "AT",
            "email": f"ann{number}@mail.example",
            "phone": "+43 1 5550123",
        },
        "shipping": {},
        "payment_method_title": "Card",
        "transaction_id": "ch_1",
        "line_items": [
            {
                "id": 1,
                "name": "Bath towel &amp; cloth",
                "product_id": 5,
                "variation_id": 0,
                "quantity": 2,
                "subtotal": "35.00",
                "total": "30.00",
                "sku": "HT0001",
            }
        ],
        "fee_lines": [{"id": 9, "name": "Gift wrap", "total": "2.50"}],
        "coupon_lines": [{"code": "SPRING"}],
        "refunds": [],
        "meta_data": [],
    } | changes


def samples() -> dict[str, Sample]:
    woo = [woocommerce_order(1), woocommerce_order(2, status="completed")]
    woo_bad: list[Any] = [*deepcopy(woo), woocommerce_order(3, status="lost"), {"id": 4}, "?"]
    return {
        "taobao": Sample(
            "ExportOrderList.csv",
            table_bytes(TAOBAO_LIST, [taobao_row(1), taobao_row(2)], encoding="gb18030"),
            table_bytes(
                TAOBAO_LIST,
                [
                    taobao_row(1),
                    taobao_row(2),
                    taobao_row(3, 订单编号="3.51531E+16"),
                    taobao_row(4, 订单状态="月亮"),
                    taobao_row(5, 总金额="-1.00"),
                    taobao_row(6, 订单创建时间="2024-02-30 10:00:00"),
                    taobao_row(7, 总金额="一百"),
                    taobao_row(8, 订单编号=""),
                ],
                encoding="gb18030",
            ),
            orders=2,
            rejected=6,
        ),
        "pinduoduo": Sample(
            "pinduoduo.csv",
            table_bytes(PINDUODUO, [pinduoduo_row(1), pinduoduo_row(2)]),
            table_bytes(PINDUODUO, [pinduoduo_row(1), pinduoduo_row(2), pinduoduo_row(3, 订单状态="?")]),
            orders=2,
            rejected=1,
        ),
        "douyin": Sample(
            "douyin.csv",
            table_bytes(DOUYIN, [douyin_row(1, 1), douyin_row(2, 1), douyin_row(1, 2)], encoding="utf-8-sig"),
            table_bytes(
                DOUYIN, [douyin_row(1, 1), douyin_row(2, 1), douyin_row(1, 2), douyin_row(3, 1, 订单应付金额="x")]
            ),
            orders=2,
            rejected=1,
        ),
        "shopify": Sample(
            "orders_export.csv",
            table_bytes(SHOPIFY, [shopify_row(1001), shopify_row(1002)]),
            table_bytes(SHOPIFY, [shopify_row(1001), shopify_row(1002), {"Name": "#1003", "Lineitem name": "Towel"}]),
            orders=2,
            rejected=1,
        ),
        "woocommerce": Sample(
            "orders.json", json.dumps(woo).encode(), json.dumps(woo_bad).encode(), orders=2, rejected=3
        ),
        "table": Sample(
            "till.csv",
            table_bytes(TABLE, [table_row(1), table_row(2), table_row(1, SKU="HT0002", Quantity="1")]),
            table_bytes(
                TABLE,
                [
                    table_row(1),
                    table_row(2),
                    table_row(1, SKU="HT0002", Quantity="1"),
                    table_row(3, Quantity="many"),
                    table_row(4) | {"Customer ID": "1"},
                    table_row(4) | {"Customer ID": "2"},
                ],
            ),
            orders=2,
            rejected=3,
        ),
    }
