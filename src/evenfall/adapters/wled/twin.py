"""A simulated WLED lamp: a real HTTP server on loopback that behaves like one.

It keeps state, fades in real time, can be switched by hand, and can be slow or out of reach. Its
nightlight does what WLED's source says (`adapters.wled.lamp`), and its time can be made to pass.
What it says of itself begins with *simulated*.
"""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any

import msgspec
from msgspec.structs import replace

from evenfall.safety.ramp import Ramp

_STEPS = 255
_UNITS_PER_S = 10
_DEFAULT_FADE_UNITS = 7


class Glow(msgspec.Struct, frozen=True):
    """What someone in the room would see of the lamp at a moment."""

    share: float  # of its full light, 0 to 1
    rgb: tuple[int, int, int]


class _Nightlight(msgspec.Struct, frozen=True):
    """Its timer, as it begins; its modes are 0 at once, 1 a fade."""

    on: bool = False
    dur: int = 60
    mode: int = 1
    tbri: int = 0
    since_s: float = 0.0
    began: int = 0  # the brightness it began from

    @property
    def ends_s(self) -> float:
        return self.since_s + 60.0 * self.dur


class WledTwin:
    """A simulated WLED lamp on a port of its own. Use it in a `with`, or close it.

    Args:
        on: whether it begins lit.
        brightness: 1 to 255, kept while it is off as the real one does.
        lit_at_power_up: whether power that comes back lights it, as a new one's settings have it.
        begins_anew: whether its nightlight is begun anew as WLED's is from 0.11 on.
    """

    def __init__(
        self,
        on: bool = False,
        brightness: int = 128,
        *,
        lit_at_power_up: bool = False,
        begins_anew: bool = True,
    ) -> None:
        self._lock = Lock()
        self._on, self._bri = on, brightness
        self._rgb: tuple[int, int, int] = (255, 160, 0)
        self._fade_units = _DEFAULT_FADE_UNITS
        level = float(brightness) if on else 0.0
        self._ramp = Ramp(level, level, 0.0, 0.0)
        self._nightlight = _Nightlight()
        self._ahead_s = 0.0
        self._lit_at_power_up, self._begins_anew = lit_at_power_up, begins_anew
        self._silent, self._delay_s = False, 0.0
        self._closing = Event()
        self._heard: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def heard(self) -> tuple[dict[str, Any], ...]:
        """Every change it was asked for, in order."""
        with self._lock:
            return tuple(self._heard)

    def glow(self) -> Glow:
        """What the room sees now, a fade under way considered."""
        with self._lock:
            now_s = self._now_s()
            return Glow(self._ramp.value_at(now_s) / _STEPS, self._rgb)

    # --- What people and bad luck do to it ---------------------------------------------------

    def switch_by_hand(self, on: bool, brightness: int | None = None) -> None:
        """Someone presses its button or uses its own app."""
        with self._lock:
            self._change({"on": on} | ({"bri": brightness} if brightness else {}))

    def use_its_nightlight(self, minutes: int, target: int = 0, mode: int = 1) -> None:
        """Someone sets its own timer, in its own app; 0 minutes is off."""
        with self._lock:
            asked = {"on": minutes > 0, "dur": minutes or 60, "mode": mode, "tbri": target}
            self._change({"nl": asked})

    def set_power_up(self, lit: bool) -> None:
        """Someone changes *Turn LEDs on after power up* in its settings."""
        self._lit_at_power_up = lit

    def pass_time(self, seconds: float) -> None:
        """Have so much time pass for the lamp, at once."""
        with self._lock:
            self._ahead_s += seconds

    def fall_silent(self) -> None:
        """From now on every connection is dropped without a word."""
        self._silent = True

    def slow_down(self, delay_s: float) -> None:
        """From now on every answer takes a while; what was asked happens after it too."""
        self._delay_s = delay_s

    def recover(self) -> None:
        """As good as new; what it shows is as it was."""
        self._silent, self._delay_s = False, 0.0

    # --- What it answers ---------------------------------------------------------------------

    def waits(self) -> bool:
        """Wait as slow as it is; False where nothing will be said."""
        if self._silent:
            return False
        return not self._closing.wait(self._delay_s) if self._delay_s else True

    def hear(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A change from outside; the whole state where it asks for that."""
        with self._lock:
            self._heard.append(asked)
            if "win" in asked:
                self._hear_older_words(str(asked["win"]))
            if asked.keys() - {"v", "win"}:
                self._change(asked)
            return self._state() if asked.get("v") else {"success": True}

    def tell(self, path: str) -> dict[str, Any] | None:
        """What a path shows, or None for one it does not have."""
        with self._lock:
            shown = {"/json/state": self._state(), "/json/info": _info(), "/json/cfg": self._cfg()}
            shown["/json"] = {"state": shown["/json/state"], "info": shown["/json/info"]}
            return shown.get(path.rstrip("/"))

    def close(self) -> None:
        """Switch it off at the wall."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "WledTwin":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _now_s(self) -> float:
        """What time it is for the lamp; its nightlight has done what was due by then."""
        now_s = time.monotonic() + self._ahead_s
        light = self._nightlight
        if light.on and light.mode != 0:
            share = min(1.0, (now_s - light.since_s) / (60 * light.dur))
            self._bri = max(1, int(light.began + (light.tbri - light.began) * share))
            self._on = light.tbri > 0 or share < 1.0
            self._ramp = Ramp(float(self._bri), float(self._bri), now_s, 0.0)
        if light.on and now_s >= light.ends_s:
            began = self._ramp.value_at(light.ends_s)
            self._on, self._bri = light.tbri > 0, light.tbri or self._bri
            over_s = self._fade_units / _UNITS_PER_S if light.mode == 0 else 0.0
            self._ramp = Ramp(began, float(light.tbri), light.ends_s, over_s)
            self._nightlight = replace(light, on=False)
        return now_s

    def _hear_older_words(self, words: str) -> None:
        """`win`: it begins the nightlight anew, and puts the time of a fade that runs back."""
        given = dict(one.split("=") for one in words.split("&"))
        now_s = self._now_s()
        self._ramp = replace(self._ramp, ramp_s=min(self._ramp.ramp_s, _DEFAULT_FADE_UNITS / 10))
        if not self._begins_anew:
            return
        light = replace(self._nightlight, on=given["NL"] != "0", dur=int(given["NL"]))
        light = replace(light, tbri=int(given["NT"]), mode=int(given["NF"]))
        self._nightlight = replace(light, since_s=now_s, began=self._bri)

    def _set_nightlight(self, asked: dict[str, Any], now_s: float) -> None:
        """`nl`: one that runs already is not begun anew."""
        light, known = self._nightlight, ("on", "dur", "mode", "tbri")
        light = replace(light, **{name: asked[name] for name in known if name in asked})
        if light.on and not self._nightlight.on:
            light = replace(light, since_s=now_s, began=self._bri)
        self._nightlight = light

    def _change(self, asked: dict[str, Any]) -> None:
        now_s = self._now_s()
        current = self._ramp.value_at(now_s)
        self._fade_units = int(asked.get("transition", self._fade_units))
        units = int(asked.get("tt", self._fade_units))
        brightness = int(asked.get("bri", self._bri))
        self._on = bool(asked.get("on", self._on if "bri" not in asked else brightness > 0))
        if brightness == 0:
            self._on = False
        else:
            self._bri = min(brightness, _STEPS)
        for segment in _segments(asked):
            red, green, blue, *_ = segment["col"][0]
            self._rgb = red, green, blue
        target = float(self._bri) if self._on else 0.0
        self._ramp = Ramp(current, target, now_s, units / _UNITS_PER_S)
        self._set_nightlight(asked.get("nl", {}), now_s)
        if target == self._nightlight.tbri:  # it is where its nightlight would bring it
            self._nightlight = replace(self._nightlight, on=False)

    def _cfg(self) -> dict[str, Any]:
        return {"def": {"ps": 0, "on": self._lit_at_power_up, "bri": 128}}

    def _state(self) -> dict[str, Any]:
        now_s, light = self._now_s(), self._nightlight
        rem = int(light.ends_s - now_s) if light.on else -1
        segment = {"id": 0, "start": 0, "stop": 30, "len": 30, "on": True, "bri": 255, "fx": 0}
        return {
            "on": self._on,
            "bri": self._bri,
            "transition": self._fade_units,
            "ps": -1,
            "pl": -1,
            "nl": {
                "on": light.on,
                "dur": light.dur,
                "mode": light.mode,
                "tbri": light.tbri,
                "rem": rem,
            },
            "lor": 0,
            "mainseg": 0,
            "seg": [segment | {"col": [[*self._rgb], [0, 0, 0], [0, 0, 0]], "sel": True}],
        }


def _info() -> dict[str, Any]:
    return {
        "ver": "simulated",
        "name": "simulated lamp",
        "brand": "simulated",
        "leds": {"count": 30, "rgbw": False, "maxseg": 16},
    }


def _segments(asked: dict[str, Any]) -> list[dict[str, Any]]:
    given = asked.get("seg", [])
    return [one for one in (given if isinstance(given, list) else [given]) if one.get("col")]


def _handler(twin: WledTwin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers for one twin."""

        def do_GET(self) -> None:
            if twin.waits():
                self._say(twin.tell(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if not twin.waits():
                return
            if self.path.rstrip("/") not in ("/json", "/json/state"):
                self._say(None)
                return
            try:
                asked = msgspec.json.decode(body, type=dict[str, Any])
            except msgspec.MsgspecError:
                self._reply(400, {"error": 9})
                return
            self._say(twin.hear(asked))

        def _say(self, shown: dict[str, Any] | None) -> None:
            self._reply(404 if shown is None else 200, shown or {"error": 404})

        def _reply(self, status: int, shown: dict[str, Any]) -> None:
            body = msgspec.json.encode(shown)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on the terminal."""

    return Handler
