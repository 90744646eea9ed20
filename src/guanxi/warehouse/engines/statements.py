"""SQL that is written once for all expressions of the same shape.

Ibis takes longer to write the SQL of a segment or a list than DuckDB takes to answer it. Expressions that differ in
nothing but their numbers, texts and times (another segment made of the same conditions, the same one a minute later,
another search of a list, its next page) share their SQL; what they differ in is handed over beside it.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import ibis
import pyarrow
import sqlglot.expressions as sge
from ibis.backends import BaseBackend
from ibis.backends.duckdb.converter import DuckDBPyArrowData
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.common.graph import Graph
from ibis.expr import datashape, datatypes
from ibis.expr import operations as ops

REMEMBERED = 512
"""Statements; those of former snapshots, whose views have other names, fall out as new ones come."""
ELSEWHERE = (ops.Node, BaseBackend)


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    """In DuckDB's words, with ``$1``, ``$2`` … for the values."""
    numbers: tuple[int, ...]
    """Those of the values that the SQL has a use for; Ibis leaves out what makes no difference."""
    schema: ibis.Schema

    def fit(self, rows: pyarrow.Table) -> pyarrow.Table:
        """Rows as DuckDB gave them, in the types that the expression promises."""
        return DuckDBPyArrowData.convert_table(rows, self.schema)


class Given(ops.Value):
    """Stands for a literal whose value is handed over beside the SQL, or for how many rows stand before a page."""

    number: int
    dtype: datatypes.DataType
    shape = datashape.scalar


class Compiler(DuckDBCompiler):
    def visit_Given(self, op: Given, *, number: int, dtype: datatypes.DataType) -> sge.Expression:
        return sge.Parameter(this=sge.Literal.number(number))

    def visit_Limit(self, op: ops.Limit, *, parent: Any, n: Any, offset: Any) -> sge.Expression:
        """Ibis would look an offset that is no plain number up in the rows."""
        if not isinstance(offset, sge.Parameter):
            return super().visit_Limit(op, parent=parent, n=n, offset=offset)
        rows = super().visit_Limit(op, parent=parent, n=n, offset=0)
        skipped = sge.Parameter(this=sge.Var(this=_skipped(offset.name)))
        (rows.this if isinstance(rows, sge.Subquery) else rows).offset(skipped, copy=False)
        return rows


@dataclass(frozen=True, slots=True)
class _Shape:
    key: Hashable
    root: ops.Node = field(compare=False)
    given: list[ops.Literal | ops.Limit] = field(compare=False)


def statement(expression: "ibis.Expr") -> tuple[Statement, dict[str, Any]]:
    """The SQL of an expression, and the values that belong to it by their number."""
    shape = _shape(expression.as_table().op())
    written = _write(shape)
    skipped = [(number, node.offset) for number, node in enumerate(shape.given, 1) if isinstance(node, ops.Limit)]
    for number, rows in skipped:
        written = replace(written, sql=written.sql.replace(f"${_skipped(number)}", str(rows)))
    return written, {str(number): shape.given[number - 1].value for number in written.numbers}


def _skipped(number: int | str) -> str:
    """How the SQL calls the rows before a page. They are put into it as a number: handed over beside it, DuckDB would
    sort all rows for want of knowing that a few will do."""
    return f"skipped_{number}_"


def _shape(root: ops.Node) -> _Shape:
    """Each node by its type, its own arguments and the places of its children; what is given without its value."""
    graph = Graph.from_bfs(root)
    places = {node: place for place, node in enumerate(graph)}
    given = [node for node in graph if _is_given(node)]
    apart = frozenset(given)
    key = tuple(
        (Given, node.dtype)
        if isinstance(node, ops.Literal) and node in apart
        else (type(node), _own(_fixed(node)), tuple(places[child] for child in children))
        for node, children in graph.items()
    )
    return _Shape(key, root, given)


def _is_given(node: ops.Node) -> bool:
    """Whether a value says its type by itself: a number of seconds as an interval, for one, does not."""
    if isinstance(node, ops.Limit):
        return type(node.offset) is int and node.offset > 0
    if not isinstance(node, ops.Literal) or type(node.value) not in (int, str, datetime):
        return False
    return bool(node.dtype.is_integer() or node.dtype.is_string() or node.dtype.is_timestamp())


def _fixed(node: ops.Node) -> tuple[Any, ...]:
    return (node.n,) if isinstance(node, ops.Limit) and _is_given(node) else node.args


def _own(part: Any) -> Hashable:
    """An argument without the nodes in it, which stand among the children, and without the thread's connection."""
    if isinstance(part, ELSEWHERE):
        return ...
    if isinstance(part, tuple):
        return tuple(map(_own, part))
    if isinstance(part, dict):
        return tuple(part), tuple(map(_own, part.values()))
    return part


@lru_cache(maxsize=REMEMBERED)
def _write(shape: _Shape) -> Statement:
    numbered = {
        node: Given(number, datatypes.int64 if isinstance(node, ops.Limit) else node.dtype)
        for number, node in enumerate(shape.given, start=1)
    }

    def stand_in(node: ops.Node, changed: dict[str, Any] | None) -> ops.Node:
        if isinstance(node, ops.Literal) and node in numbered:
            return numbered[node]
        if isinstance(node, ops.Limit) and node in numbered:
            return ops.Limit((changed or {}).get("parent", node.parent), node.n, numbered[node])
        return node.__recreate__(changed) if changed else node

    expression = shape.root.replace(stand_in).to_expr()
    tree = Compiler().to_sqlglot(expression)
    numbers = {int(parameter.name) for parameter in tree.find_all(sge.Parameter) if parameter.name.isdigit()}
    return Statement(tree.sql(dialect="duckdb"), tuple(sorted(numbers)), expression.schema())
