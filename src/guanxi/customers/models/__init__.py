"""Tables of the customers room, the only home of personal data."""

from guanxi.customers.models.consent import ConsentEntry
from guanxi.customers.models.customer import Customer
from guanxi.customers.models.field import CustomField, FieldChoice, FieldValue
from guanxi.customers.models.identifier import Hint, Identifier, SharedIdentifier
from guanxi.customers.models.merge import Merge, OwnProfile, Suggestion, SuggestionOutcome
from guanxi.customers.models.note import CustomerFile, FileContent, Note
from guanxi.customers.models.party import CompanyKey, Relation
from guanxi.customers.models.people import Occasion, PeopleBatch, PeopleFile, PeopleMember
from guanxi.customers.models.tag import CustomerTag, Tag

__all__ = [
    "CompanyKey",
    "ConsentEntry",
    "CustomField",
    "Customer",
    "CustomerFile",
    "CustomerTag",
    "FieldChoice",
    "FieldValue",
    "FileContent",
    "Hint",
    "Identifier",
    "Merge",
    "Note",
    "Occasion",
    "OwnProfile",
    "PeopleBatch",
    "PeopleFile",
    "PeopleMember",
    "Relation",
    "SharedIdentifier",
    "Suggestion",
    "SuggestionOutcome",
    "Tag",
]
