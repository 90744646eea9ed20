"""Writing templates: what is refused and where, what is warned of, what each customer gets."""

from dataclasses import replace

import pytest
from django.db import ProgrammingError, transaction
from hypothesis import given
from hypothesis import strategies as st

from guanxi.messaging import authoring
from guanxi.messaging.authoring import TemplateInvalid, sample_card
from guanxi.messaging.models import MessageTemplate, TemplateVersion
from guanxi.messaging.templating import liquid
from guanxi.messaging.templating.compiling import Draft, compile_draft
from guanxi.messaging.templating.filling import Sender, Tracking, fill, parsed
from guanxi.messaging.templating.inserting import Part, nested
from guanxi.messaging.templating.starters import STARTERS
from guanxi.messaging.testing import NOW, make_version
from guanxi.messaging.types import ContactCard

SENDER = Sender(merchant="Tea & Towels", base_url="https://crm.example")
ON = Tracking(opens=True, clicks=True)
OFF = Tracking(opens=False, clicks=False)


def html_for(source: str, *, card: ContactCard | None = None, tracking: Tracking = OFF, kind: str = "html") -> str:
    compiled = compile_draft(Draft(kind, "Hello", source))
    assert not compiled.errors, compiled.errors
    version = parsed(TemplateVersion(subject="Hello", html=compiled.html, text=compiled.text))
    return fill(version, card or sample_card(), message_id=7, sender=SENDER, tracking=tracking).html


def problems(source: str, kind: str = "mjml", subject: str = "Hello") -> list[tuple[int | None, str, bool]]:
    return [(p.line, p.part, p.error) for p in compile_draft(Draft(kind, subject, source)).problems]


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("one\n{% if %}", "html", 2),
        ("one\ntwo\n{{ customer.name | shout }}", "html", 3),
        ("one\n{% include 'secrets' %}", "html", 2),
        ("<mjml>\n<mj-body>\n<mj-section>\n</mj-body></mjml>", "mjml", 3),
        ("<mjml>\n<mj-body><mj-picture /></mj-body></mjml>", "mjml", 2),
        ("<mjml><mj-body>\n\n<mj-text>5 < 6</mj-text></mj-body></mjml>", "mjml", 3),
        ("<p>no MJML</p>", "mjml", 1),
    ],
)
def test_errors_name_their_line(source: str, kind: str, line: int) -> None:
    assert problems(source, kind) == [(line, "source", True)]


def test_a_source_as_browsers_send_it_is_the_same_source() -> None:
    draft = STARTERS["offer"].draft("en")
    sent = replace(draft, source=draft.source.replace("\n", "\r\n"))
    assert sent == draft
    assert compile_draft(sent).problems == ()


def test_an_error_in_the_subject_is_of_the_subject() -> None:
    assert problems("<p>x</p>", "html", subject="Hi {{ customer.name") == [(1, "subject", True)]
    assert problems("<p>x</p>", "html", subject=" ") == [(None, "subject", True)]


def test_unknown_variables_and_missing_fallbacks_are_warnings_with_lines() -> None:
    assert problems("<p>\n{{ customer.frist_name | default: 'x' }}\n{{ customer.name }}</p>", "html") == [
        (2, "source", False),
        (3, "source", False),
    ]
    assert problems('<p>{{ customer.name | default: "friend" }}</p>', "html") == []


def test_endless_loops_are_an_error_when_saving() -> None:
    found = compile_draft(Draft("html", "x", "{% for i in (1..900000) %}x{% endfor %}"))
    assert [problem.error for problem in found.problems] == [True]


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=20)
QUOTED = WORDS.filter(lambda words: '"' not in words).map(lambda words: f'"{words}"')
SLOTS = st.sampled_from(list(liquid.VARIABLES)) | st.builds(
    "{} | default: {}".format, st.sampled_from(list(liquid.VARIABLES)), QUOTED
)
SOURCES = st.lists(WORDS | SLOTS.map("{{{{ {} }}}}".format), max_size=8).map("".join)


@given(source=SOURCES, values=st.dictionaries(st.sampled_from(list(liquid.VARIABLES)), WORDS.filter(bool)))
@pytest.mark.parametrize("environment", [liquid.HTML, liquid.TEXT])
def test_inserting_values_says_what_liquid_says(environment, source: str, values: dict[str, str]) -> None:
    template = environment.from_string(source)
    assert "".join(Part(template).fill(values)) == "".join(liquid.render(template, nested(values)))


def test_templates_that_only_insert_values_need_no_liquid(monkeypatch) -> None:
    compiled = compile_draft(STARTERS["offer"].draft("zh-hans"))
    version = parsed(TemplateVersion(subject="{{ customer.name }}", html=compiled.html, text=compiled.text))
    with monkeypatch.context() as patched:
        patched.setattr(liquid, "render", lambda *_: pytest.fail("Liquid was asked"))
        filled = fill(version, sample_card("zh-hans"), message_id=7, sender=SENDER, tracking=ON)
    assert "林小雨" in filled.html


def test_values_are_escaped_in_html_and_not_in_text_or_subject() -> None:
    card = ContactCard(1, "a@b.example", first_name="<b>Tom & Co</b>")
    compiled = compile_draft(Draft("html", "To {{ customer.first_name }}", "<p>{{ customer.first_name }}</p>"))
    version = parsed(TemplateVersion(subject="To {{ customer.first_name }}", html=compiled.html, text=compiled.text))
    filled = fill(version, card, message_id=7, sender=SENDER, tracking=OFF)
    assert "<p>&lt;b&gt;Tom &amp; Co&lt;/b&gt;</p>" in filled.html
    assert filled.subject == "To <b>Tom & Co</b>"
    assert filled.text.startswith("<b>Tom & Co</b>\n")


def test_a_name_with_line_breaks_stays_on_the_subject_line() -> None:
    version = parsed(TemplateVersion(subject="{{ customer.name }}", html="", text="x"))
    card = ContactCard(1, "a@b.example", name="Eve\r\nBcc: all@b.example")
    assert fill(version, card, message_id=7, sender=SENDER, tracking=OFF).subject == "Eve Bcc: all@b.example"


def test_liquid_survives_mjml_between_sections_and_with_comparisons() -> None:
    source = (
        '<mjml><mj-body>{% if 1 < 2 %}<mj-section><mj-column><mj-text>{{ customer.first_name | default: "friend" }}'
        "</mj-text></mj-column></mj-section>{% else %}<mj-section></mj-section>{% endif %}</mj-body></mjml>"
    )
    html = html_for(source, kind="mjml", card=ContactCard(1, "a@b.example", first_name="Ana"))
    assert "Ana" in html
    assert "{%" not in html
    assert "fonts.googleapis" not in html


def test_only_links_that_are_the_same_for_everybody_lead_through_the_redirect() -> None:
    source = (
        '<a href="https://shop.example/?a=1&amp;b=2">x</a><a class="b" href=\'http://two.example\'>y</a>'
        '<a href="https://shop.example/{{ customer.region }}">z</a><a href="mailto:us@shop.example">m</a>'
        '<a href="{{ unsubscribe_url }}">stop</a>'
    )
    compiled = compile_draft(Draft("html", "x", source))
    assert compiled.links == ("https://shop.example/?a=1&b=2", "http://two.example")
    tracked = html_for(source, tracking=ON)
    assert tracked.count("https://crm.example/messages/c/7-") == 2
    assert 'href="https://shop.example/Kent"' in tracked
    assert "https://crm.example/messages/o/7-" in tracked
    plain = html_for(source)
    assert "/messages/c/" not in plain
    assert "/messages/o/" not in plain
    assert 'href="https://shop.example/?a=1&amp;b=2"' in plain


def test_marketing_always_says_how_to_stop() -> None:
    compiled = compile_draft(Draft("html", "x", "<p>Buy</p>", language="zh-hans"))
    assert compiled.html.count("{{ unsubscribe_url }}") == 1
    assert compiled.text.count("{{ unsubscribe_url }}") == 1
    assert "unsubscribe_url" not in compile_draft(Draft("html", "x", "<p>Your order</p>", purpose="service")).html
    own = compile_draft(Draft("html", "x", '<a href="{{ unsubscribe_url }}">stop</a>'))
    assert own.html.count("unsubscribe_url") == 1


def test_the_text_part_is_read_from_the_html() -> None:
    html = "<html><head><title>T</title><style>p{}</style></head><body><h1>Big &amp; small</h1>"
    html += "<ul><li>one</li><li>two</li></ul>"
    html += '<p>Look<br>here: <a href="https://shop.example">shop</a></p><img src="x" alt="Towels"></body></html>'
    text = compile_draft(Draft("html", "x", html, purpose="service")).text
    assert text == "Big & small\n\n- one\n\n- two\n\nLook\nhere: shop ( https://shop.example )\n\n[Towels]\n"


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("name", list(STARTERS))
def test_starters_have_nothing_wrong(name: str, language: str) -> None:
    compiled = compile_draft(STARTERS[name].draft(language))
    assert compiled.problems == ()
    assert compiled.text.strip()


@pytest.mark.django_db
def test_a_version_that_was_used_stays_as_it_is() -> None:
    first = make_version(source="<p>one</p>")
    template = MessageTemplate.objects.get(pk=first.template_id)
    again = authoring.save(Draft("html", "s", "<p>two</p>"), name="Spring", actor=None, now=NOW, template=template)
    assert (again.pk, again.number) == (first.pk, 1)
    TemplateVersion.objects.filter(pk=first.pk).update(used_at=NOW)
    third = authoring.save(Draft("html", "s", "<p>three</p>"), name="Spring", actor=None, now=NOW, template=template)
    assert third.number == 2
    with pytest.raises(ProgrammingError, match="stays as it is"), transaction.atomic():
        TemplateVersion.objects.filter(pk=first.pk).update(source="changed")
    with pytest.raises(ProgrammingError, match="stays as it is"), transaction.atomic():
        TemplateVersion.objects.filter(pk=first.pk).delete()


@pytest.mark.django_db
def test_a_template_with_errors_is_not_saved() -> None:
    with pytest.raises(TemplateInvalid) as caught:
        authoring.save(Draft("html", "s", "{% if %}"), name="Bad", actor=None, now=NOW)
    assert [problem.line for problem in caught.value.problems] == [1]
    assert MessageTemplate.objects.count() == 0
