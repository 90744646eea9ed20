"""Menu entries, palette and audit words of coupons."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.web import audit_log
from guanxi.core.web.navigation import Entry, add
from guanxi.core.web.palette import Action, add_action

add(
    Entry(
        section="marketing",
        label=_("Coupons"),
        url_name="coupons:list",
        permission="coupons.view",
        icon="ticket",
        order=30,
        keywords="coupon voucher discount code promotion 优惠券 優惠券 满减 滿減 折扣 券码 券碼",
        also="/campaigns/coupons/",
    )
)
add_action(Action(_("New coupon"), "coupons:new", "coupons.edit", icon="ticket"))
audit_log.add_labels(
    {
        "coupon.create": _("Made a coupon"),
        "coupon.change": _("Changed a coupon"),
        "coupon.activate": _("Put a coupon in use"),
        "coupon.pause": _("Paused a coupon"),
        "coupon.archive": _("Archived a coupon"),
        "coupon.codes": _("Made coupon codes"),
        "coupon.codes_exported": _("Exported coupon codes"),
        "coupon.issue": _("Gave a coupon to customers"),
        "coupon.void": _("Made coupons void"),
        "coupon.give_back": _("Gave back a coupon that was used"),
    }
)
