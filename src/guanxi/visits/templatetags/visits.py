"""Words and colours of visits for templates."""

from django import template

from guanxi.visits.web.words import COLOURS, LEVELS

register = template.Library()


@register.filter
def level_name(level: str) -> str:
    return str(LEVELS[level])


@register.filter
def level_colour(level: str) -> str:
    return COLOURS[level]
