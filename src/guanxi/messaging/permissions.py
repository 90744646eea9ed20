from django.utils.translation import gettext_lazy as _

from guanxi.core.permissions import EVERYONE, Permission, declare

declare(
    Permission("messaging.view", _("See messages and templates"), EVERYONE),
    Permission("messaging.templates", _("Write templates and send tests to oneself"), ("marketer", "shop_operator")),
    Permission("messaging.suppress", _("Change the suppression list"), ("marketer", "service")),
    Permission("messaging.send", _("Decide about messages that were cut off"), ("marketer", "shop_operator")),
    Permission("messaging.outbox", _("Read messages in the local outbox in full"), ("marketer", "shop_operator")),
    Permission("messaging.settings", _("Change how messages are delivered")),
)
