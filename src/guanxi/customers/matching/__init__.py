"""Suggested merges: which customers may be one person, how certain that is, and why.

Pure: persons in, pairs out. Nothing here reads or writes customers, and nothing here merges anyone.
"""

from guanxi.customers.matching.engine import Matches, Pair, Reason, find
from guanxi.customers.matching.labels import Certainty
from guanxi.customers.matching.records import Person, table
from guanxi.customers.matching.training import Model

__all__ = ["Certainty", "Matches", "Model", "Pair", "Person", "Reason", "find", "table"]
