"""What is one's own: how a night felt, what was measured, the dream book, voices for the night."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Body, FastAPI, Path, Query, Request, Response
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from evenfall.app.access.rights import may_for
from evenfall.app.web.answers import json
from evenfall.app.web.coming_in import caller_of
from evenfall.app.web.guarded import needs
from evenfall.app.web.language import language_of, translate_morning
from evenfall.app.web.seen import NotYoursError
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.access import Caller, Right
from evenfall.records.insight import Morning

if TYPE_CHECKING:
    from evenfall.app.web.server import Served

VOICE_TYPES = ("audio/mp4", "audio/webm", "audio/ogg", "audio/wav", "audio/mpeg")

Felt = Literal["rough", "all-right", "good"]
Named = Annotated[str, Field(max_length=40)]
AnId = Annotated[str, Path(max_length=80)]


class FeltBody(BaseModel):
    """How a night felt."""

    model_config = ConfigDict(extra="forbid")
    member: Named
    felt: Felt


class DreamBody(BaseModel):
    """A dream, told or drawn. It is kept as it is and never interpreted."""

    model_config = ConfigDict(extra="forbid")
    member: Named
    words: Annotated[str, Field(max_length=20_000)] = ""
    drawing: Annotated[
        str, Field(max_length=400_000, pattern=r"^(data:image/png;base64,[A-Za-z0-9+/=]*)?$")
    ] = ""


def mornings(app: FastAPI, served: "Served") -> None:
    """The routes of the morning and of what is one's own.

    Args:
        app: where they are added.
        served: the home that is served.
    """
    _mornings(app, served)
    _dreams(app, served)
    _voices(app, served)


def _mornings(app: FastAPI, served: "Served") -> None:
    @app.get("/api/v1/mornings", **needs("mornings"))
    async def latest(request: Request) -> Response:
        """The latest night's mornings: one's own, and one's children's."""
        caller = caller_of(request)
        language = language_of(request.headers, request.query_params)
        seen = (_theirs(served, caller, morning) for morning in served.book.mornings())
        told = [translate_morning(morning, language) for morning in seen if morning.members]
        return json({"mornings": told})

    @app.post("/api/v1/mornings/felt", **needs("felt"))
    async def felt(request: Request, body: Annotated[FeltBody, Body()]) -> dict[str, bool]:
        """Keep how a night felt, as its owner says."""
        _refuse_unless_for(served, caller_of(request), "felt", body.member)
        served.book.felt(body.member, body.felt)
        return {"kept": True}


def _dreams(app: FastAPI, served: "Served") -> None:
    @app.get("/api/v1/dreams", **needs("dreams-read"))
    async def dreams(request: Request) -> Response:
        """One's own dream book, the newest first. It opens for nobody else."""
        return json({"dreams": served.book.dreams(_oneself(caller_of(request)))})

    @app.post("/api/v1/dreams", **needs("dreams-tell"))
    async def dream(request: Request, body: Annotated[DreamBody, Body()]) -> dict[str, bool]:
        """Keep a dream in its owner's book."""
        _refuse_unless_for(served, caller_of(request), "dreams-tell", body.member)
        await asyncio.to_thread(served.book.dream, body.member, body.words, body.drawing)
        return {"kept": True}

    @app.delete("/api/v1/dreams/{dream_id}", **needs("dreams-read"))
    async def forget(request: Request, dream_id: AnId) -> dict[str, bool]:
        """Take a page out of one's own dream book, for good."""
        own = _oneself(caller_of(request))
        return {"gone": await asyncio.to_thread(served.book.forget_dream, own, dream_id)}


def _voices(app: FastAPI, served: "Served") -> None:
    @app.get("/api/v1/voices", **needs("voices-keep"))
    async def voices(request: Request) -> Response:
        """The voices kept for the night: one's own, and those for one's children."""
        caller, household = caller_of(request), served.gatekeeper.household()
        names = {one.id: one.name for one in household.members}
        shown = [
            {
                "id": one.id,
                "teller": one.teller,
                "teller_name": names.get(one.teller, ""),
                "for_member": one.for_member,
                "for_name": names.get(one.for_member, ""),
                "seconds": one.seconds,
                "made_utc": one.made_utc,
            }
            for one in served.voices.all()
            if one.teller == caller.member
            or may_for(caller, "voices-keep", one.for_member, household)
        ]
        return json({"voices": shown})

    @app.post("/api/v1/voices", **needs("voices-keep"))
    async def keep(
        request: Request,
        for_member: Annotated[str, Query(alias="for", max_length=40)],
        consent: Annotated[Literal["yes"], Query()],
    ) -> Response:
        """Keep a voice for someone's night: the body is the recording itself, up to a minute."""
        del consent  # its being there is what was asked
        caller = caller_of(request)
        _known(served, for_member)
        kept = served.voices.keep(
            teller=_oneself(caller),
            for_member=for_member,
            media_type=_media_type(request),
            data=await request.body(),
            consent=_oneself(caller),
        )
        served.hub.changed()
        return json(kept)

    @app.get("/api/v1/voices/{voice}", **needs("voices-hear"))
    async def hear(voice: AnId) -> Response:
        """A voice, to be played at its listener's bed."""
        media_type, data = served.voices.read(voice)
        return Response(data, media_type=media_type, headers={"cache-control": "no-store"})

    @app.delete("/api/v1/voices/{voice}", **needs("voices-keep"))
    async def withdraw(request: Request, voice: AnId) -> dict[str, bool]:
        """Take a voice away everywhere: whoever told it may, and the listener's guardians."""
        caller = caller_of(request)
        kept = next((one for one in served.voices.all() if one.id == voice), None)
        if kept is not None and kept.teller != caller.member:
            _refuse_unless_for(served, caller, "voices-keep", kept.for_member)
        gone = await asyncio.to_thread(served.voices.withdraw, voice)
        served.hub.changed()
        return {"gone": gone}


def _theirs(served: "Served", caller: Caller, morning: Morning) -> Morning:
    """A morning with those in it whom a caller may see."""
    household = served.gatekeeper.household()
    members = tuple(
        one for one in morning.members if may_for(caller, "mornings", one.member, household)
    )
    return replace(morning, members=members)


def _oneself(caller: Caller) -> str:
    """Whoever asks, by id: the rights in question are nobody's but a member's own screen's."""
    assert caller.member is not None
    return caller.member


def _known(served: "Served", member: str) -> None:
    if member not in {one.id for one in served.gatekeeper.household().members}:
        raise EvenfallError(
            Fault("a name nobody here has", Place(), "a member of this home", "load the page again")
        )


def _refuse_unless_for(served: "Served", caller: Caller, right: Right, member: str) -> None:
    """Refuse what is about someone this caller does not act for."""
    _known(served, member)
    if not may_for(caller, right, member, served.gatekeeper.household()):
        raise NotYoursError(
            Fault(
                "something that is someone else's to say",
                Place(),
                "their own screen, or their guardian's",
                "let them say it themselves",
            )
        )


def _media_type(request: Request) -> str:
    """What kind of recording comes, without its parameters."""
    said = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if said not in VOICE_TYPES:
        raise EvenfallError(
            Fault(
                "something that is no recording this hub knows",
                Place(),
                "one of " + ", ".join(VOICE_TYPES),
                "record it again, or choose another file",
            )
        )
    return said
