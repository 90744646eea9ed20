"""Who is who: incoming profiles to customers, by exact identifiers, a batch at a time.

1. A profile whose identifiers are known belongs to the customer they point at; when they point at several, the
   platform account or external id goes before the phone, the phone before the e-mail, then the oldest customer.
2. What is left is joined among itself: profiles with a common identifier are one customer, an old one where any of
   them touches one, else a new one.
3. A profile with nothing that can tell a person is a guest.

Two customers that one profile shows to be the same are merged where merging/rules.py finds that certain; else they stay
two, the resolution names the other, and a person is asked.
Customers that were merged are still told apart: what comes in is for the one whose identifier it carries, so that a
merge can be undone, and the resolution gives both that one and the customer it is now.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection, transaction

from guanxi.core import bulk
from guanxi.customers import consents, passing, profiles, queries, seeing, sharing, tagging
from guanxi.customers.candidates import Candidate, Key
from guanxi.customers.following import only_writer
from guanxi.customers.identifier_kinds import RANK
from guanxi.customers.merging import rules, together
from guanxi.customers.models import Identifier
from guanxi.customers.passing import Life
from guanxi.customers.types import Resolution, ResolveResult

KNOWN, CREATED, GUEST = "known", "created", "guest"
Hit = tuple[int, int, str]
"""Rank of the identifier's kind, customer, kind: the smallest wins."""


@dataclass(slots=True)
class Standing:
    """What the database knows of a batch's identifiers."""

    owners: dict[str, int] = field(default_factory=dict)
    now: dict[int, int] = field(default_factory=dict)
    """Who a customer is now that was merged into another."""
    company: dict[str, sharing.Company] = field(default_factory=dict)
    seen: dict[str, seeing.Seen] = field(default_factory=dict)
    lives: dict[str, Life] = field(default_factory=dict)
    """Of identifiers that pass."""
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
        only_writer()
        standing = _look_up(candidates)
        candidates = _only_living(candidates, standing)
        fresh_company = sharing.company(candidates)
        tied = _set_aside_too_common(candidates, standing, fresh_company, now=now)
        present = queries.present({one for one in known or () if one is not None})
        standing.now |= {number: into for number, into in present.items() if into != number}
        resolutions, claims = _decide(candidates, known, present.keys(), standing)
        _write(candidates, resolutions, shop_id=shop_id, source=source, now=now)
        _add_identifiers(candidates, claims, standing, fresh_company, source=source)
        seeing.hints(candidates, resolutions, standing.now, source=source)
        if tied:
            _note_tied(candidates, resolutions, tied)
        found = [_now(one, standing.now) for one in resolutions] if standing.now else resolutions
        if any(one.others for one in found):
            verified = {digest for digest, seen in standing.seen.items() if seen.verified}
            joined = rules.apply(candidates, found, verified=verified, now=now)
            found = [_now(one, joined) for one in found] if joined else found
    return ResolveResult(found)


def _now(one: Resolution, now: dict[int, int]) -> Resolution:
    """A resolution to one of several merged, as one to the customer they are now."""
    if one.customer_id is None:
        return one
    customer = now.get(one.customer_id, one.customer_id)
    others = tuple(dict.fromkeys(there for other in one.others if (there := now.get(other, other)) != customer))
    if customer != one.customer_id:
        return replace(one, customer_id=customer, others=others, origin_id=one.origin_id or one.customer_id)
    return replace(one, others=others) if others != one.others else one


def _look_up(candidates: Sequence[Candidate]) -> Standing:
    digests = list({key.digest for one in candidates for key in one.keys})
    standing = Standing()
    if not digests:
        return standing
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT replace(digest::text, '-', ''), customer_id, origin_customer_id, names_seen, accounts_seen,"
            " extract(epoch FROM last_seen_at)::bigint, verified_at IS NOT NULL,"
            " CASE WHEN valid_until IS NOT NULL THEN first_seen_at END, valid_until"
            " FROM customers_identifier WHERE digest = ANY(%s::uuid[])",
            [bulk.array(digests)],
        )
        for digest, customer_id, origin, names, accounts, last, verified, first, until in cursor.fetchall():
            standing.owners[digest] = origin or customer_id
            if origin:
                standing.now[origin] = customer_id
            standing.company[digest] = sharing.Company(set(names), set(accounts))
            standing.seen[digest] = seeing.Seen(last, verified)
            if until:
                standing.lives[digest] = Life(first, until)
    standing.shared, standing.restored = sharing.known_shared(digests)
    return standing


def _only_living(candidates: Sequence[Candidate], standing: Standing) -> Sequence[Candidate]:
    living, over = passing.living(candidates, standing.lives)
    if over:
        Identifier.objects.filter(digest__in=over).delete()
        for digest in over:
            del standing.owners[digest], standing.company[digest], standing.seen[digest]
    return living


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
    usable = [_usable(one.keys, standing.shared) for one in candidates]
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


def _usable(keys: Sequence[Key], shared: Collection[str]) -> Sequence[Key]:
    return [key for key in keys if key.digest not in shared] if shared else keys


def _from_hits(hits: list[Hit], now: Mapping[int, int]) -> Resolution:
    best = min(hits)
    if all(hit[1] == best[1] for hit in hits):
        return Resolution(best[1], False, best[2])
    best_now = now.get(best[1], best[1])
    others = sorted({hit for hit in hits if now.get(hit[1], hit[1]) != best_now})
    reason = ">".join([best[2], *dict.fromkeys(kind for _rank, _customer, kind in others)])
    return Resolution(best[1], False, reason, tuple(dict.fromkeys(customer for _rank, customer, _kind in others)))


def _join_the_rest(
    usable: Sequence[Sequence[Key]], decided: list[Resolution | None], claims: dict[str, int], now: Mapping[int, int]
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


def _union(
    usable: Sequence[Sequence[Key]], parent: dict[int, int], claims: dict[str, int]
) -> Iterator[tuple[int, Hit]]:
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
) -> None:
    spans = seeing.spans(candidates)
    seeing.again(spans, standing.seen)
    new = [span for digest, span in spans.items() if digest in claims and digest not in standing.owners]
    whose = {
        owner: f"{standing.now.get(owner, owner)}\t{owner if owner in standing.now else bulk.NULL}"
        for owner in {claims[span.key.digest] for span in new}
    }
    seeing.first([(whose[claims[span.key.digest]], span) for span in new], company, source=source)


def _note_tied(candidates: Sequence[Candidate], resolutions: Sequence[Resolution], tied: set[str]) -> None:
    found: dict[str, set[int]] = {}
    for one, resolution in zip(candidates, resolutions, strict=True):
        for key in one.keys:
            if key.digest in tied and resolution.customer_id:
                found.setdefault(key.digest, set()).add(resolution.customer_id)
    sharing.add_customers(found)
