from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.permissions import SIGNED_IN
from guanxi.core.web import audit_log, navigation, palette, user_actions
from guanxi.core.web.navigation import Entry
from guanxi.core.web.palette import Action, Hit
from guanxi.customers import queries as customers


def find_customers(request: HttpRequest, text: str) -> list[Hit]:
    """Customers by phone, e-mail, last four digits or name, masked."""
    return [
        Hit(
            card.name or _("Customer %(number)s") % {"number": card.id},
            reverse("customers:page", args=[card.id]),
            icon="user",
            detail=" · ".join(part for part in (card.phone, card.email, card.region) if part),
        )
        for card in customers.profiles(customers.search(text, limit=8))
    ]


navigation.add(
    Entry("home", gettext_lazy("Home"), "home", SIGNED_IN, icon="home", order=1, keywords="首页 首頁 shouye"),
    Entry(
        "customers",
        gettext_lazy("Customers"),
        "customers:list",
        "customers.view",
        icon="users",
        order=10,
        keywords="客户 客戶 kehu people profiles",
    ),
)
navigation.add(
    Entry(
        "settings",
        gettext_lazy("Tags"),
        "workspace:tags",
        "customers.tags",
        icon="tags",
        order=45,
        keywords="标签 標籤",
    )
)
palette.add_action(
    Action(
        gettext_lazy("Add a customer"), "customers:new", "customers.edit", icon="user-plus", keywords="新客户 新客戶"
    )
)
palette.add_provider(gettext_lazy("Customers"), find_customers, permission="customers.view")
user_actions.add(
    user_actions.UserAction(gettext_lazy("Hand over customers"), "workspace:hand_over", "core.users", icon="user-share")
)
audit_log.add_labels(
    {
        "customer.created": gettext_lazy("Added a customer"),
        "customer.changed": gettext_lazy("Changed a customer"),
        "customer.revealed": gettext_lazy("Showed personal data"),
        "customer.erased": gettext_lazy("Erased a customer's personal data"),
        "identifier.set_aside": gettext_lazy("Set an identifier aside as shared"),
        "identifier.restored": gettext_lazy("Put a shared identifier back"),
        "suppression.added": gettext_lazy("Added a suppression"),
        "suppression.removed": gettext_lazy("Removed a suppression"),
        "delivery.changed": gettext_lazy("Changed delivery settings"),
        "message.settled": gettext_lazy("Decided on a message of unknown fate"),
    }
)
