"""Tables of the customers room, the only home of personal data."""

from guanxi.customers.models.consent import ConsentEntry
from guanxi.customers.models.customer import Customer
from guanxi.customers.models.field import CustomField, FieldChoice, FieldValue
from guanxi.customers.models.identifier import Identifier, SharedIdentifier
from guanxi.customers.models.merge import Merge, OwnProfile, Suggestion, SuggestionOutcome
from guanxi.customers.models.note import CustomerFile, FileContent, Note
from guanxi.customers.models.tag import CustomerTag, Tag

__all__ = [
    "ConsentEntry",
    "CustomField",
    "Customer",
    "CustomerFile",
    "CustomerTag",
    "FieldChoice",
    "FieldValue",
    "FileContent",
    "Identifier",
    "Merge",
    "Note",
    "OwnProfile",
    "SharedIdentifier",
    "Suggestion",
    "SuggestionOutcome",
    "Tag",
]
