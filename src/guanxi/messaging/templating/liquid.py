"""Liquid for messages: what templates may say, and what is wrong with them, with line numbers."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TextIO, cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from liquid import BoundTemplate, Environment, RenderContext
from liquid.exceptions import LiquidError, OutputStreamLimitError
from liquid.undefined import Undefined

from guanxi.customers.fields import queries as fields
from guanxi.messaging.templating import provided

VARIABLES = {
    "customer.first_name": gettext_lazy("First name"),
    "customer.last_name": gettext_lazy("Last name"),
    "customer.name": gettext_lazy("Full name"),
    "customer.language": gettext_lazy("Language, as zh-Hans"),
    "customer.region": gettext_lazy("Province or state"),
    "merchant.name": gettext_lazy("Your name, from Settings"),
    "unsubscribe_url": gettext_lazy("Page to stop these messages"),
    "preferences_url": gettext_lazy("Page to choose which messages to get"),
}
"""Everything a template can say beside the merchant's own fields, with what it means. Values that are not known for a
customer are left out of the context, so that ``default`` stands in for them."""
FIELDS = "customer.fields."
"""How the names of the merchant's own fields begin."""


def variables() -> dict[str, Promise | str]:
    """Everything a template can say now, with what it means. Personal fields are none of it: they are shown to nobody
    without a record."""
    own = {FIELDS + one.key: one.label for one in fields.definitions() if not one.personal}
    return {**VARIABLES, **own}


TOKEN = re.compile(r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a template. Errors keep it from being saved, warnings do not."""

    message: str
    line: int | None = None
    part: str = "source"
    """Which field of the form: ``subject``, ``preheader``, ``source`` or ``text_source``."""
    error: bool = True


class Noted(Undefined):
    """A value that is not there: empty when written out, and remembered for the warnings."""

    __slots__ = ()

    def __str__(self) -> str:
        missing = _missing.get()
        if missing is not None:
            missing.append(self)
        return ""


_missing: ContextVar[list[Noted] | None] = ContextVar("missing", default=None)


class MessageEnvironment(Environment):
    """Liquid that cannot read files, loop for ever or fill the memory."""

    loop_iteration_limit = 10_000
    output_stream_limit = 2_000_000
    local_namespace_limit = 200_000

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(autoescape=autoescape, undefined=Noted)
        for name in ("include", "render", "extends", "block"):
            self.tags.pop(name, None)


class Pieces:
    """Where a template writes to when its parts are wanted one by one: what the author wrote comes as the same string
    every time, so that its encoding can be remembered."""

    __slots__ = ("parts", "size")
    LIMIT = 2_000_000

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def write(self, text: str) -> int:
        self.size += len(text)
        if self.size > self.LIMIT:
            raise OutputStreamLimitError("the message is too long", token=None)
        self.parts.append(text)
        return len(text)


def render(template: BoundTemplate, context: Mapping[str, Any]) -> list[str]:
    """The filled-in template in pieces. Raises LiquidError."""
    pieces = Pieces()
    template.render_with_context(RenderContext(template, globals=context), cast(TextIO, pieces))
    return pieces.parts


HTML = MessageEnvironment(autoescape=True)
TEXT = MessageEnvironment(autoescape=False)


@contextmanager
def missing_values() -> Iterator[list[Noted]]:
    """Collects the values that templates rendered inside write out although they are not there."""
    found: list[Noted] = []
    reset = _missing.set(found)
    try:
        yield found
    finally:
        _missing.reset(reset)


def check(source: str, *, part: str) -> list[Problem]:
    """What is wrong with the Liquid in one part, seen from a customer of whom nothing is known."""
    try:
        template = TEXT.from_string(source)
        known = _names(source)
        unknown = list(_unknown_variables(template, source, part, known))
        with missing_values() as missing:
            template.render(sample_context())
    except LiquidError as error:
        context = error.context()
        return [Problem(str(error.message or error).capitalize(), context[0] if context else None, part)]
    return unknown + [_no_fallback(value, source, part) for value in missing if written_name(value) in known]


def _names(source: str) -> set[str]:
    """What a template can say; the merchant's fields and rooms above are asked only about one that uses theirs."""
    own = variables() if "fields" in source else VARIABLES
    return {*own, *(provided.offered() if provided.used([source]) else ())}


def sample_context(**known: Any) -> dict[str, Any]:
    """A context in which everything that is always there is there."""
    return {
        "merchant": {"name": "…"},
        "customer": {"fields": {}},
        "unsubscribe_url": "#",
        "preferences_url": "#",
        **known,
    }


def _unknown_variables(template: BoundTemplate, source: str, part: str, known: Collection[str]) -> Iterator[Problem]:
    for found in template.analyze().globals.values():
        for variable in found:
            path = ".".join(str(segment) for segment in variable.segments)
            if path not in known and not any(one.startswith(path + ".") for one in known):
                message = _("There is no variable {name}; nothing will stand here.").format(name=path)
                error = provided.is_provided(path)  # nobody would get the message
                yield Problem(message, line_of(source, variable.span.index), part, error=error)


def _no_fallback(value: Noted, source: str, part: str) -> Problem:
    if provided.is_provided(written_name(value)):
        message = _('Who has no {name} gets no message: add a fall-back, as {{{{ {name} | default: "…" }}}}.')
    else:
        message = _('{name} is not known for every customer: add a fall-back, as {{{{ {name} | default: "…" }}}}.')
    line = line_of(source, value.token.start_index) if value.token else None
    return Problem(message.format(name=written_name(value)), line, part, error=False)


def written_name(value: Noted) -> str:
    """The dotted name as the author wrote it."""
    if value.token is None:
        return value.name
    written = re.match(r"[\w.\-]+", value.token.source[value.token.start_index :])
    return written.group() if written else value.name


def line_of(source: str, index: int) -> int:
    return source.count("\n", 0, max(index, 0)) + 1


class Protected:
    """Liquid taken out of a text so that tools for HTML leave it alone, to be put back afterwards."""

    MARK = "lqd%dqd"
    FIND = re.compile(r"lqd(\d+)qd")

    def __init__(self, source: str) -> None:
        self.tokens: list[str] = []
        self.text = TOKEN.sub(self._take, source)

    def _take(self, match: re.Match[str]) -> str:
        self.tokens.append(match.group())
        return self.MARK % (len(self.tokens) - 1)

    def restore(self, text: str) -> str:
        return self.FIND.sub(lambda match: self.tokens[int(match[1])], text)


def without_blanks(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
