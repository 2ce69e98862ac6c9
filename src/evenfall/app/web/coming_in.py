"""Coming in: who this screen is, four words, a passphrase, a passkey, and the list of screens."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import segno
from fastapi import Body, FastAPI, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from evenfall.app.access.inviting import apt, pair_link
from evenfall.app.access.rights import me
from evenfall.app.reach.ways import asker_of, host_of, name_in
from evenfall.app.web.answers import json, shows
from evenfall.app.web.guarded import needs, open_to_anyone
from evenfall.records.access import Caller, InviteView, Me, ScreenView, Session

if TYPE_CHECKING:
    from evenfall.app.web.server import Served

INKS = {"dusk": "#e8cdb0", "night": "#ff0000", "dawn": "#e8cdb0"}
"""What the light parts of a code's picture shine in: at night in nothing but red."""

Short = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Named = Annotated[str, Field(max_length=40)]
AnId = Annotated[str, Path(max_length=400)]


class PairBody(BaseModel):
    """Four words, as they were read out, typed or photographed."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(min_length=1, max_length=120)]
    label: Short


class SignInBody(BaseModel):
    """A name and a passphrase."""

    model_config = ConfigDict(extra="forbid")
    name: Short
    passphrase: Annotated[str, Field(max_length=400)]
    label: Short


class PassphraseBody(BaseModel):
    """A passphrase to be."""

    model_config = ConfigDict(extra="forbid")
    passphrase: Annotated[str, Field(max_length=400)]


class PasskeyBody(BaseModel):
    """What an authenticator answered."""

    model_config = ConfigDict(extra="forbid")
    answer: dict[str, JsonValue]
    label: Short


class InviteBody(BaseModel):
    """Which screen is to be let in."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["member", "guest", "device"]
    member: Named | None = None
    room: Named | None = None


def coming_in(app: FastAPI, served: "Served") -> None:
    """The routes of coming in.

    Args:
        app: where they are added.
        served: the home that is served.
    """
    _this_screen(app, served)
    _passkeys(app, served)
    _screens(app, served)


def _this_screen(app: FastAPI, served: "Served") -> None:
    keeper = served.gatekeeper

    @app.get("/api/v1/me", **open_to_anyone(), responses=shows(Me))
    async def who(request: Request) -> Response:
        """What this screen is here, and what it may do."""
        return json(told_of_itself(served, request, caller_of(request)))

    @app.post("/api/v1/pair", **open_to_anyone(), responses=shows(Me))
    async def pair(request: Request, body: Annotated[PairBody, Body()]) -> Response:
        """Let this screen in by four words, which open once."""
        origin = served.guarding.origin(request)
        let_in = keeper.claim(
            body.code, origin=origin, label=body.label, knocker=_knocker(served, request)
        )
        return _welcome(served, request, let_in)

    @app.post("/api/v1/sign-in", **open_to_anyone(), responses=shows(Me))
    async def sign_in(request: Request, body: Annotated[SignInBody, Body()]) -> Response:
        """Let this screen in by a name and a passphrase, over a locked address or right here."""
        let_in = await asyncio.to_thread(
            keeper.sign_in,
            body.name,
            body.passphrase,
            origin=served.guarding.origin(request),
            label=body.label,
            knocker=_knocker(served, request),
        )
        return _welcome(served, request, let_in)

    @app.post("/api/v1/sign-out", **open_to_anyone(), responses=shows(Me))
    async def sign_out(request: Request) -> Response:
        """End this screen's session."""
        origin = served.guarding.origin(request)
        keeper.sign_out(served.guarding.token(request))
        served.hub.changed()
        answer = json(told_of_itself(served, request, keeper.caller(None, origin)))
        served.guarding.forget(answer, request)
        return answer

    @app.post("/api/v1/passphrase", **needs("secrets"))
    async def passphrase(
        request: Request, body: Annotated[PassphraseBody, Body()]
    ) -> dict[str, bool]:
        """Set one's own passphrase, within ten minutes of coming in."""
        await asyncio.to_thread(keeper.set_passphrase, caller_of(request), body.passphrase)
        return {"kept": True}


def _passkeys(app: FastAPI, served: "Served") -> None:
    keeper = served.gatekeeper

    @app.post("/api/v1/passkeys/sign-in/begin", **open_to_anyone())
    async def ask(request: Request) -> Response:
        """What an authenticator is asked, to sign in."""
        return json(
            keeper.passkey_ask(_rp_id(served, request), origin=served.guarding.origin(request))
        )

    @app.post("/api/v1/passkeys/sign-in", **open_to_anyone(), responses=shows(Me))
    async def answer(request: Request, body: Annotated[PasskeyBody, Body()]) -> Response:
        """Let this screen in by a passkey."""
        let_in = keeper.passkey_sign_in(
            body.answer,
            rp_id=_rp_id(served, request),
            origin_url=_origin_url(served, request),
            origin=served.guarding.origin(request),
            label=body.label,
            knocker=_knocker(served, request),
        )
        return _welcome(served, request, let_in)

    @app.post("/api/v1/passkeys/begin", **needs("secrets"))
    async def begin(request: Request) -> Response:
        """What an authenticator is asked, to make a passkey."""
        return json(keeper.passkey_options(caller_of(request), _rp_id(served, request)))

    @app.post("/api/v1/passkeys", **needs("secrets"))
    async def keep(request: Request, body: Annotated[PasskeyBody, Body()]) -> dict[str, bool]:
        """Keep a passkey just made."""
        keeper.passkey_keep(
            caller_of(request),
            body.answer,
            rp_id=_rp_id(served, request),
            origin_url=_origin_url(served, request),
            label=body.label,
        )
        return {"kept": True}

    @app.get("/api/v1/passkeys", **needs("secrets"))
    async def mine(request: Request) -> Response:
        """One's own passkeys, by the names they were given."""
        kept = keeper.passkeys(caller_of(request))
        shown = [{"id": one.id, "label": one.label, "made_utc": one.made_utc} for one in kept]
        return json({"passkeys": shown})

    @app.delete("/api/v1/passkeys/{passkey}", **needs("secrets"))
    async def remove(request: Request, passkey: AnId) -> dict[str, bool]:
        """Forget one of one's own passkeys."""
        keeper.passkey_forget(caller_of(request), passkey)
        return {"gone": True}


def _screens(app: FastAPI, served: "Served") -> None:
    keeper = served.gatekeeper

    @app.post("/api/v1/invites", **needs("screens"), responses=shows(InviteView))
    async def invite(request: Request, body: Annotated[InviteBody, Body()]) -> Response:
        """Make four words that let one screen in, once, within ten minutes."""
        made, words = keeper.invite(
            body.kind, member=body.member, room=body.room, by=caller_of(request)
        )
        links = tuple(
            pair_link(link, words, served.guard_key()) for link in apt(served.links(), body.kind)
        )
        ink = INKS[served.hub.view().light]
        return json(
            InviteView(
                words=words,
                links=links,
                qr_svg=qr_svg(links[0], ink),
                expires_utc=made.expires_utc,
            )
        )

    @app.get("/api/v1/screens", **needs("screens"))
    async def screens(request: Request) -> Response:
        """The screens that are in, as far as this one may know."""
        caller = caller_of(request)
        names = {one.id: one.name for one in keeper.household().members}
        shown = [_shown(one, caller, names) for one in keeper.sessions(caller)]
        return json({"screens": shown})

    @app.delete("/api/v1/screens/{screen}", **needs("screens"))
    async def end(request: Request, screen: AnId) -> dict[str, bool]:
        """End a screen's session; its page goes quiet."""
        keeper.revoke(caller_of(request), screen)
        served.hub.changed()
        return {"gone": True}


def caller_of(request: Request) -> Caller:
    """Who asks, as the check at the door found (`guarded.Guarding.check`)."""
    caller: Caller = request.state.caller
    return caller


def qr_svg(link: str, ink: str) -> str:
    """A link as a picture a phone can read: dark on light, whatever the page's own colours.

    Args:
        link: what it says.
        ink: the colour of the light parts.

    Returns:
        SVG, with the quiet edge that readers need.
    """
    drawn: str = segno.make(link, error="m", micro=False).svg_inline(
        dark="#000000", light=ink, border=4, omitsize=True
    )
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _welcome(served: "Served", request: Request, let_in: tuple[Session, str]) -> Response:
    """Give a screen that was let in its token, and tell it what it is now. What it was before is
    over: its browser has one token for each way in.
    """
    _, token = let_in
    origin = served.guarding.origin(request)
    served.gatekeeper.sign_out(served.guarding.token(request))
    answer = json(told_of_itself(served, request, served.gatekeeper.caller(token, origin)))
    served.guarding.keep(answer, request, token)
    return answer


def told_of_itself(served: "Served", request: Request, caller: Caller) -> Me:
    """What a screen is told about itself."""
    return me(
        caller,
        served.gatekeeper.household(),
        new_home=caller.origin == "here" and served.gatekeeper.is_new(),
        locked_at=served.guarding.ways.locked_at,
        named=_rp_id(served, request) in served.guarding.ways.names,
        acts_key=served.acts.keys.key_of(caller.session),
        guard_key=served.guard_key(),
    )


def _shown(one: Session, caller: Caller, names: Mapping[str, str]) -> ScreenView:
    return ScreenView(
        id=one.id,
        kind=one.kind,
        member=one.member,
        room=one.room,
        label=one.label,
        origin=one.origin,
        by=one.by,
        by_name=names.get(one.by or "", ""),
        made_utc=one.made_utc,
        seen_utc=one.seen_utc,
        expires_utc=one.expires_utc,
        this=one.id == caller.session,
    )


def _knocker(served: "Served", request: Request) -> str:
    """Whose tries are counted together."""
    return asker_of(request.scope, served.guarding.ways)


def _rp_id(served: "Served", request: Request) -> str:
    """The name passkeys of this address are made for: its host, without the port."""
    return name_in(host_of(request.scope, served.guarding.ways))


def _origin_url(served: "Served", request: Request) -> str:
    """This address as a browser signs it: scheme, host and port."""
    scheme = "https" if served.guarding.origin(request) == "locked" else "http"
    return f"{scheme}://{host_of(request.scope, served.guarding.ways)}"
