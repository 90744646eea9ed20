"""Identifiers that pass: they tell somebody for some days and may then be somebody else's.

A value lives from its first sight for as long as its kind lasts; seeing it again does not make that longer. Whoever
comes with it in that time comes with the same person. A sight after that begins another life, of whomever it is seen
with then, and one before, in an old file, says nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from guanxi.customers.candidates import Candidate, Key
from guanxi.customers.identifier_kinds import PASSING
from guanxi.customers.models import Identifier


class Life(NamedTuple):
    first_seen_at: datetime
    valid_until: datetime


def living(candidates: Sequence[Candidate], lives: Mapping[str, Life]) -> tuple[list[Candidate], set[str]]:
    """The candidates without those identifiers that say nothing at their time, and the digests whose life of
    ``lives``, which the database knows, is over."""
    sights: dict[str, list[tuple[datetime, Key]]] = {}
    for one in candidates:
        for key in one.keys:
            if key.kind in PASSING:
                sights.setdefault(key.digest, []).append((one.seen_at, key))
    if not sights:
        return list(candidates), set()
    now, over = {}, set()
    for digest, seen in sights.items():
        life = lives.get(digest)
        lasts = PASSING[seen[0][1].kind]
        if life and all(at > life.valid_until for at, _key in seen):
            over.add(digest)
            life = None
        if life is None:
            first = min(at for at, _key in seen)
            life = Life(first, first + lasts)
        now[digest] = Life(life.first_seen_at - lasts, life.valid_until) if digest in lives else life
    return [_without_dead(one, now) for one in candidates], over


def _without_dead(one: Candidate, lives: Mapping[str, Life]) -> Candidate:
    keys = tuple(
        key
        for key in one.keys
        if key.digest not in lives or lives[key.digest].first_seen_at <= one.seen_at <= lives[key.digest].valid_until
    )
    return one if len(keys) == len(one.keys) else one._replace(keys=keys)


def forget(*, now: datetime) -> int:
    """Delete those whose time is over. Returns how many."""
    return Identifier.objects.filter(valid_until__lt=now).delete()[0]
