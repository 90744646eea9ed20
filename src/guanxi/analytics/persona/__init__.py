"""Dimensions of a persona: a kind. In what the people of a segment may differ from others (see base.py)."""

from guanxi.analytics.persona.base import Dimension
from guanxi.core.registry import Registry

DIMENSIONS: Registry[Dimension] = Registry(
    "persona dimension",
    {
        "age": "guanxi.analytics.persona.people.Age",
        "gender": "guanxi.analytics.persona.people.Gender",
        "region": "guanxi.analytics.persona.people.Region",
        "device": "guanxi.analytics.persona.people.Device",
        "tier": "guanxi.analytics.persona.worth.Tier",
        "rfm": "guanxi.analytics.persona.worth.RfmGroup",
        "value": "guanxi.analytics.persona.worth.ExpectedValue",
        "shop": "guanxi.analytics.persona.buying.Shop",
        "category": "guanxi.analytics.persona.buying.Category",
        "product": "guanxi.analytics.persona.buying.Product",
        "hour": "guanxi.analytics.persona.buying.Hour",
        "weekday": "guanxi.analytics.persona.buying.Weekday",
    },
)
