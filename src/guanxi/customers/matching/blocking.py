"""Which pairs are looked at: those that share a key, within a budget that holds whatever the data are.

Everyone with everyone would be 10^12 pairs for two million records. A key is a hash of a few columns; a pair is a
candidate when it shares at least one. Values that too many share (a common name, a telephone tail in a large city) are
dropped, the most crowded first, until the pairs of their kind fit its part of the budget; what a kind leaves over goes
to the next. So there are never more than `max_pairs` candidates, and time grows with records, not with their square.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

SORTED_NAME = (
    "least(given_sound, family_sound)",
    "greatest(given_sound, family_sound)",
    "length(given_sound || family_sound)",  # says nothing more, but is unknown where either of them is
)
KEYS: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "account": ("accounts[1]",),
    "name_birth": (*SORTED_NAME, "birth"),
    "name_phone": (*SORTED_NAME, "phone"),
    "name_city": (*SORTED_NAME, "city"),
    "family_birth": ("family_sound", "birth"),
    "given_birth": ("given_sound", "birth"),
    "family_phone": ("family_sound", "phone"),
    "given_phone": ("given_sound", "phone"),
    "family_postcode": ("family_sound", "postcode"),
    "given_postcode": ("given_sound", "postcode"),
    "street_number": ("street", "number"),
    "family_street": ("family_sound", "street"),
    "given_street": ("given_sound", "street"),
    "family_more": ("family_sound", "more"),
    "given_more": ("given_sound", "more"),
    "postcode_number": ("postcode", "number"),
    "city_number": ("city", "number"),
    "name": SORTED_NAME,
    "birth": ("birth",),
}
"""Finer kinds first: what the budget cuts is then mostly found already. An account counts by its first name only."""
LARGEST_SHARE = 4
"""One kind of key may take a quarter of what is left of the budget."""
CERTAIN = ("name_birth", "name_phone")


def add_keys(
    connection: "duckdb.DuckDBPyConnection", source: str, target: str, *, sides: int, max_pairs: int
) -> dict[str, int]:
    """Make ``target``: ``source`` (columns of `records.table`, ``row`` and ``side``) with two columns of each key.

    ``k_KEY`` is set on records of side 0, ``o_KEY`` on those of side 1; where ``sides`` is 1, on the same ones.
    Gives the keys that any pair shares, and how many pairs share each.
    """
    hashed = ", ".join(f"{_hash(parts)} AS h_{key}" for key, parts in KEYS.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE hashed AS SELECT row, side, {hashed} FROM {source}")
    used: dict[str, int] = {}
    left = max_pairs
    for number, key in enumerate(KEYS):
        pairs = _keep(connection, key, sides, budget=max(left // LARGEST_SHARE, left // (len(KEYS) - number)))
        if pairs:
            used[key] = pairs
            left -= pairs
    columns = "".join(f", {_side(key, 0, sides)} AS k_{key}, {_side(key, 1, sides)} AS o_{key}" for key in used)
    joins = "".join(f" LEFT JOIN kept_{key} ON kept_{key}.key = h_{key}" for key in used)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {target} AS SELECT s.*{columns} FROM {source} s JOIN hashed h USING (row){joins}"
    )
    return used


def rule(key: str) -> str:
    return f"l.k_{key} = r.o_{key}"


def _hash(parts: tuple[str, ...]) -> str:
    known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    return f"CASE WHEN {known} THEN hash({', '.join(parts)}) END"


def _pairs(sides: int) -> str:
    if sides == 2:
        return "count(*) FILTER (side = 0) * count(*) FILTER (side = 1)"
    return "count(*) * (count(*) - 1) // 2"


def _keep(connection: "duckdb.DuckDBPyConnection", key: str, sides: int, *, budget: int) -> int:
    """Note the values of a key that may be used, the least crowded first; gives how many pairs share them."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE kept_{key} AS
        SELECT key, pairs FROM (
            SELECT h_{key} AS key, {_pairs(sides)} AS pairs FROM hashed WHERE h_{key} IS NOT NULL GROUP BY h_{key}
        ) WHERE pairs > 0
        QUALIFY sum(pairs) OVER (ORDER BY pairs, key ROWS UNBOUNDED PRECEDING) <= {budget}
        """
    )
    (pairs,) = connection.execute(f"SELECT coalesce(sum(pairs), 0) FROM kept_{key}").fetchall()[0]
    return int(pairs)


def _side(key: str, side: int, sides: int) -> str:
    return f"CASE WHEN s.side = {side} THEN kept_{key}.key END" if sides == 2 else f"kept_{key}.key"
