"""What every channel is. Copy the nearest one, add a line to CHANNELS, pass the conformance suite."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from django.utils.functional import Promise

from guanxi.customers import queries as customers
from guanxi.customers import types
from guanxi.messaging.delivery import DeliverySettings
from guanxi.messaging.templating.filling import Filled


class Verdict(Enum):
    """How handing over one message ended."""

    SENT = auto()
    LATER = auto()
    """The other side asks to try this message again later."""
    REFUSED = auto()
    """The other side will never take it."""
    BROKEN = auto()
    """The connection ended before the last step was done: the other side cannot have it."""
    UNCERTAIN = auto()
    """The connection ended in the last step: the other side may have it."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A message ready to go. Lives in memory only."""

    message_id: int
    recipient: str
    content: bytes
    return_path: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    message_id: int
    verdict: Verdict
    code: str = ""
    """The other side's code, for example ``550 5.1.1``; none of its words."""
    unknown_user: bool = False
    """It says that this address does not exist."""


class TransportTrouble(Exception):
    """Nothing can be handed over now, whoever the recipient is; the message is for people and names nobody."""


class Connection(ABC):
    """One line to the other side, used by one thread."""

    @abstractmethod
    def send(self, handover: Handover, last_step: Callable[[], None], following: Handover | None = None) -> Outcome:
        """Hand over one message; calls ``last_step`` right before what cannot be taken back. Raises TransportTrouble
        when the fault is not this message's; then the message was not handed over. ``following`` is the message that
        this connection, while it lives, gets next: its beginning, which can be repeated, may go along."""

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether the next message can use this connection."""

    @abstractmethod
    def close(self) -> None:
        """Say goodbye; never raises."""


class Transport(ABC):
    """The way out that is set up for a channel."""

    label: Promise | str

    @abstractmethod
    def open(self) -> Connection:
        """Raises TransportTrouble."""

    @property
    def connections(self) -> int:
        """How many to use at once."""
        return 1

    @property
    def rate(self) -> int:
        """Most messages per second; 0 for no limit."""
        return 0


class InboundKind(Enum):
    HARD_BOUNCE = auto()
    SOFT_BOUNCE = auto()
    POLICY_BOUNCE = auto()
    """Refused by a rule of the receiver, which says nothing about the address."""
    COMPLAINT = auto()
    UNSUBSCRIBE = auto()


@dataclass(frozen=True, slots=True)
class Inbound:
    """News from the other side about one message of ours."""

    kind: InboundKind
    message_id: int
    code: str = ""
    at: datetime | None = None
    """When the report says it happened, aware UTC."""


class Channel(ABC):
    """A way to write to customers. Holds no state and touches no database; its transport may."""

    name: str
    label: Promise | str
    icon: str
    """A Tabler icon's name."""
    template_kinds: tuple[str, ...]
    """Body kinds its templates may have."""

    @abstractmethod
    def normalise(self, address: str) -> str:
        """The address in the form in which it is compared and used; empty when nothing can be sent to it."""

    @abstractmethod
    def compose(
        self,
        filled: Filled,
        *,
        address: str,
        message_id: int,
        marketing: bool,
        options: DeliverySettings,
        now: datetime,
    ) -> Handover:
        """Wire form of a filled-in message; carries what the channel wants for stopping marketing messages."""

    @abstractmethod
    def transport(self) -> Transport:
        """The way out by the installation's settings; the local outbox when none is set."""

    @abstractmethod
    def read_inbound(self, raw: bytes) -> list[Inbound]:
        """Bounces, complaints and wishes to stop in something that came back. Empty when it is none of these or not
        about a message of ours; never raises for what other people's machines write."""

    def digest(self, address: str) -> UUID:
        """Keyed hash under which an address is suppressed: the one by which the customers room knows it."""
        return customers.contact_digest(self.normalise(address), channel=types.Channel(self.name))
