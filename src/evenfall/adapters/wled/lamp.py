"""A WLED lamp by its JSON interface (https://kno.wled.ge/interfaces/json-api/).

It fades by itself, in its own time: a fade goes with the one command and leaves the family's own
default alone. Where it is asked to hold its lease, it does so with its own nightlight: each command
that makes it brighter than safe, and each renewal, sets that to bring the lamp to safe one minute
later, which is the shortest a WLED knows. So without us it is safe within 61 s.

What WLED's source says of its nightlight, and why it is used as it is here (led.cpp, json.cpp and
set.cpp in wled00, 0.11 to 16.0): `"nl":{"on":true}` said again while one runs does *not* begin it
anew, and switching it off and on leaves a moment in which nothing holds. `NT=` and `NF=` of the
older interface, inside the JSON as `"win"`, begin it anew in one go. They also put the fade's time
back to the family's default, so a fade that runs would jump to its end: a lamp is armed between
fades.
"""

import time
from math import inf
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from evenfall.adapters.devices.driver import Seen, silent_fault
from evenfall.adapters.devices.json_http import TIMEOUT_S, Answer, JsonHttp, NoAnswerError
from evenfall.adapters.devices.levels import WARM_RGB
from evenfall.adapters.devices.quality import Quality
from evenfall.ports.outputs import OutputUnavailableError

STEPS = 255
FADE_UNITS_PER_S = 10  # `tt` counts in 100 ms
FADE_MAX_UNITS = 65_535
SOLID = 0  # the effect that stands still: nothing may flash beside a bed

NIGHTLIGHT_MIN = 1  # WLED counts whole minutes
LAPSES_S = NIGHTLIGHT_MIN * 60.0
AT_ONCE = 0  # the nightlight's mode: nothing until its end, then its target
RUNG_S = 1.0
"""The lamp's own clock and ours may differ by so much over a minute (own choice)."""

_MEND = "see that the lamp has power and is on the home's network; open its address in a browser"


class Nightlight(msgspec.Struct, frozen=True):
    """WLED's own timer; what it is set to where it does not say is what WLED begins with."""

    on: bool = False
    dur: int = 60
    mode: int = 1
    tbri: int = 0
    rem: int = -1

    def is_ours(self, safe_step: int) -> bool:
        """True for one as we set it."""
        return (self.dur, self.mode, self.tbri) == (NIGHTLIGHT_MIN, AT_ONCE, safe_step)


class _State(msgspec.Struct):
    on: bool
    bri: Annotated[int, Meta(ge=0, le=STEPS)]
    nl: Nightlight = Nightlight()

    @property
    def step(self) -> int:
        return self.bri if self.on else 0


class _Default(msgspec.Struct):
    on: bool = True
    bri: int = 128
    ps: int = 0


class _Config(msgspec.Struct):
    default: _Default = msgspec.field(name="def")


class _Armed(msgspec.Struct, frozen=True):
    """The nightlight as we set it: when, and what the lamp was told since."""

    at_s: float
    told: int | None = None  # None where a word may not have arrived


class WledLamp:
    """One WLED lamp (`devices.driver.Driver`, `devices.driver.HoldsItself`).

    Args:
        url: its address, like http://nest-lamp.local.
        timeout_s: for each request.

    Raises:
        EvenfallError: that is no address.
    """

    QUALITY: ClassVar[Quality] = Quality(
        level="twin",
        reads_back=True,
        holds="itself",
        tried_with="a simulated WLED lamp, made from WLED's own description of its interface",
    )

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._http = JsonHttp(url, timeout_s=timeout_s)
        self._safe_step: int | None = None
        self._lapses = True
        self._armed: _Armed | None = None
        self._fades_until_s = 0.0
        self._theirs: Nightlight | None = None

    @property
    def steps(self) -> int:
        """255."""
        return STEPS

    @property
    def where(self) -> str:
        """Its address."""
        return self._http.url

    # --- Holding -----------------------------------------------------------------------------

    def hold(self, safe_step: int) -> None:
        """From here on, what it is told above `safe_step` lapses to that within 61 s."""
        self._safe_step = safe_step

    @property
    def lapses(self) -> bool:
        """False once it has been asked to arm its nightlight and did not: WLED before 0.11."""
        return self._lapses

    async def lit_at_power_up(self) -> bool | None:
        """What its settings say: LED Preferences, *Turn LEDs on after power up*.

        A preset that is applied at power-up may be anything, and counts as bright. None where the
        settings cannot be read, as behind a PIN.
        """
        try:
            answer = await self._http.get("/json/cfg")
            found = msgspec.json.decode(answer.body, type=_Config).default
        except (NoAnswerError, msgspec.MsgspecError):
            return None
        return (found.on and found.bri > (self._safe_step or 0)) or found.ps > 0

    # --- Reading and telling -----------------------------------------------------------------

    async def read(self) -> Seen:
        """Where it stands, or where it is going: WLED tells the end of a fade at once.

        Where somebody has changed it since it was armed, their setting is theirs: our nightlight
        is taken back, and one that they began is left alone.
        """
        state = _decoded(await self._exchange(None), self.where)
        holds = self._safe_step is not None and self._lapses
        seen = Seen(state.step, fades=True)
        if not holds:
            return seen
        moved_by = self._moved_by(state, time.monotonic())
        if moved_by == "hand":
            if state.nl.on and state.nl.is_ours(self._safe_step or 0):
                await self._exchange({"nl": self._given_back()})
            self._armed = None
        return msgspec.structs.replace(seen, holds_s=LAPSES_S, moved_by=moved_by)

    async def send(self, step: int, over_s: float, what: str) -> None:  # noqa: ARG002  # no sounds
        """Fade to a step, warm; 0 is off.

        Raises:
            OutputUnavailableError: it does not answer, or cannot hold what it would be told.
        """
        fade = min(round(over_s * FADE_UNITS_PER_S), FADE_MAX_UNITS)
        told: dict[str, object] = {"on": False, "tt": fade}
        if step > 0:
            warm = {"fx": SOLID, "col": [[*WARM_RGB, 0]]}  # without an id: every selected segment
            told = {"on": True, "bri": step, "tt": fade, "seg": warm}
        lapses = self._safe_step is not None and self._lapses and step > self._safe_step
        if lapses:
            await self._arm(self._safe_step or 0)
        elif self._armed is not None:
            told["nl"] = self._given_back()
        armed, self._armed = self._armed, self._armed and _Armed(self._armed.at_s)
        await self._exchange(told)
        self._fades_until_s = time.monotonic() + over_s
        self._armed = _Armed(armed.at_s, step) if lapses and armed is not None else None

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.close()

    # --- The nightlight ----------------------------------------------------------------------

    async def _arm(self, safe_step: int) -> None:
        """Begin its minute anew, where that is due and no fade is cut short by it."""
        now_s = time.monotonic()
        if self._armed is not None:
            age_s = now_s - self._armed.at_s
            fading = now_s < self._fades_until_s
            if age_s < LAPSES_S / 3 or (fading and age_s < LAPSES_S * 2 / 3):
                return
        self._armed = _Armed(-inf)  # until it is known to have heard
        asked: dict[str, object] = {"win": f"NL={NIGHTLIGHT_MIN}&NT={safe_step}&NF={AT_ONCE}"}
        answer = await self._exchange(asked | {"v": True})
        if not self._took(answer, safe_step):
            self._lapses, self._armed = False, None
            raise _silent(self.where, "no nightlight that could bring it to safe")
        self._armed = _Armed(now_s)

    def _took(self, answer: bytes, safe_step: int) -> bool:
        try:
            found = msgspec.json.decode(answer, type=_State).nl
        except msgspec.MsgspecError:  # an older one only says that it heard
            return False
        return found.on and found.is_ours(safe_step)

    def _moved_by(self, state: _State, now_s: float) -> Literal["", "hand", "itself"]:
        """Who has changed it since it was armed: nobody, somebody, or its own nightlight."""
        safe_step, light = self._safe_step or 0, state.nl
        if self._theirs is None and not light.is_ours(safe_step):
            self._theirs = light
        if self._armed is None:
            return ""
        if light.on and light.is_ours(safe_step):
            # A minute that was not begun anew is an older one, and ends sooner.
            began_s = min(self._armed.at_s, now_s - (LAPSES_S - light.rem - RUNG_S))
            self._armed = _Armed(began_s if light.rem >= 0 else self._armed.at_s, self._armed.told)
            return "" if self._armed.told in (None, state.step) else "hand"
        over = now_s - self._armed.at_s >= LAPSES_S - RUNG_S
        if over and not light.on and state.step == safe_step:
            self._armed = None
            return "itself"
        return "" if self._armed.told is None else "hand"

    def _given_back(self) -> dict[str, object]:
        """The nightlight off, and set as the family had it."""
        theirs = self._theirs or Nightlight()
        return {"on": False, "dur": theirs.dur, "mode": theirs.mode, "tbri": theirs.tbri}

    async def _exchange(self, state: dict[str, object] | None) -> bytes:
        try:
            answer: Answer
            if state is None:
                answer = await self._http.get("/json/state")
            else:
                answer = await self._http.post("/json/state", state)
        except NoAnswerError as error:
            raise _silent(self.where, str(error)) from error
        if answer.status != 200:
            raise _silent(self.where, f"an error, {answer.status}")
        return answer.body


def _decoded(body: bytes, where: str) -> _State:
    try:
        return msgspec.json.decode(body, type=_State)
    except msgspec.MsgspecError as error:
        raise _silent(where, "something else than a WLED lamp's state") from error


def _silent(where: str, why: str) -> OutputUnavailableError:
    return OutputUnavailableError(silent_fault("light", where, why, _MEND))
