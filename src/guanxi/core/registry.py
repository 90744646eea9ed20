"""Kinds: named families of interchangeable members, loaded from dotted paths on first use."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar

Member = TypeVar("Member")


class UnknownKind(KeyError):
    """No member of this kind has that name."""


class Registry(Generic[Member]):
    """A kind: a dict of ``name -> "package.module.Class"`` whose members are single instances.

    A new member is one module and one line in the dict; nothing else lists the members.
    """

    def __init__(self, kind: str, paths: Mapping[str, str]) -> None:
        self.kind = kind
        self._paths = dict(paths)
        self._members: dict[str, Member] = {}

    def get(self, name: str) -> Member:
        """The member called ``name``. Raises UnknownKind."""
        if name not in self._members:
            if name not in self._paths:
                raise UnknownKind(f"no {self.kind} called {name!r}; there are: {', '.join(self._paths)}")
            module, _, attribute = self._paths[name].rpartition(".")
            self._members[name] = getattr(import_module(module), attribute)()
        return self._members[name]

    def names(self) -> list[str]:
        return list(self._paths)

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[Member]:
        return (self.get(name) for name in self._paths)
