"""MJML to HTML by mrml, and what is wrong with a source, said with its line (mrml itself seldom says where)."""

import re

import mrml
from django.utils.translation import gettext as _

from guanxi.messaging.templating.liquid import TOKEN, Problem, Protected, line_of

COMPONENTS = frozenset(
    f"mj-{name}"
    for name in [
        "head",
        "body",
        "attributes",
        "all",
        "class",
        "breakpoint",
        "font",
        "preview",
        "style",
        "title",
        "html-attributes",
        "accordion",
        "accordion-element",
        "accordion-text",
        "accordion-title",
        "button",
        "carousel",
        "carousel-image",
        "column",
        "divider",
        "group",
        "hero",
        "image",
        "navbar",
        "navbar-link",
        "raw",
        "section",
        "social",
        "social-element",
        "spacer",
        "table",
        "text",
        "wrapper",
    ]
) | {"mjml"}
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(?P<empty>/?)>|<", re.DOTALL)
POSITION = re.compile(r"at position (\d+):\d+")
COMMENT = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<!doctype[^>]*>|<\?.*?\?>", re.DOTALL | re.IGNORECASE)


class MjmlError(ValueError):
    """The source cannot be compiled; ``problems`` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def to_html(protected: Protected, source: str) -> str:
    """Compile; the Liquid marks come through untouched. Loads nothing from anywhere. Raises MjmlError."""
    problems = check(source)
    if problems:
        raise MjmlError(problems)
    try:
        options = mrml.RenderOptions(disable_comments=True, fonts={})
        return mrml.to_html(protected.text, mrml.ParserOptions(include_loader=mrml.noop_loader()), options).content
    except OSError as error:
        raise MjmlError([Problem(_("MJML: {message}").format(message=error), _line(protected, str(error)))]) from error


def _line(protected: Protected, message: str) -> int | None:
    """The line of the source that mrml's "at position START:END" (in octets, with our marks in them) stands for."""
    found = POSITION.search(message)
    if not found:
        return None
    before = protected.text.encode()[: int(found[1])].decode("utf-8", "ignore")
    return protected.restore(before).count("\n") + 1


def check(source: str) -> list[Problem]:
    """Tags that are unknown, left open or closed in the wrong order; the first few, by line."""
    plain = TOKEN.sub(lambda match: "x" + "\n" * match.group().count("\n"), source)
    plain = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), plain)
    problems: list[Problem] = []
    stack: list[tuple[str, int]] = []
    for tag in TAG.finditer(plain):
        problem = _step(tag, line_of(plain, tag.start()), stack)
        if problem:
            problems.append(problem)
        if len(problems) == 5:
            return problems
    problems += [Problem(_("<{tag}> is never closed.").format(tag=name), line) for name, line in stack[-1:]]
    if not problems and not re.match(r"\s*<mjml[\s>]", plain):
        problems.append(Problem(_("An MJML source begins with <mjml> and holds <mj-body>."), 1))
    return problems


def _step(tag: re.Match[str], line: int, stack: list[tuple[str, int]]) -> Problem | None:
    name = (tag["name"] or "").lower()
    if not name:
        return Problem(_("A < that begins no tag; write &lt; for the sign itself."), line)
    if name.startswith("mj") and name not in COMPONENTS and not tag["close"]:
        return Problem(_("There is no MJML component <{tag}> here.").format(tag=name), line)
    if name in VOID or tag["empty"]:
        return None
    if not tag["close"]:
        stack.append((name, line))
        return None
    if stack and stack[-1][0] == name:
        stack.pop()
        return None
    if any(opened == name for opened, _line in stack):
        inner, opened_at = stack.pop()
        while stack and stack[-1][0] != name:
            stack.pop()
        stack.pop()
        return Problem(_("<{tag}> is never closed.").format(tag=inner), opened_at)
    return Problem(_("</{tag}> closes nothing.").format(tag=name), line)
