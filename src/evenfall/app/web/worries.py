"""What worries an adult: noted from their own screen, and over once a doctor was talked to."""

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import Body, FastAPI, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from evenfall.app.access.rights import may_for
from evenfall.app.web.answers import json
from evenfall.app.web.coming_in import caller_of
from evenfall.app.web.guarded import needs
from evenfall.app.web.language import language_of
from evenfall.app.web.seen import NotYoursError
from evenfall.app.worries import hold
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.learn.red_flags import what_to_do
from evenfall.records.access import Caller
from evenfall.records.household import Member
from evenfall.records.worry import Sign

if TYPE_CHECKING:
    from evenfall.app.web.server import Served


class WorryBody(BaseModel):
    """What an adult saw, of themself or of their child."""

    model_config = ConfigDict(extra="forbid")
    member: Annotated[str, Field(max_length=40)]
    sign: Sign


def worries(app: FastAPI, served: "Served") -> None:
    """The routes of a worry.

    Args:
        app: where they are added.
        served: the home that is served.
    """

    @app.post("/api/v1/worries", **needs("worries"))
    async def note(request: Request, body: Annotated[WorryBody, Body()]) -> Response:
        """Note what was seen; the answer says what to do about it. Dreamscapes rest from now."""
        caller = caller_of(request)
        _theirs(served, caller, body.member)
        await asyncio.to_thread(served.worries.note, body.member, body.sign, caller.member)
        return await _answer(served, request, body.member)

    @app.delete("/api/v1/worries/{member}", **needs("worries"))
    async def doctor_seen(
        request: Request, member: Annotated[str, Path(max_length=40)]
    ) -> Response:
        """A doctor was talked to: from the next evening on all is as it was."""
        caller = caller_of(request)
        _theirs(served, caller, member)
        left = await asyncio.to_thread(served.worries.doctor_seen, member, caller.member)
        answer = await _answer(served, request, member)
        if left:
            raise NotYoursError(_NOTED_BY_ANOTHER)
        return answer


_NOTED_BY_ANOTHER = Fault(
    "a worry that someone else noted, which stays",
    Place(),
    "whoever noted it",
    "talk with them; at the hub's own terminal it can be ended too",
)


async def _answer(served: "Served", request: Request, member: str) -> Response:
    """What is to be done now, in the language of whoever asks."""
    known = await asyncio.to_thread(served.worries.all)
    hold(served.hub, known)
    language = language_of(request.headers, request.query_params)
    name = _member(served, member).name
    mine = [one for one in known if one.member == member]
    return json({"worry": what_to_do(name, mine, language)})


def _theirs(served: "Served", caller: Caller, member: str) -> None:
    """Refuse what is about someone this caller does not act for."""
    _member(served, member)
    if not may_for(caller, "worries", member, served.gatekeeper.household()):
        raise NotYoursError(
            Fault(
                "something that is someone else's to say",
                Place(),
                "their own screen, or their guardian's",
                "let them say it themselves",
            )
        )


def _member(served: "Served", member: str) -> Member:
    for one in served.gatekeeper.household().members:
        if one.id == member:
            return one
    raise EvenfallError(
        Fault("a name nobody here has", Place(), "a member of this home", "load the page again")
    )
