"""Writing templates: saved only when they compile, kept as versions once a message used them."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core import preferences
from guanxi.core.models import User
from guanxi.messaging import contacts, delivery, tokens
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.channels.base import Outcome
from guanxi.messaging.models import MessageTemplate, TemplateVersion
from guanxi.messaging.templating import liquid, provided
from guanxi.messaging.templating.compiling import Compiled, Draft, compile_draft
from guanxi.messaging.templating.filling import CannotFill, Filled, Parsed, Sender, Tracking, fill, parsed
from guanxi.messaging.types import ContactCard

NO_TRACKING = Tracking(opens=False, clicks=False)


class TemplateInvalid(ValueError):
    """The template does not compile; ``problems`` say why and where."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__("; ".join(problem.message for problem in compiled.errors))
        self.problems = compiled.problems


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as one customer would get it. ``missing`` names what is not known of this customer and has no
    fall-back."""

    filled: Filled
    missing: tuple[str, ...]


def save(
    draft: Draft, *, name: str, actor: User | None, now: datetime, template: MessageTemplate | None = None
) -> TemplateVersion:
    """A new template, or the next version of one; a version that nothing used yet is written over.

    Raises TemplateInvalid.
    """
    compiled = compile_draft(draft)
    if compiled.errors:
        raise TemplateInvalid(compiled)
    with transaction.atomic():
        if template is None:
            template = MessageTemplate(created_at=now)
        else:
            template = MessageTemplate.objects.select_for_update().get(pk=template.pk)
        template.name, template.purpose, template.language = name, draft.purpose, draft.language
        template.updated_at = now
        template.save()
        return _write_version(template, draft, compiled, actor=actor, now=now)


def _write_version(
    template: MessageTemplate, draft: Draft, compiled: Compiled, *, actor: User | None, now: datetime
) -> TemplateVersion:
    last = template.versions.select_for_update().order_by("-number").first()
    if last is not None and last.used_at is None:
        version = last
    else:
        version = TemplateVersion(template=template, number=last.number + 1 if last else 1)
    version.kind, version.subject, version.preheader = draft.kind, draft.subject, draft.preheader
    version.source, version.text_source = draft.source, draft.text_source
    version.html, version.text, version.links = compiled.html, compiled.text, list(compiled.links)
    version.created_by, version.created_at = actor, now
    version.save()
    return version


def draft_of(version: TemplateVersion) -> Draft:
    template = version.template
    return Draft(
        kind=version.kind,
        subject=version.subject,
        preheader=version.preheader,
        source=version.source,
        text_source=version.text_source,
        purpose=template.purpose,
        language=template.language,
    )


def archive(template: MessageTemplate, *, now: datetime) -> None:
    """Out of the lists; what was sent with it stays."""
    MessageTemplate.objects.filter(pk=template.pk).update(archived_at=now)


def sample_card(language: str = "en") -> ContactCard:
    """Somebody invented, for previews."""
    if language.startswith("zh"):
        return ContactCard(0, "", first_name="小雨", last_name="林", name="林小雨", language=language, region="浙江")
    return ContactCard(0, "", first_name="Robin", last_name="Sample", name="Robin Sample", language="en", region="Kent")


def card_of(customer_id: int, channel: str = "email") -> ContactCard | None:
    """A customer for a preview; None for one whom this channel cannot reach."""
    return contacts.cards([customer_id], channel).get(customer_id)


def sender() -> Sender:
    return Sender(merchant=preferences.merchant_name(), base_url=settings.BASE_URL)


def preview(compiled: Compiled, subject: str, card: ContactCard) -> Preview:
    """Raises CannotFill."""
    version: Parsed = parsed(TemplateVersion(subject=subject, html=compiled.html, text=compiled.text))
    with liquid.missing_values() as missing:
        samples = provided.samples(version.provided)
        filled = fill(version, card, message_id=tokens.TEST, sender=sender(), tracking=NO_TRACKING, more=samples)
    return Preview(filled, tuple(dict.fromkeys(liquid.written_name(value) for value in missing)))


def send_test(
    compiled: Compiled, draft: Draft, *, card: ContactCard, channel: str, actor: User, now: datetime
) -> Outcome:
    """To the signed-in person's own address, by the real way out. Raises CannotFill, TransportTrouble."""
    kind = CHANNELS.get(channel)
    filled = preview(compiled, _("[Test] %(subject)s") % {"subject": draft.subject}, card).filled
    address = kind.normalise(actor.email)
    if not address:
        raise CannotFill(_("Your own e-mail address cannot get mail."))
    handover = kind.compose(
        filled,
        address=address,
        message_id=tokens.TEST,
        marketing=draft.purpose == "marketing",
        options=delivery.load(),
        now=now,
    )
    connection = kind.transport().open()
    try:
        return connection.send(handover, lambda: None)
    finally:
        connection.close()
