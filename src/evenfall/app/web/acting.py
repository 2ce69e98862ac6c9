"""A guardian's acts over the web: a screen shows its key, and says what it signed."""

from typing import TYPE_CHECKING, Annotated

from fastapi import Body, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from evenfall.app.web.answers import json, shows
from evenfall.app.web.coming_in import caller_of, told_of_itself
from evenfall.app.web.guarded import needs
from evenfall.records.access import Me
from evenfall.records.act import ActAnswer, KeyOffer, SignedAct

if TYPE_CHECKING:
    from evenfall.app.web.server import Served

Hex128 = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class KeyBody(BaseModel):
    """A screen's public key, and its own word for it."""

    model_config = ConfigDict(extra="forbid")
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signature: Hex128


class ActBody(BaseModel):
    """An act as a screen signed it."""

    model_config = ConfigDict(extra="forbid")
    signed: Annotated[str, Field(max_length=2000)]
    signature: Hex128


def acting(app: FastAPI, served: "Served") -> None:
    """The routes of a guardian's acts.

    Args:
        app: where they are added.
        served: the home that is served.
    """

    @app.post("/api/v1/acts/key", **needs("acts"), responses=shows(Me))
    async def key(request: Request, body: Annotated[KeyBody, Body()]) -> Response:
        """Show the house the key this screen signs with: at home, or just after coming in."""
        caller = caller_of(request)
        served.acts.keys.offer(caller, KeyOffer(**body.model_dump()))
        return json(told_of_itself(served, request, caller))

    @app.post("/api/v1/acts", **needs("acts"), responses=shows(ActAnswer))
    async def act(request: Request, body: Annotated[ActBody, Body()]) -> Response:
        """Make a room quiet, everything safe, or invite: what became of it, room by room."""
        signed = SignedAct(**body.model_dump())
        return json(await served.acts.take(caller_of(request), signed, served.hub))
