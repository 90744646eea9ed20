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
    database: "duckdb.DuckDBPyConnection", source: str, target: str, *, sides: int, max_pairs: int
) -> dict[str, int]:
    """Make ``target``: ``source`` (columns of `records.table`, ``row``, ``side``) with a column ``k_KEY`` of each key.

    With two ``sides`` only pairs between them count. Gives the keys that any pair shares, and how many share each.
    """
    hashed = ", ".join(f"{_hash(parts)} AS h_{key}" for key, parts in KEYS.items())
    database.execute(f"CREATE OR REPLACE TEMP TABLE hashed AS SELECT row, side, {hashed} FROM {source}")
    used: dict[str, int] = {}
    left = max_pairs
    for number, key in enumerate(KEYS):
        pairs = _limit(database, key, sides, budget=max(left // LARGEST_SHARE, left // (len(KEYS) - number)))
        if pairs:
            used[key] = pairs
            left -= pairs
    columns = "".join(f", CASE WHEN dropped_{key}.key IS NULL THEN h_{key} END AS k_{key}" for key in used)
    joins = "".join(f" LEFT JOIN dropped_{key} ON dropped_{key}.key = h_{key}" for key in used)
    database.execute(f"CREATE TABLE {target} AS SELECT s.*{columns} FROM {source} s JOIN hashed h USING (row){joins}")
    for name in ("hashed", *(f"dropped_{key}" for key in KEYS)):
        database.execute(f"DROP TABLE {name}")
    return used


def rule(key: str, sides: int) -> str:
    """When two records share a key, in SQL; the smaller ``row`` is the left one."""
    between = " AND l.side = 0 AND r.side = 1" if sides == 2 else ""
    return f"l.k_{key} = r.k_{key}{between}"


def _hash(parts: tuple[str, ...]) -> str:
    """In 32 bits: two values that meet by chance cost a comparison, twice the memory would cost more."""
    known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    return f"CASE WHEN {known} THEN (hash({', '.join(parts)}) >> 32)::UINTEGER END"


def _limit(database: "duckdb.DuckDBPyConnection", key: str, sides: int, *, budget: int) -> int:
    """Note the crowded values of a key that the budget leaves out; gives how many pairs share the others."""
    count = (
        "count(*) FILTER (side = 0) * count(*) FILTER (side = 1)" if sides == 2 else "count(*) * (count(*) - 1) // 2"
    )
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE crowds AS
        SELECT h_{key} AS key, {count} AS pairs FROM hashed WHERE h_{key} IS NOT NULL GROUP BY 1 HAVING pairs > 0
        """
    )
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE dropped_{key} AS SELECT key, pairs FROM crowds
        QUALIFY sum(pairs) OVER (ORDER BY pairs, key ROWS UNBOUNDED PRECEDING) > {budget}
        """
    )
    sql = f"SELECT coalesce(sum(pairs), 0) - (SELECT coalesce(sum(pairs), 0) FROM dropped_{key}) FROM crowds"
    (pairs,) = database.execute(sql).fetchall()[0]
    return int(pairs)
