"""A call for help from any screen, and going on after an emergency from an adult's."""

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import Body, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from evenfall.app.access.rights import rooms_of
from evenfall.app.web.answers import json, shows
from evenfall.app.web.coming_in import caller_of
from evenfall.app.web.guarded import needs
from evenfall.app.web.seen import NotYoursError
from evenfall.formats.errors import Fault, Place
from evenfall.records.access import Caller
from evenfall.records.reboot import Rebooted

if TYPE_CHECKING:
    from evenfall.app.web.server import Served

HELP, REBOOT = "/api/v1/help", "/api/v1/reboot"


class HelpBody(BaseModel):
    """Where help is needed, and by whom if they say so."""

    model_config = ConfigDict(extra="forbid")
    room: Annotated[str, Field(max_length=40)]
    member: Annotated[str | None, Field(max_length=40)] = None


class HelpTold(BaseModel):
    """That it was heard, and whose phones are being told; nobody where none is known."""

    called: bool = True
    told: list[str]


class RebootBody(BaseModel):
    """Which room goes on, and how."""

    model_config = ConfigDict(extra="forbid")
    room: Annotated[str, Field(max_length=40)]
    clean: bool = False


def emergency(app: FastAPI, served: "Served") -> None:
    """The routes of an emergency.

    Args:
        app: where they are added.
        served: the home that is served.
    """

    @app.post(HELP, **needs("help"))
    async def call_for_help(request: Request, body: Annotated[HelpBody, Body()]) -> HelpTold:
        """Call an adult, by their own phone. The room goes dark and quiet, and nothing else."""
        caller = caller_of(request)
        _may_see(served, caller, body.room)
        member = caller.member if caller.role == "child" else body.member
        served.emergencies.call(body.room, member, caller.member or caller.role)
        await asyncio.sleep(0.05)
        return HelpTold(told=list(served.emergencies.told(body.room)))

    @app.post(REBOOT, **needs("reboot"), responses=shows(Rebooted))
    async def reboot(request: Request, body: Annotated[RebootBody, Body()]) -> Response:
        """After an emergency: leave the room to the natural night, or begin a new one in it."""
        caller = caller_of(request)
        _may_see(served, caller, body.room)
        who = caller.member or caller.role
        return json(await served.emergencies.reboot(body.room, who, clean=body.clean))


def _may_see(served: "Served", caller: Caller, room: str) -> None:
    """A screen asks for the rooms it sees, and a child's for its own."""
    if room not in rooms_of(caller, served.gatekeeper.household()):
        raise NotYoursError(
            Fault("a room that is not this screen's", Place(), "its own room", "ask there")
        )
