"""Answers of reports kept while their snapshot is the newest, because a large merchant's take a second to make."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from django.conf import settings
from django.utils.translation import get_language

from guanxi.analytics.reports.base import Context, ReportResult
from guanxi.analytics.reports.parameters import Params

MOST = 64
_answers: OrderedDict[Hashable, ReportResult] = OrderedDict()
_lock = threading.Lock()


def answer(name: str, params: Params, context: Context, make: Callable[[], ReportResult]) -> ReportResult:
    """What ``make`` gives, or gave for the same question: same data, day, parameters, currency and language."""
    today = context.now.astimezone(context.zone).date()
    data = (str(settings.GUANXI_HOME), context.snapshot.version, context.snapshot.refreshed_at, context.snapshot.engine)
    key = (name, params, today, context.zone.key, context.currency, get_language(), *data)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return _answers[key]
    made = make()
    with _lock:
        _answers[key] = made
        while len(_answers) > MOST:
            _answers.popitem(last=False)
    return made
