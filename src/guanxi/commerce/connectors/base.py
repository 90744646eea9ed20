"""What every shop connector is. Copy the nearest one, add a line to CONNECTORS, pass the conformance suite."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from guanxi.commerce.types import IncomingOrder, IncomingOrderLines
from guanxi.core.table_files.base import RejectedRow

SHANGHAI = ZoneInfo("Asia/Shanghai")
Read = IncomingOrder | IncomingOrderLines | RejectedRow


@dataclass(frozen=True, slots=True)
class ShopContext:
    """What a connector must know of the shop whose file it reads."""

    currency: str = "CNY"
    """For files that name no currency."""
    time_zone: ZoneInfo = SHANGHAI
    """For times without an offset."""
    country: str = ""
    """ISO 3166 alpha-2, for phone numbers without a country code."""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    """The saved column mapping, for connectors that take one."""


class Connector(ABC):
    """Reads one platform's order files (and API bodies) into orders. Holds no state and touches no database."""

    name: str
    label: Promise | str
    icon: str = "building-store"
    """A Tabler icon's name."""
    help: Promise | str = ""
    """Where in the platform the merchant finds this export."""

    @abstractmethod
    def recognises(self, path: Path) -> float:
        """How sure the connector is that this is its file: 0 no, 1 certain. Reads a few rows only, never raises."""

    @abstractmethod
    def read(self, path: Path, *, shop: ShopContext) -> Iterator[Read]:
        """The file's orders, in file order where one row is one order. Bad rows come out as RejectedRow.

        Raises UnreadableFile before the first item when the file as a whole is not readable.
        """

    def header(self, path: Path) -> list[str]:
        """The header row as it stands, for the file of rejected rows. Empty for JSON."""
        return []
