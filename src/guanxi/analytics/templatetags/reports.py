"""What single reports' templates need besides the parts that all share."""

from typing import Any

from django import template

from guanxi.analytics.web import cohorts_view, rfm_view

register = template.Library()


@register.simple_tag(takes_context=True)
def rfm_grid(context: dict[str, Any]) -> dict[str, Any]:
    """``{% rfm_grid as grid %}``"""
    return rfm_view.grid_of(context["run"], segments=context["request"].user.may("segments.edit"))


@register.simple_tag(takes_context=True)
def cohort_triangle(context: dict[str, Any]) -> dict[str, Any]:
    """``{% cohort_triangle as triangle %}``"""
    return cohorts_view.triangle_of(context["run"])
