"""What calls of the API say of people, for the endpoints of any room."""

from typing import Annotated

from ninja import Field, Schema

from guanxi.customers.types import IdentifierKind, IncomingIdentifier


class IdentifierIn(Schema):
    """One thing by which a person is known."""

    kind: IdentifierKind
    value: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    within: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = Field(
        "", description="the app of an openid, the programme of a member card or omid, the site of a cookie"
    )
    verified: bool = Field(False, description="you have checked that it is theirs: by a code, by signing in")

    def incoming(self) -> IncomingIdentifier:
        return IncomingIdentifier(self.kind, self.value, self.within, self.verified)
