"""Which columns the facts are said to read, so that a refresh brings no others along and none too few."""

import ibis
import pytest

from guanxi.warehouse import facts
from guanxi.warehouse.specs import FactSpec

COLUMNS = {"customer_id": "int64", "score": "float64", "kind": "string", "spare": "string"}
SCHEMA = ibis.schema(COLUMNS)


@pytest.mark.parametrize(
    ("build", "read"),
    [
        (lambda t: t["scores"], {"customer_id", "score", "kind", "spare"}),
        (lambda t: t["scores"].filter(t["scores"].kind == "new"), {"customer_id", "score", "kind", "spare"}),
        (lambda t: t["scores"].filter(t["scores"].kind == "new").select("customer_id", "score"),
         {"customer_id", "score", "kind"}),
    ],
    ids=["the table as it is", "some of its rows", "some of its columns"],
)  # fmt: skip
def test_columns_read(build, read):
    given = set(build({"scores": ibis.table(COLUMNS, name="scores")}).columns) - {"customer_id"}
    group = facts.group(FactSpec("scores", ["scores"], build, dict.fromkeys(given)), {"scores": SCHEMA})
    assert set(group.reads["scores"]) == read
