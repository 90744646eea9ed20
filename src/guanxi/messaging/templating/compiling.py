"""A template's fields to what is filled in per customer: once per version, with everything that is wrong with it."""

import html as html_module
import re
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from guanxi.messaging.models import BodyKind
from guanxi.messaging.templating import liquid, mjml, plain
from guanxi.messaging.templating.links import track
from guanxi.messaging.templating.liquid import Problem, Protected

HIDDEN = "display:none;max-height:0;overflow:hidden;opacity:0;color:transparent;height:0;width:0"
FOOTER = "font-family:Arial,sans-serif;font-size:12px;line-height:1.6;color:#6b7280;text-align:center;padding:16px"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the author wrote."""

    kind: str
    subject: str
    source: str
    preheader: str = ""
    text_source: str = ""
    purpose: str = "marketing"
    language: str = "en"

    def __post_init__(self) -> None:
        for name in ("source", "text_source"):  # browsers send CRLF, which mrml does not read
            lines = getattr(self, name).replace("\r\n", "\n").replace("\r", "\n")
            object.__setattr__(self, name, lines)


@dataclass(frozen=True, slots=True)
class Compiled:
    """HTML and text with Liquid still in them; both empty when there are errors."""

    html: str
    text: str
    links: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.error]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.error]


def compile_draft(draft: Draft) -> Compiled:
    """Never raises for what an author can write: everything wrong comes back as problems with line numbers."""
    parts = {"subject": draft.subject, "preheader": draft.preheader, "source": draft.source}
    problems = [
        p for part, text in {**parts, "text_source": draft.text_source}.items() for p in liquid.check(text, part=part)
    ]
    for part, text in (("subject", draft.subject), ("source", draft.source)):
        if not text.strip():
            problems.append(Problem(_("Nothing is written here yet."), None, part))
    if any(problem.error for problem in problems):
        return Compiled("", "", (), tuple(problems))
    try:
        with translation.override(draft.language):
            html, text = _compile(draft)
        _parse(html, text)
    except mjml.MjmlError as error:
        return Compiled("", "", (), (*problems, *error.problems))
    except LiquidError as error:
        message = _("After compiling, the Liquid no longer fits together: {message}").format(message=error.message)
        return Compiled("", "", (), (*problems, Problem(message)))
    return Compiled(html, text, tuple(track(html)[1]), tuple(problems))


def _parse(html: str, text: str) -> None:
    liquid.HTML.from_string(html)
    liquid.TEXT.from_string(text)


def _compile(draft: Draft) -> tuple[str, str]:
    says_how_to_stop = "unsubscribe_url" in draft.source or "preferences_url" in draft.source
    add_footer = draft.purpose == "marketing" and not says_how_to_stop
    if draft.kind == BodyKind.TEXT:
        return "", draft.source + (_text_footer() if add_footer else "")
    protected = Protected(draft.source)
    html = mjml.to_html(protected, draft.source) if draft.kind == BodyKind.MJML else _whole_page(protected.text)
    words = plain.from_html(html)
    text = draft.text_source or protected.restore(words)
    html = _insert(protected.restore(html), _preheader(draft.preheader), after_body=True)
    if add_footer:
        html = _insert(html, _html_footer(), after_body=False)
        text += _text_footer()
    elif draft.purpose == "marketing" and "unsubscribe_url" not in text and "preferences_url" not in text:
        text += _text_footer()
    return html, text


def _whole_page(html: str) -> str:
    if re.search(r"<body\b", html, re.IGNORECASE):
        return html
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{html}</body></html>'


def _insert(html: str, addition: str, *, after_body: bool) -> str:
    """Put something at the beginning or the end of the body."""
    if not addition:
        return html
    places = list(re.finditer(r"<body\b[^>]*>" if after_body else r"</body\s*>", html, re.IGNORECASE))
    if not places:
        return addition + html if after_body else html + addition
    at = places[0].end() if after_body else places[-1].start()
    return html[:at] + addition + html[at:]


def _preheader(text: str) -> str:
    if not text:
        return ""
    protected = Protected(text)
    return f'<div style="{HIDDEN}">{protected.restore(html_module.escape(protected.text))}</div>'


def _html_footer() -> str:
    label = html_module.escape(_("Unsubscribe"))
    return f'<div style="{FOOTER}">{{{{ merchant.name }}}} · <a href="{{{{ unsubscribe_url }}}}">{label}</a></div>'


def _text_footer() -> str:
    return f"\n--\n{{{{ merchant.name }}}}\n{_('Unsubscribe')}: {{{{ unsubscribe_url }}}}\n"
