from django.utils.translation import gettext_lazy as _

from guanxi.core.web import banners, navigation, palette
from guanxi.core.web.banners import Banner
from guanxi.core.web.navigation import Entry
from guanxi.messaging.delivery import TROUBLE, trouble_of

navigation.add(
    Entry(
        "marketing",
        _("Templates"),
        "messaging:templates",
        "messaging.view",
        icon="template",
        order=30,
        keywords="mail 模板 範本 邮件 郵件",
    ),
    Entry(
        "marketing",
        _("Messages"),
        "messaging:messages",
        "messaging.view",
        icon="send",
        order=40,
        keywords="outbox 发件箱 寄件匣 消息 訊息",
    ),
    Entry(
        "marketing",
        _("Suppressions"),
        "messaging:suppressions",
        "messaging.view",
        icon="ban",
        order=50,
        keywords="bounce unsubscribe 退订 退信 屏蔽",
    ),
    Entry(
        "settings",
        _("Delivery"),
        "messaging:delivery",
        "messaging.settings",
        icon="mail-cog",
        order=40,
        keywords="smtp tracking 发送 寄送",
    ),
)
banners.add(Banner(TROUBLE, "messaging.view", "messaging/trouble.html", read=trouble_of))
palette.add_action(palette.Action(_("New template"), "messaging:template_new", "messaging.templates", icon="plus"))
