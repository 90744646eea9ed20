"""Tables of the core room."""

from guanxi.core.models.accounts import ApiToken, Role, User
from guanxi.core.models.audit import AuditEntry
from guanxi.core.models.events import Event, EventCursor
from guanxi.core.models.exchange import ExchangeRate
from guanxi.core.models.idempotency import IdempotentRequest
from guanxi.core.models.jobs import Job
from guanxi.core.models.preferences import Setting

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Event",
    "EventCursor",
    "ExchangeRate",
    "IdempotentRequest",
    "Job",
    "Role",
    "Setting",
    "User",
]
