"""The fields that a table of people can have, and the words by which their columns go in English and Chinese."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.core.table_files.headers import plain
from guanxi.customers.fields.types import Definition

FIELDS: dict[str, Promise] = {
    "name": _("Name"),
    "family_name": _("Family name"),
    "given_name": _("Given name"),
    "company": _("Company"),
    "title": _("Job title"),
    "role": _("Role"),
    "phone": _("Mobile phone"),
    "telephone": _("Other phone"),
    "email": _("E-mail"),
    "country": _("Country"),
    "region": _("Province or state"),
    "city": _("City"),
    "address": _("Address"),
    "postcode": _("Postcode"),
    "birth_date": _("Date of birth"),
    "gender": _("Gender"),
    "tags": _("Tags"),
    "remark": _("Remark"),
}
"""Everything that a column of a table can be mapped to, beside the merchant's own fields."""
OWN = "field:"
"""What goes before the key of one of those."""


def targets(own: Mapping[str, Definition]) -> dict[str, Promise | str]:
    """Everything that a column can be mapped to."""
    return {**FIELDS, **{OWN + one.key: one.label for one in own.values()}}


WORDS: dict[str, str] = {
    "name": "name|full name|contact|contact name|contact person|attendee|visitor|display name|customer name|customer"
    "|姓名|名字|联系人|聯絡人|联系人姓名|客户姓名|客户名称|客戶姓名|观众姓名|全名",
    "family_name": "family name|last name|surname|姓|姓氏",
    "given_name": "given name|first name|forename|名",
    "company": "company|company name|organization|organisation|organization name|organization 1 name|employer|firm"
    "|business|公司|公司名称|公司名稱|单位|单位名称|單位|企业|企业名称|企業|机构|工作单位|展商",
    "title": "title|job title|position|occupation|organization title|organization 1 title|职位|职务|職位|職務|头衔"
    "|职称|岗位|職稱",
    "role": "role|customer type|customer role|客户类型|客户角色|角色|类型|客戶類型",
    "phone": "mobile|mobile phone|mobile number|cell|cell phone|phone|phone number|phone 1 value|primary phone|whatsapp"
    "|手机|手机号|手机号码|手機|手機號碼|移动电话|行動電話|联系手机|联系方式",
    "telephone": "telephone|tel|telephone number|business phone|office phone|work phone|company phone|landline"
    "|phone 2 value|电话|電話|联系电话|聯絡電話|座机|固定电话|固话|办公电话|公司电话|电话号码",
    "email": "email|e-mail|mail|email address|e-mail address|e-mail 1 value|work email|business email"
    "|邮箱|电子邮箱|电子邮件|邮件|郵箱|電子郵件|電郵",
    "country": "country|country region|business country region|home country region|国家|國家|国家地区",
    "region": "region|province|state|state province|business state|home state|省|省份|州|省市",
    "city": "city|town|business city|home city|市|城市|所在城市",
    "address": "address|street|business street|home street|location|mailing address|地址|详细地址|公司地址|通讯地址"
    "|联系地址|通訊地址|詳細地址",
    "postcode": "postcode|zip|zip code|postal code|business postal code|邮编|邮政编码|郵遞區號",
    "birth_date": "birthday|birth date|date of birth|生日|出生日期|出生年月日",
    "gender": "gender|sex|性别|性別",
    "tags": "tags|tag|labels|categories|group membership|标签|標籤|分组",
    "remark": "remark|remarks|note|notes|comment|comments|memo|备注|備註|说明|备忘|需求|意向",
}
FIELD_BY_WORD = {plain(word): field for field, words in WORDS.items() for word in words.split("|")}

GENDERS = {"female": "female", "f": "female", "woman": "female", "女": "female", "女士": "female"} | {
    "male": "male",
    "m": "male",
    "man": "male",
    "男": "male",
    "先生": "male",
}
ENOUGH = ("name", "family_name", "given_name", "phone", "email")
"""With one of these columns a table can tell people."""
