"""Templates to begin with, in three languages: files beside this module."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.messaging.models import BodyKind
from guanxi.messaging.templating.compiling import Draft

FOLDER = Path(__file__).parent / "starters"


@dataclass(frozen=True, slots=True)
class Starter:
    name: str
    label: Promise | str
    text: Promise | str
    """What it is good for."""
    icon: str
    subjects: dict[str, str]
    preheaders: dict[str, str]
    purpose: str = "marketing"

    def draft(self, language: str) -> Draft:
        """In one of the languages of the interface."""
        return Draft(
            kind=BodyKind.MJML,
            subject=self.subjects[language],
            preheader=self.preheaders[language],
            source=(FOLDER / f"{self.name}.{language}.mjml").read_text(encoding="utf-8"),
            purpose=self.purpose,
            language=language,
        )


STARTERS = {
    starter.name: starter
    for starter in (
        Starter(
            "offer",
            _("Seasonal offer"),
            _("A picture, one offer, one button."),
            "gift",
            {
                "en": "A little something for you, {{ customer.first_name | default: 'friend' }}",
                "zh-hans": "{{ customer.name | default: '亲爱的顾客' }}，为您准备了一份心意",
                "zh-hant": "{{ customer.name | default: '親愛的顧客' }}，為您準備了一份心意",
            },
            {
                "en": "Softer mornings, 15 % off until Sunday",
                "zh-hans": "柔软早晨，周日前全场八五折",
                "zh-hant": "柔軟早晨，週日前全館八五折",
            },
        ),
        Starter(
            "welcome_back",
            _("We miss you"),
            _("For customers who have not bought for a while."),
            "heart",
            {
                "en": "It has been a while, {{ customer.first_name | default: 'friend' }}",
                "zh-hans": "{{ customer.name | default: '您好' }}，好久不见",
                "zh-hant": "{{ customer.name | default: '您好' }}，好久不見",
            },
            {
                "en": "Three things that are new since you were here",
                "zh-hans": "您不在的日子里，我们添了三样新品",
                "zh-hant": "您不在的日子裡，我們添了三樣新品",
            },
        ),
        Starter(
            "notice",
            _("Service notice"),
            _("A plain message about an order or the shop; needs no consent, sells nothing."),
            "info-circle",
            {"en": "About your order", "zh-hans": "关于您的订单", "zh-hant": "關於您的訂單"},
            {"en": "", "zh-hans": "", "zh-hant": ""},
            purpose="service",
        ),
    )
}
