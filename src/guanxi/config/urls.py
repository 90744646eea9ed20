"""All addresses of the product."""

from django.urls import include, path

from guanxi.config.api import api

urlpatterns = [
    path("account/", include("guanxi.core.web.account_urls")),
    path("api/v1/", api.urls),
    path("settings/", include("guanxi.core.web.urls")),
    path("settings/", include("guanxi.customers.web.settings_urls")),
    path("settings/", include("guanxi.workspace.web.settings_urls")),
    path("customers/", include("guanxi.customers.web.urls")),
    path("customers/people/", include("guanxi.customers.web.people.urls")),
    path("customers/", include("guanxi.workspace.web.customer_urls")),
    path("orders/", include("guanxi.commerce.web.urls")),
    path("segments/", include("guanxi.segments.web.urls")),
    path("loyalty/", include("guanxi.loyalty.web.urls")),
    path("coupons/", include("guanxi.loyalty.coupons.web.urls")),
    path("campaigns/", include("guanxi.marketing.web.urls")),
    path("messages/", include("guanxi.messaging.web.urls")),
    path("visits/", include("guanxi.visits.web.urls")),
    path("v/", include("guanxi.visits.web.collector_urls")),
    path("insights/", include("guanxi.analytics.web.urls")),
    path("", include("guanxi.workspace.web.urls")),
]

handler400 = "guanxi.core.web.errors.bad_request"
handler403 = "guanxi.core.web.errors.forbidden"
handler404 = "guanxi.core.web.errors.not_found"
handler500 = "guanxi.core.web.errors.broken"
