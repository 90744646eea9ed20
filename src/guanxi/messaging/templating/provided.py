"""Variables that rooms above bring: values of single customers, such as a coupon's code, found for a batch at once.

They are asked for when messages are about to go, so nothing is made for someone who is not written to. The same
customer is given the same value when a run was cut off and goes on.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

Values = Mapping[int, Mapping[str, str]]
"""Customer to what each name stands for; what is not there is left out."""


class Provider(Protocol):
    prefix: str
    """What its names begin with: ``coupon`` of ``coupon.code_12``."""
    sample: str
    """What stands in a preview."""

    def offered(self) -> Mapping[str, str]:
        """Names that can be used now, with what each means."""

    def values(self, names: Collection[str], customer_ids: Collection[int], *, now: datetime) -> Values:
        """What these names stand for, made in sets where it is not there yet; again gives the same."""


_providers: dict[str, Provider] = {}


def provide(provider: Provider) -> None:
    """Let templates use what this provider offers; called once at start."""
    _providers[provider.prefix] = provider


def is_provided(name: str) -> bool:
    """Whether a name is of the kind that a provider knows, offered or not."""
    return name.partition(".")[0] in _providers


def offered() -> dict[str, str]:
    return {name: label for one in _providers.values() for name, label in one.offered().items()}


def used(texts: Iterable[str]) -> tuple[str, ...]:
    """The names that stand in these templates."""
    if not _providers:
        return ()
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, _providers))})\.\w+")
    return tuple(sorted({name for text in texts for name in pattern.findall(text)}))


def values(names: Collection[str], customer_ids: Collection[int], *, now: datetime) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for prefix, provider in _providers.items():
        own = [name for name in names if name.partition(".")[0] == prefix]
        if own and customer_ids:
            for customer_id, said in provider.values(own, customer_ids, now=now).items():
                found.setdefault(customer_id, {}).update(said)
    return found


def samples(names: Collection[str]) -> dict[str, str]:
    return {name: _providers[name.partition(".")[0]].sample for name in names}
