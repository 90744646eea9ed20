"""Endpoints of custom fields, and how customers' endpoints read and write their values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view

from guanxi.core.api.access import Scope
from guanxi.core.api.idempotency import idempotent
from guanxi.core.api.problems import PROBLEMS, ApiProblem, FieldProblem
from guanxi.core.permissions import actor
from guanxi.customers.fields import queries, services
from guanxi.customers.fields.defining import MOST_CHOICES, MOST_FIELDS
from guanxi.customers.fields.services import BadDefinition, ChoicesInUse
from guanxi.customers.fields.types import Definition

router = Router(tags=["customer fields"])

Id = Annotated[int, Path(gt=0, lt=2**63)]
Key = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
Help = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Values = Annotated[
    dict[Key, Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]],
    Field(
        max_length=MOST_FIELDS,
        description="custom fields by key, as text: `12.5`, `2026-05-10`, `yes` or `no`, a choice's label; an empty"
        " text empties",
    ),
]


class ChoiceOut(Schema):
    id: int
    label: str
    dropped: bool = Field(description="customers may still have it; nobody gets it any more")


class FieldOut(Schema):
    """A field of the merchant's own."""

    id: int
    key: str
    label: str
    kind: str = Field(description="`text`, `number`, `date`, `choice` or `flag` (yes or no)")
    help_text: str
    personal: bool = Field(description="sealed, and masked wherever it is shown")
    archived: bool
    choices: list[ChoiceOut]


class FieldIn(Schema):
    key: Key
    label: Label
    kind: Literal["text", "number", "date", "choice", "flag"]
    help_text: Help = ""
    personal: bool = Field(False, description="for texts only")
    choices: list[Label] = Field([], max_length=MOST_CHOICES)


class FieldChange(Schema):
    """What is left out stays. A field's key, kind and whether it is personal never change."""

    label: Label | None = None
    help_text: Help | None = None
    archived: bool | None = None
    add_choices: list[Label] = Field([], max_length=MOST_CHOICES)
    rename_choices: dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")], Label] = Field(
        {}, max_length=MOST_CHOICES, description="new names by the choice's id"
    )
    drop_choices: list[Annotated[int, Field(gt=0, lt=2**63)]] = Field([], max_length=MOST_CHOICES)
    drop_in_use: bool = Field(False, description="drop also choices that customers have; these customers keep them")


@router.get("", response={200: list[FieldOut], **PROBLEMS}, auth=Scope("customers.view"))
def list_fields(request: HttpRequest, archived: Annotated[bool, Query()] = False) -> list[dict[str, Any]]:
    """Fields in their order; with `archived` also those put away."""
    return [_out(one) for one in queries.definitions(archived=archived)]


@router.post("", response={201: FieldOut, **PROBLEMS}, auth=Scope("customers.fields"))
@decorate_view(idempotent)
def define_field(request: HttpRequest, body: FieldIn) -> Status[dict[str, Any]]:
    """A new field, on every customer at once."""
    try:
        number = services.define(**body.model_dump(), now=timezone.now(), user=actor(request))
    except BadDefinition as error:
        raise _problem(error) from None
    return Status(201, _out(_field(number)))


@router.patch("/{field_id}", response={200: FieldOut, **PROBLEMS}, auth=Scope("customers.fields"))
@decorate_view(idempotent)
def change_field(request: HttpRequest, field_id: Id, body: FieldChange) -> dict[str, Any]:
    """Rename, put away or bring back; add, rename and drop choices."""
    field, user, now = _field(field_id), actor(request), timezone.now()
    try:
        with transaction.atomic():
            services.change(
                field_id,
                label=field.label if body.label is None else body.label,
                help_text=field.help_text if body.help_text is None else body.help_text,
                choices={
                    **{int(number): label for number, label in body.rename_choices.items()},
                    **dict.fromkeys(body.drop_choices, ""),
                },
                new_choices=body.add_choices,
                drop_in_use=body.drop_in_use,
                user=user,
                now=now,
            )
            if body.archived is not None and body.archived != field.archived:
                put = services.archive if body.archived else services.bring_back
                put(field_id, now=now, user=user)
    except BadDefinition as error:
        raise _problem(error) from None
    except ChoicesInUse as error:
        raise ApiProblem(409, "in-use", f"{error} Send `drop_in_use` to drop them all the same.") from None
    return _out(_field(field_id))


def values_of(customer_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Custom fields as customers' endpoints give them."""
    found = queries.values(customer_ids)
    return {number: {key: one.plain for key, one in said.items()} for number, said in found.items()}


def write_values(customer_id: int, said: Mapping[str, str], *, now: datetime) -> None:
    """All of them, or ApiProblem 422, in the caller's transaction."""
    if not said:
        return
    refused = services.write({customer_id: said}, source="api", now=now)
    if refused:
        problems = [FieldProblem(where=f"body.fields.{one.key}", message=one.reason) for one in refused]
        raise ApiProblem(422, "not-valid", "A value is not acceptable.", problems)


def _field(field_id: int) -> Definition:
    for one in queries.definitions(archived=True):
        if one.id == field_id:
            return one
    raise ApiProblem(404, "not-found", "There is no such field.")


def _out(field: Definition) -> dict[str, Any]:
    names = [name for name in FieldOut.model_fields if name != "choices"]
    return {name: getattr(field, name) for name in names} | {"choices": list(field.options)}


def _problem(error: BadDefinition) -> ApiProblem:
    problem = FieldProblem(where=f"body.{error.part}", message=str(error))
    return ApiProblem(422, "not-valid", "The field cannot be like this.", [problem])
