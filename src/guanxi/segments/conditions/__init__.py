"""Conditions: a kind. What a segment can ask about a customer (see base.py)."""

from guanxi.core.registry import Registry
from guanxi.segments.conditions.base import Condition

CONDITIONS: Registry[Condition] = Registry(
    "segment condition",
    {
        "region": "guanxi.segments.conditions.profile.Region",
        "country": "guanxi.segments.conditions.profile.Country",
        "city": "guanxi.segments.conditions.profile.City",
        "age": "guanxi.segments.conditions.profile.Age",
        "gender": "guanxi.segments.conditions.profile.Gender",
        "birthday": "guanxi.segments.conditions.profile.Birthday",
        "tag": "guanxi.segments.conditions.tag.Tag",
        "source": "guanxi.segments.conditions.origin.Source",
        "first_shop": "guanxi.segments.conditions.origin.FirstShop",
        "customer_since": "guanxi.segments.conditions.origin.CustomerSince",
        "consent": "guanxi.segments.conditions.contact.Consent",
        "has_email": "guanxi.segments.conditions.contact.HasEmail",
        "has_phone": "guanxi.segments.conditions.contact.HasPhone",
        "orders": "guanxi.segments.conditions.orders.Orders",
        "spend": "guanxi.segments.conditions.orders.Spend",
        "average_order": "guanxi.segments.conditions.orders.AverageOrder",
        "first_order": "guanxi.segments.conditions.orders.FirstOrder",
        "last_order": "guanxi.segments.conditions.orders.LastOrder",
        "bought_product": "guanxi.segments.conditions.purchases.BoughtProduct",
        "bought_category": "guanxi.segments.conditions.purchases.BoughtCategory",
        "bought_from_shop": "guanxi.segments.conditions.purchases.BoughtFromShop",
        "used_discount": "guanxi.segments.conditions.purchases.UsedDiscount",
        "had_refund": "guanxi.segments.conditions.purchases.HadRefund",
        "rfm": "guanxi.segments.conditions.rfm.Rfm",
        "churn_risk": "guanxi.segments.conditions.forecasts.ChurnRisk",
        "lifetime_value": "guanxi.segments.conditions.forecasts.LifetimeValue",
        "expected_orders": "guanxi.segments.conditions.forecasts.ExpectedOrders",
        "message_sent": "guanxi.segments.conditions.messages.MessageSent",
        "message_opened": "guanxi.segments.conditions.messages.MessageOpened",
        "message_clicked": "guanxi.segments.conditions.messages.MessageClicked",
        "event": "guanxi.segments.conditions.event.Event",
        "segment": "guanxi.segments.conditions.segment.InSegment",
    },
)
