"""Who is who: incoming profiles to customers, by exact identifiers, a batch at a time.

1. A profile whose identifiers are known belongs to the customer they point at; when they point at several, the
   platform account or external id goes before the phone, the phone before the e-mail, then the oldest customer.
2. What is left is joined among itself: profiles with a common identifier are one customer, an old one where any of
   them touches one, else a new one.
3. A profile with nothing that can tell a person is a guest.

Nobody is merged here: two customers that one profile shows to be the same stay two; the resolution names the other,
and a person is asked.
Customers that were merged are still told apart: what comes in is for the one whose identifier it carries, so that a
merge can be undone, and the resolution gives both that one and the customer it is now.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection, transaction

from guanxi.core import bulk
from guanxi.core.crypto import keyring
from guanxi.customers import consents, profiles, queries, sharing, tagging
from guanxi.customers.candidates import Candidate, Key
from guanxi.customers.merging import suggestions, together
from guanxi.customers.models import Identifier
from guanxi.customers.types import PER_SHOP, IdentifierKind, Resolution, ResolveResult

RANK = {
    IdentifierKind.PLATFORM_ACCOUNT: 0,
    IdentifierKind.EXTERNAL_ID: 0,
    IdentifierKind.PHONE: 1,
    IdentifierKind.EMAIL: 2,
}
KNOWN, CREATED, GUEST = "known", "created", "guest"
IDENTIFIER_COLUMNS = (
    "customer_id, origin_customer_id, kind, shop_id, digest, search_hash, value, names_seen, accounts_seen, source,"
    " first_seen_at"
)
VALUE_SEAL = Identifier._meta.get_field("value").seal_name
Hit = tuple[int, int, str]
"""Rank of the identifier's kind, customer, kind: the smallest wins."""


@dataclass(slots=True)
class Standing:
    """What the database knows of a batch's identifiers."""

    owners: dict[str, int] = field(default_factory=dict)
    now: dict[int, int] = field(default_factory=dict)
    """Who a customer is now that was merged into another."""
    company: dict[str, sharing.Company] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)


def resolve(
    candidates: Sequence[Candidate],
    *,
    shop_id: int | None,
    source: str,
    now: datetime,
    known: Sequence[int | None] | None = None,
) -> ResolveResult:
    """See `services.resolve`."""
    with transaction.atomic():
        bulk.one_writer("customers")
        standing = _look_up(candidates)
        fresh_company = sharing.company(candidates)
        tied = _set_aside_too_common(candidates, standing, fresh_company, now=now)
        present = queries.present({one for one in known or () if one is not None})
        standing.now |= {number: into for number, into in present.items() if into != number}
        resolutions, claims = _decide(candidates, known, present.keys(), standing)
        _write(candidates, resolutions, shop_id=shop_id, source=source, now=now)
        _add_identifiers(candidates, claims, standing, fresh_company, source=source, now=now)
        if tied:
            _note_tied(candidates, resolutions, tied)
        found = [_now(one, standing.now) for one in resolutions] if standing.now else resolutions
        suggestions.add(_conflicts(found), now=now)
    return ResolveResult(found)


def _conflicts(found: Sequence[Resolution]) -> dict[tuple[int, int], list[str]]:
    """Pairs of customers that one profile shows to be the same, with the identifiers that do."""
    pairs: dict[tuple[int, int], list[str]] = {}
    for one in found:
        for other in one.others:
            if one.customer_id:
                pairs[one.customer_id, other] = [f"identifier:{kind}" for kind in one.reason.split(">")[1:]]
    return pairs


def _now(one: Resolution, now: dict[int, int]) -> Resolution:
    """A resolution to one of several merged, as one to the customer they are now."""
    others = tuple(dict.fromkeys(now.get(other, other) for other in one.others))
    if one.customer_id not in now:
        return replace(one, others=others) if others != one.others else one
    return Resolution(now[one.customer_id], one.created, one.reason, others, origin_id=one.customer_id)


def _look_up(candidates: Sequence[Candidate]) -> Standing:
    digests = list({key.digest for one in candidates for key in one.keys})
    standing = Standing()
    if not digests:
        return standing
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT replace(digest::text, '-', ''), customer_id, origin_customer_id, names_seen, accounts_seen"
            " FROM customers_identifier WHERE digest = ANY(%s::uuid[])",
            [bulk.array(digests)],
        )
        for digest, customer_id, origin, names, accounts in cursor.fetchall():
            standing.owners[digest] = origin or customer_id
            if origin:
                standing.now[origin] = customer_id
            standing.company[digest] = sharing.Company(set(names), set(accounts))
    standing.shared, standing.restored = sharing.known_shared(digests)
    return standing


def _set_aside_too_common(
    candidates: Sequence[Candidate], standing: Standing, fresh: dict[str, sharing.Company], *, now: datetime
) -> set[str]:
    """Set aside what ties too many unlike people together, this batch included; keep count for the rest."""
    people: dict[str, int] = {}
    grown: dict[str, sharing.Company] = {}
    for digest, seen in fresh.items():
        if digest in standing.shared:
            continue
        before = standing.company.get(digest)
        if before is not None:
            if seen.names <= before.names and seen.accounts <= before.accounts:
                continue
            seen.names |= before.names
            seen.accounts |= before.accounts
            grown[digest] = seen
        if seen.people() > sharing.HANDFUL and digest not in standing.restored:
            people[digest] = seen.people()
    if people:
        keys = {key.digest: key for one in candidates for key in one.keys if key.digest in people}
        sharing.set_aside_keys(keys, people, standing.owners, now=now)
        standing.shared |= people.keys()
        for digest in people:
            standing.owners.pop(digest, None)
            grown.pop(digest, None)
    _keep_company({digest: seen for digest, seen in grown.items() if _tells_more(seen, standing.company[digest])})
    return set(people)


def _tells_more(now: sharing.Company, before: sharing.Company) -> bool:
    return min(len(now.names), sharing.HANDFUL + 1) > len(before.names) or min(
        len(now.accounts), sharing.HANDFUL + 1
    ) > len(before.accounts)


def _keep_company(grown: dict[str, sharing.Company]) -> None:
    if not grown:
        return
    lines = [
        f"{digest}\t{{{','.join(map(str, sharing.capped(seen.names)))}}}"
        f"\t{{{','.join(map(str, sharing.capped(seen.accounts)))}}}"
        for digest, seen in grown.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged_company (digest uuid, names bigint[], accounts bigint[])"
            " ON COMMIT DELETE ROWS"
        )
        bulk.copy_lines("staged_company", "digest, names, accounts", lines)
        cursor.execute(
            "UPDATE customers_identifier i SET names_seen = s.names, accounts_seen = s.accounts"
            " FROM staged_company s WHERE i.digest = s.digest"
        )
        cursor.execute("TRUNCATE staged_company")


def _decide(
    candidates: Sequence[Candidate], known: Sequence[int | None] | None, alive: Collection[int], standing: Standing
) -> tuple[list[Resolution], dict[str, int]]:
    """The customer of each candidate, and for each usable identifier without an owner whose it becomes."""
    usable = [[key for key in one.keys if key.digest not in standing.shared] for one in candidates]
    decided: list[Resolution | None] = [None] * len(candidates)
    claims: dict[str, int] = {}
    for index, keys in enumerate(usable):
        before = known[index] if known else None
        hits = [
            (RANK[key.kind], standing.owners[key.digest], key.kind.value)
            for key in keys
            if key.digest in standing.owners
        ]
        if before is not None:
            hits.append((-1, before, KNOWN))
        if not hits:
            continue
        chosen = _from_hits(hits, standing.now)
        decided[index] = chosen
        if before is None or before in alive:
            for key in keys:
                claims.setdefault(key.digest, chosen.customer_id or 0)
    _join_the_rest(usable, decided, claims, standing.now)
    return [one or Resolution(None, False, GUEST) for one in decided], claims


def _from_hits(hits: list[Hit], now: Mapping[int, int]) -> Resolution:
    best = min(hits)
    best_now = now.get(best[1], best[1])
    others = sorted({hit for hit in hits if now.get(hit[1], hit[1]) != best_now})
    reason = ">".join([best[2], *dict.fromkeys(kind for _rank, _customer, kind in others)])
    return Resolution(best[1], False, reason, tuple(dict.fromkeys(customer for _rank, customer, _kind in others)))


def _join_the_rest(
    usable: list[list[Key]], decided: list[Resolution | None], claims: dict[str, int], now: Mapping[int, int]
) -> None:
    """Union-find over the identifiers of those not decided yet; new customers get their numbers here."""
    parent = {index: index for index, one in enumerate(decided) if one is None and usable[index]}
    touched = _union(usable, parent, claims)
    hits: dict[int, list[Hit]] = {}
    for index, hit in touched:
        hits.setdefault(_root(parent, index), []).append(hit)
    old = {root: _from_hits(found, now) for root, found in hits.items()}
    new_roots = list(dict.fromkeys(root for index in parent if (root := _root(parent, index)) not in old))
    numbers = dict(zip(new_roots, bulk.reserve_ids("customers_customer", len(new_roots)), strict=True))
    first = set(new_roots)
    for index in parent:
        root = _root(parent, index)
        if root in old:
            decided[index] = old[root]
        elif root in first:
            decided[index] = Resolution(numbers[root], True, CREATED)
            first.discard(root)
        else:
            decided[index] = Resolution(numbers[root], True, min(usable[index], key=lambda k: RANK[k.kind]).kind.value)
        for key in usable[index]:
            claims.setdefault(key.digest, decided[index].customer_id or 0)  # type: ignore[union-attr]


def _union(usable: list[list[Key]], parent: dict[int, int], claims: dict[str, int]) -> Iterator[tuple[int, Hit]]:
    first_with: dict[str, int] = {}
    touched: list[tuple[int, Hit]] = []
    for index in parent:
        for key in usable[index]:
            if key.digest in claims:
                touched.append((index, (RANK[key.kind], claims[key.digest], key.kind.value)))
                continue
            other = first_with.setdefault(key.digest, index)
            if other != index:
                one, two = _root(parent, index), _root(parent, other)
                parent[max(one, two)] = min(one, two)
    return iter(touched)


def _root(parent: dict[int, int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _write(
    candidates: Sequence[Candidate],
    resolutions: Sequence[Resolution],
    *,
    shop_id: int | None,
    source: str,
    now: datetime,
) -> None:
    created = {one.customer_id for one in resolutions if one.created and one.customer_id}
    per_customer: dict[int, list[Candidate]] = {}
    for one, resolution in zip(candidates, resolutions, strict=True):
        if resolution.customer_id:
            per_customer.setdefault(resolution.customer_id, []).append(one)
    profiles.create(
        {customer: per_customer[customer] for customer in per_customer if customer in created},
        shop_id=shop_id,
        source=source,
        now=now,
    )
    alive = _update({customer: seen for customer, seen in per_customer.items() if customer not in created}, now=now)
    said = [
        (customer, consent)
        for customer, seen in per_customer.items()
        if customer in created or customer in alive
        for one in seen
        for consent in one.consents
    ]
    if said:
        consents.record(said, source=source, now=now)
    labels = [(customer, tag) for customer, seen in per_customer.items() for one in seen for tag in one.tags]
    if labels:
        tagging.add(labels, now=now, again=False)


def _update(per_customer: Mapping[int, Sequence[Candidate]], *, now: datetime) -> set[int]:
    """Bring customers up to date; of those that merges join with others, their own profiles and then the whole."""
    merged = together.with_own(per_customer)
    alone = {customer: seen for customer, seen in per_customer.items() if customer not in merged}
    alive = profiles.update(alone, now=now)
    if merged:
        own = {customer: per_customer[customer] for customer in merged}
        alive |= profiles.update(own, now=now, table="customers_ownprofile")
        together.bring_up_to_date(merged)
    return alive


def _add_identifiers(
    candidates: Sequence[Candidate],
    claims: dict[str, int],
    standing: Standing,
    company: dict[str, sharing.Company],
    *,
    source: str,
    now: datetime,
) -> None:
    end = f"{bulk.text(source, 60)}\t{now.isoformat()}"
    new = {
        key.digest: key
        for one in candidates
        for key in one.keys
        if key.digest in claims and key.digest not in standing.owners
    }
    whose = {
        owner: f"{standing.now.get(owner, owner)}\t{owner if owner in standing.now else bulk.NULL}"
        for owner in {claims[digest] for digest in new}
    }
    lines = (f"{whose[claims[digest]]}\t{_identifier(key, company)}\t{end}" for digest, key in new.items())
    bulk.copy_lines("customers_identifier", IDENTIFIER_COLUMNS, lines)


def _identifier(key: Key, company: dict[str, sharing.Company]) -> str:
    names, accounts = "{}", "{}"
    if key.kind not in PER_SHOP:
        seen = company[key.digest]
        names = bulk.numbers(sharing.capped(seen.names))
        accounts = bulk.numbers(sharing.capped(seen.accounts))
    sealed = bulk.binary(keyring().seal(key.value, VALUE_SEAL))
    return f"{key.kind.value}\t{key.shop_id}\t{key.digest}\t{sharing.search_field(key)}\t{sealed}\t{names}\t{accounts}"


def _note_tied(candidates: Sequence[Candidate], resolutions: Sequence[Resolution], tied: set[str]) -> None:
    found: dict[str, set[int]] = {}
    for one, resolution in zip(candidates, resolutions, strict=True):
        for key in one.keys:
            if key.digest in tied and resolution.customer_id:
                found.setdefault(key.digest, set()).add(resolution.customer_id)
    sharing.add_customers(found)
