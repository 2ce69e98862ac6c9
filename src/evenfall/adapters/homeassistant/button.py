"""A button of Home Assistant that stops: on a wall, in its app, or anything an automation presses.

It is heard over Home Assistant's WebSocket interface, so that a press is here as soon as it is
made: https://developers.home-assistant.io/docs/api/websocket. Whoever is listened to can say one
thing by it, *stop*; nothing that comes this way can make anything brighter or louder.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidMessage, WebSocketException

from evenfall.adapters.devices.json_http import checked_url
from evenfall.adapters.homeassistant.api import checked_token

AGAIN_S = (1.0, 2.0, 4.0, 8.0)
"""How long a lost Home Assistant is left before the next try; the last one holds on."""

ANSWER_WITHIN_S = 5.0
DEAD_AFTER_S = 5.0
"""A line is asked for life this often, and is dead where nothing comes back in as long (own
choice)."""

JUST_NOW = timedelta(seconds=15)
"""A press this old, when the button is first looked at, was meant for us: a guard that died comes
back within it. An older one was last evening's (own choice)."""

MISSED_FOR = timedelta(minutes=5)
"""A press that came while the line was down counts for as long as a word from elsewhere does."""

MESSAGE_MAX_BYTES = 1_000_000
_LOST = (OSError, TimeoutError, WebSocketException, InvalidMessage, msgspec.MsgspecError)


class NotHeardError(Exception):
    """Home Assistant does not let us listen. Its text says why."""


class StopButton:
    """One button, listened to for as long as somebody watches.

    Args:
        url: like http://homeassistant.local:8123.
        token: a long-lived access token; any user's who may see the button.
        entity_id: an `input_button`, a `button` or an `event`: its state is when it was pressed.

    Raises:
        EvenfallError: that is no address, or no token.
    """

    def __init__(self, url: str, token: str, entity_id: str) -> None:
        self._url, self._token = checked_url(url), checked_token(token)
        self.entity_id = entity_id
        self.heard = False
        self._last = ""

    async def watch(self, pressed: Callable[[], object]) -> NoReturn:
        """Call `pressed` at every press, and listen anew whenever the line is lost.

        Args:
            pressed: called once a press, on this loop.
        """
        tries = 0
        while True:
            try:
                async for _ in self._presses():
                    tries = 0
                    pressed()
            except (NotHeardError, *_LOST):
                pass
            tries = 0 if self.heard else tries
            self.heard = False
            await asyncio.sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1

    async def _presses(self) -> AsyncIterator[None]:
        """One for every press, until the line is lost."""
        async with self._line() as line:
            await self._come_in(line)
            self.heard = True
            first = True
            async for text in line:
                state = state_in(text, self.entity_id)
                if state is not None and self._is_press(state, first=first):
                    yield
                if state is not None:
                    first = False

    def _line(self) -> connect:
        address = self._url.replace("http", "ws", 1) + "/api/websocket"
        kept = partial(
            connect,
            address,
            open_timeout=ANSWER_WITHIN_S,
            ping_interval=DEAD_AFTER_S,
            ping_timeout=DEAD_AFTER_S,
            close_timeout=1.0,
            max_size=MESSAGE_MAX_BYTES,
            proxy=None,  # a token goes to the address the family wrote down
        )
        return kept(ssl=ssl.create_default_context()) if address.startswith("wss") else kept()

    async def _come_in(self, line: ClientConnection) -> None:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await line.recv()
            await line.send(_said({"type": "auth", "access_token": self._token}))
            if _decoded(await line.recv()).get("type") != "auth_ok":
                raise NotHeardError("the token is refused")
            wish = {"id": 1, "type": "subscribe_entities", "entity_ids": [self.entity_id]}
            await line.send(_said(wish))
            if not _decoded(await line.recv()).get("success"):
                raise NotHeardError("it may not be listened to")

    def _is_press(self, state: str, *, first: bool) -> bool:
        before, at = self._last, moment_of(state)
        if at is None or state == before:
            return False
        self._last = state
        return not first or is_still_meant(at, datetime.now(UTC), known=bool(before))


def is_still_meant(at: datetime, now: datetime, *, known: bool) -> bool:
    """Whether a press nobody heard is to be heard now that the line is there.

    Args:
        at: when it was pressed, by Home Assistant's clock.
        now: by ours.
        known: true where the button was listened to before and this press is another.

    Example:
        >>> now = datetime(2026, 11, 20, 19, tzinfo=UTC)
        >>> is_still_meant(now - timedelta(minutes=3), now, known=True)
        True
        >>> is_still_meant(now - timedelta(minutes=3), now, known=False)
        False
    """
    return -MISSED_FOR <= now - at <= (MISSED_FOR if known else JUST_NOW)


def moment_of(state: str) -> datetime | None:
    """When a button was pressed last; None where it says it is not there, or never was pressed.

    Example:
        >>> moment_of("unavailable") is None
        True
    """
    try:
        at = datetime.fromisoformat(state)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def state_in(text: str | bytes, entity_id: str) -> str | None:
    """What a message of Home Assistant says that an entity's state is now; None where it doesn't.

    Example:
        >>> state_in('{"type":"event","event":{"c":{"input_button.a":{"+":{"s":"x"}}}}}',
        ...          "input_button.a")
        'x'
    """
    event = _part(_decoded(text), "event")
    added = _part(_part(event, "a"), entity_id)
    changed = _part(_part(_part(event, "c"), entity_id), "+")
    state = changed.get("s", added.get("s"))
    return state if isinstance(state, str) else None


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _decoded(text: str | bytes) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


def _said(wish: dict[str, object]) -> str:
    return msgspec.json.encode(wish).decode()
