"""Letting a tag follow a segment, and ending it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core.permissions import actor, requires
from guanxi.segments import services
from guanxi.segments.models import Segment, TagRule


@requires("segments.edit")
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Let ``tag`` follow ``segment``."""
    number = request.POST.get("segment", "")
    segment = get_object_or_404(Segment, pk=int(number) if number.isdecimal() and len(number) < 19 else 0)
    try:
        services.set_rule(segment.pk, request.POST.get("tag", ""), user=actor(request), now=timezone.now())
    except services.BadRule as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Its members have the tag now."))
    return redirect("segments:page", segment.pk)


@requires("segments.edit")
@require_POST
def end(request: HttpRequest, segment_id: int, rule_id: int) -> HttpResponse:
    """Those whom only the rule gave the tag lose it."""
    rule = get_object_or_404(TagRule, pk=rule_id, segment_id=segment_id)
    services.end_rule(rule.pk, user=actor(request), now=timezone.now())
    messages.success(request, _("The tag follows the segment no more."))
    return redirect("segments:page", segment_id)
