"""A simulated Home Assistant: a real HTTP server on loopback that has one lamp and watches us.

It stands in for a family's own: it drives its lamp as it is asked, hears the heartbeat, and does
what an automation made from docs/blueprints/evenfall-heartbeat.yaml does, at the same pace. It
has a button besides, told of over the WebSocket interface as the real one does, and a phone that
keeps what it is told. What it says of itself begins with *simulated*.
"""

import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Any

import msgspec
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from evenfall.adapters.homeassistant.heartbeat import ENTITY_ID, RESTING
from evenfall.adapters.homeassistant.home import BLUEPRINT
from evenfall.adapters.wled.twin import WledTwin

SILENT_S = 30.0
"""A heartbeat that has not changed for this long is the end (the blueprint's `for`)."""

FADE_S = 20.0
"""How long the fade to the safe brightness then takes (the blueprint's `transition`)."""

NO_ALARM = (RESTING, "unavailable", "unknown")
"""Where the heartbeat says one of these, silence means nothing (the blueprint's condition)."""

LIGHT = "light.nest_lamp"
AUTOMATION = "automation.evenfall_heartbeat"
BUTTON = "input_button.evenfall_stop"
PHONE = "notify.mobile_app_simulated_phone"
_AUTOMATION_ID = "evenfall-heartbeat"
_RGB, _TRANSITION = "rgb", 32
_UNITS_PER_S = 10  # WLED counts a fade in 100 ms
_SERVICES = {"/api/services/light/turn_on": True, "/api/services/light/turn_off": False}

_PRESS, _NOTIFY = "/api/services/input_button/press", f"/api/services/{PHONE.replace('.', '/')}"
_NEWS_WITHIN_S = 0.02

Answered = tuple[int, object]
_NOT_LET_IN: Answered = (401, {})


class Heard(msgspec.Struct, frozen=True):
    """The heartbeat as it was last heard."""

    state: str
    since_s: float  # of the monotonic clock: when it last changed


def ends_silent_at_s(heard: Heard | None, silent_s: float = SILENT_S) -> float | None:
    """When silence counts as the end, on the monotonic clock; None where it means nothing.

    Example:
        >>> ends_silent_at_s(Heard("2026-11-20T19:30:00+00:00", since_s=5.0))
        35.0
        >>> ends_silent_at_s(Heard("resting", since_s=5.0)) is None
        True
    """
    if heard is None or heard.state in NO_ALARM:
        return None
    return heard.since_s + silent_s


def fade_asked(lamp: dict[str, Any], safe_step: int, fade_s: float) -> dict[str, Any] | None:
    """What the automation tells a WLED lamp; None where it is off, or no brighter than safe.

    Args:
        lamp: its state, as WLED tells it.
        safe_step: the safe brightness, 0 to 255; 0 is dark.
        fade_s: how long the fade takes.

    Example:
        >>> fade_asked({"on": True, "bri": 18}, 7, 20.0)
        {'on': True, 'tt': 200, 'bri': 7}
        >>> fade_asked({"on": True, "bri": 7}, 7, 20.0) is None
        True
    """
    units = round(fade_s * _UNITS_PER_S)
    if not lamp["on"] or (safe_step > 0 and lamp["bri"] <= safe_step):
        return None
    return {"on": safe_step > 0, "tt": units} | ({"bri": safe_step} if safe_step else {})


class HomeAssistantTwin:
    """A simulated Home Assistant on a port of its own. Use it in a `with`, or close it.

    Args:
        lamp: the lamp it has, as `light.nest_lamp`.
        safe_step: the safe brightness its automation was made with, 0 to 255.
        silent_s: how long a silence is the end; another than the blueprint's is for tests.
        fade_s: how long its fade takes; the same.
    """

    def __init__(
        self,
        lamp: WledTwin,
        safe_step: int = 0,
        silent_s: float = SILENT_S,
        fade_s: float = FADE_S,
    ) -> None:
        self.token = secrets.token_hex(16)
        self._lamp, self._safe_step = lamp, safe_step
        self._silent_s, self._fade_s = silent_s, fade_s
        self._changed = Condition()
        self._heard: Heard | None = None
        self._took_over_s: float | None = None
        self._pressed = "unknown"
        self._told: list[str] = []
        self._closing = self._hung_up = False
        self._automation_is_on = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._threads = [
            Thread(target=self._server.serve_forever, args=(0.05,), daemon=True),
            Thread(target=self._watch, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def heard(self) -> Heard | None:
        """The heartbeat as it was last heard; None before the first."""
        with self._changed:
            return self._heard

    @property
    def took_over_s(self) -> float | None:
        """When the automation last began to fade, on the monotonic clock; None before that."""
        with self._changed:
            return self._took_over_s

    @property
    def phone(self) -> tuple[str, ...]:
        """Every notice its phone was told, in order."""
        with self._changed:
            return tuple(self._told)

    def press(self) -> None:
        """Somebody presses the button."""
        with self._changed:
            self._pressed = datetime.now(UTC).isoformat()
            self._changed.notify_all()

    def switch_automation(self, on: bool) -> None:
        """Somebody switches the automation on or off."""
        self._automation_is_on = on

    def hang_up(self) -> None:
        """Every WebSocket breaks off, and none is taken before it recovers."""
        self._hung_up = True

    def recover(self) -> None:
        """WebSockets are taken again."""
        self._hung_up = False

    # --- What it answers ---------------------------------------------------------------------

    def entities(self) -> list[dict[str, Any]]:
        """Everything it has."""
        heard = self.heard
        told = [] if heard is None else [_entity(ENTITY_ID, heard.state, {})]
        watching = {"friendly_name": "simulated automation", "id": _AUTOMATION_ID}
        is_on = "on" if self._automation_is_on else "off"
        return [self._light(), _entity(AUTOMATION, is_on, watching), self.button(), *told]

    def button(self) -> dict[str, Any]:
        """Its button: the state is when it was pressed last, as the real one has it."""
        with self._changed:
            return _entity(BUTTON, self._pressed, {"friendly_name": "simulated stop"})

    def automation(self) -> dict[str, Any]:
        """The automation as written, in Home Assistant's own form."""
        chosen = {"lights": [LIGHT], "speakers": [], "safe_brightness": self._safe_step}
        return {"use_blueprint": {"path": f"evenfall/{BLUEPRINT}", "input": chosen}}

    def hear(self, state: str) -> None:
        """The heartbeat says something. What it said before is no change."""
        with self._changed:
            if self._heard is None or self._heard.state != state:
                self._heard = Heard(state, time.monotonic())
                self._changed.notify_all()

    def switch(self, on: bool, asked: dict[str, Any]) -> None:
        """`light.turn_on` or `light.turn_off`, handed on to the lamp."""
        told: dict[str, Any] = {"on": on, "tt": round(asked.get("transition", 0) * _UNITS_PER_S)}
        if on and "brightness" in asked:
            told["bri"] = asked["brightness"]
        if on and "rgb_color" in asked:
            told["seg"] = {"fx": 0, "col": [[*asked["rgb_color"], 0]]}
        self._lamp.hear(told)

    def told(self, path: str) -> Answered:
        """What it answers where something is looked up."""
        if path == "/api/states":
            return 200, self.entities()
        if path == f"/api/config/automation/config/{_AUTOMATION_ID}":
            return 200, self.automation()
        named = path.removeprefix("/api/states/")
        found = [one for one in self.entities() if one["entity_id"] == named]
        return (200, found[0]) if found else (404, {})

    def asked(self, path: str, body: bytes) -> Answered:
        """What it answers where something is to be done."""
        try:
            said = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.MsgspecError:
            return 400, {}
        if path == f"/api/states/{ENTITY_ID}":
            self.hear(str(said.get("state", "")))
            return 200, {}
        if path == _NOTIFY:
            with self._changed:
                self._told.append(str(said.get("message", "")))
            return 200, []
        if path == _PRESS and said.get("entity_id") == BUTTON:
            self.press()
            return 200, []
        on = _SERVICES.get(path)
        if on is None or said.get("entity_id") != LIGHT:
            return 404, {}
        self.switch(on, said)
        return 200, []

    def news(self, heard: bytes, seen: str) -> Iterator[dict[str, Any]]:
        """What it says on a WebSocket: to what it has heard, and of a press since `seen`."""
        if heard:
            said = msgspec.json.decode(heard, type=dict[str, Any])
            if said.get("type") == "auth":
                good = secrets.compare_digest(str(said.get("access_token")), self.token)
                yield {"type": "auth_ok" if good else "auth_invalid"}
            else:
                yield {"id": said.get("id"), "type": "result", "success": True}
                yield _event("a", {BUTTON: {"s": self.button()["state"]}})
        elif self.button()["state"] != seen:
            yield _event("c", {BUTTON: {"+": {"s": self.button()["state"]}}})

    @property
    def talks(self) -> bool:
        """True while WebSockets are taken."""
        return not (self._closing or self._hung_up)

    def close(self) -> None:
        """Switch it off."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> "HomeAssistantTwin":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- The automation ----------------------------------------------------------------------

    def _watch(self) -> None:
        """Wait for a silence that is the end, and fade once for each."""
        answered: Heard | None = None
        with self._changed:
            while not self._closing:
                heard = self._heard
                at_s = None if heard is answered else ends_silent_at_s(heard, self._silent_s)
                now_s = time.monotonic()
                if at_s is None or now_s < at_s:
                    self._changed.wait(None if at_s is None else at_s - now_s)
                    continue
                answered = heard
                if self._automation_is_on:
                    self._take_over(now_s)

    def _take_over(self, now_s: float) -> None:
        shown = self._lamp.tell("/json/state")
        asked = None if shown is None else fade_asked(shown, self._safe_step, self._fade_s)
        self._took_over_s = now_s
        if asked is not None:
            self._lamp.hear(asked)

    def _light(self) -> dict[str, Any]:
        shown = self._lamp.tell("/json/state") or {"on": False, "bri": 0}
        attributes = {
            "friendly_name": "simulated lamp",
            "brightness": shown["bri"] if shown["on"] else None,
            "supported_color_modes": [_RGB],
            "supported_features": _TRANSITION,
        }
        return _entity(LIGHT, "on" if shown["on"] else "off", attributes)


def _entity(entity_id: str, state: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"entity_id": entity_id, "state": state, "attributes": attributes}


def _event(kind: str, of: dict[str, Any]) -> dict[str, Any]:
    return {"id": 1, "type": "event", "event": {kind: of}}


def _talk(twin: HomeAssistantTwin, asked: bytes, line: socket.socket) -> None:
    """A WebSocket, until either end has gone.

    Args:
        twin: who talks.
        asked: the request that opened it, as it came.
        line: the connection.
    """
    protocol = ServerProtocol()
    protocol.receive_data(asked)
    (opened,) = protocol.events_received()
    assert isinstance(opened, Request)
    protocol.send_response(protocol.accept(opened))
    _say(protocol, {"type": "auth_required"})
    line.settimeout(_NEWS_WITHIN_S)
    seen, let_in = twin.button()["state"], False
    while protocol.state is State.OPEN and twin.talks:
        for part in protocol.data_to_send():
            line.sendall(part)
        with suppress(TimeoutError):
            protocol.receive_data(line.recv(4096) or _gone())
        for frame in protocol.events_received():
            if isinstance(frame, Frame) and frame.opcode is Opcode.TEXT:
                for one in twin.news(bytes(frame.data), seen):
                    let_in = let_in or one["type"] == "auth_ok"
                    _say(protocol, one)
        if let_in:
            for one in twin.news(b"", seen):
                _say(protocol, one)
            seen = twin.button()["state"]


def _say(protocol: ServerProtocol, said: dict[str, Any]) -> None:
    protocol.send_text(msgspec.json.encode(said))


def _gone() -> bytes:
    raise ConnectionError


def _handler(twin: HomeAssistantTwin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers for one twin."""

        def do_GET(self) -> None:
            if self.path == "/api/websocket":
                self.close_connection = True
                if not twin.talks:
                    return
                lines = [self.requestline, *(": ".join(one) for one in self.headers.items())]
                asked = "".join(f"{line}\r\n" for line in [*lines, ""]).encode()
                with suppress(ConnectionError, InvalidState):
                    _talk(twin, asked, self.connection)
                return
            self._reply(*(twin.told(self.path) if self._is_let_in() else _NOT_LET_IN))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self._reply(*(twin.asked(self.path, body) if self._is_let_in() else _NOT_LET_IN))

        def _is_let_in(self) -> bool:
            said = self.headers.get("authorization", "")
            return secrets.compare_digest(said.encode(), f"Bearer {twin.token}".encode())

        def _reply(self, status: int, shown: object) -> None:
            body = msgspec.json.encode(shown)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            with suppress(ConnectionError):  # whoever asked may wait no more
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on the terminal."""

    return Handler
