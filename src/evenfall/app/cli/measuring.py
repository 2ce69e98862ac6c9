"""`lamps --measure`: a person with a meter at the pillow, and what a lamp really gives there.

It goes up by a few steps, once, and down again; whoever holds the meter reads. What is kept is the
upper bound, with the old household file beside the new one.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from evenfall.app.cli.common import ASIDE, Here, print_json, say, say_path
from evenfall.app.home import write_atomically
from evenfall.formats.calibrated import calibration_lines, with_calibration
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.household import read_household
from evenfall.records.household import Calibration, OutputKind
from evenfall.safety.calibrate import (
    DARK_ENOUGH_LX,
    LIGHT_SHARES,
    LOUD_ENOUGH_DBA,
    SOUND_SHARES,
    Bounds,
    Reading,
    light_at_full,
    sound_at_full,
)

if TYPE_CHECKING:
    from evenfall.app.devices import Connected, HomeDevices

FADE_S = 2.0
"""How long each step takes, so that nothing jumps (this project's own choice)."""

SETTLE_S = 1.0
"""How long a meter is given to come to rest (this project's own choice)."""

OLD = ".before-measuring"
_UNITS: dict[OutputKind, str] = {"light": "lux", "sound": "dBA"}
_SHARES: dict[OutputKind, tuple[float, ...]] = {"light": LIGHT_SHARES, "sound": SOUND_SHARES}

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Measured:
    """What came of it."""

    output: str
    kind: OutputKind
    bounds: Bounds
    readings: tuple[Reading, ...]

    @property
    def calibration(self) -> Calibration:
        """As the household file says it: the most it may be."""
        if self.kind == "light":
            return Calibration(kind="measured", light_at_full=f"{self.bounds.most:g} lx mEDI")
        return Calibration(kind="measured", sound_at_full=f"{self.bounds.most:g} dBA")

    @property
    def words(self) -> str:
        """What there is to say of it."""
        unit = "lx mEDI" if self.kind == "light" else "dBA"
        return (
            f"{self.output} gives between {self.bounds.least:g} and {self.bounds.most:g} {unit} "
            f"at its fullest. Limits are kept by the higher figure."
        )


def measure(devices: "HomeDevices", one: "Connected", what: str) -> Measured:
    """Lead someone with a meter through it. However it ends, the output is as it was, or off.

    Args:
        devices: the home's.
        one: which of them; it must dim.
        what: for a speaker, what it plays meanwhile.

    Raises:
        EvenfallError: nobody answers, or what is read cannot be true.
        OutputUnavailableError: the device does not answer.
    """
    kind = one.output.kind
    before = devices.read(one).step
    _explain(one.output.id, kind)
    meter = _asked("Read with a meter or a phone? [phone]", _one_of("phone", "meter"))
    white = ""
    if kind == "light":
        question = "Printed on the lamp: warm (up to 3000 K), neutral, or daylight? [daylight]"
        white = _asked(question, _one_of("daylight", "neutral", "warm"))
    try:
        readings = _readings(devices, one, what)
    except BaseException:
        devices.send(one, 0, FADE_S)
        raise
    devices.send(one, before, FADE_S)
    of_kind = light_at_full(readings, meter, white) if white else sound_at_full(readings, meter)
    return Measured(one.output.id, kind, of_kind, tuple(readings))


def _explain(output: str, kind: OutputKind) -> None:
    where = "facing the lamp, in a dark room" if kind == "light" else "in a quiet room"
    say(
        f"Put the meter where a sleeper's head lies, {where}, with nobody asleep in it. {output} "
        "goes up by steps; type what the meter shows at each. Ctrl-C ends it and turns it off.",
        console=ASIDE,
    )


def _readings(devices: "HomeDevices", one: "Connected", what: str) -> list[Reading]:
    kind, steps = one.output.kind, one.driver.steps
    devices.send(one, 0, FADE_S)
    time.sleep(FADE_S + SETTLE_S)
    off = _asked(f"With {one.output.id} off it shows, in {_UNITS[kind]}:", _number)
    if kind == "light" and off.shown > DARK_ENOUGH_LX:
        raise _too_bright(off.shown)
    readings: list[Reading] = []
    for share in _SHARES[kind]:
        step = max(1, round(share * steps))
        devices.send(one, step, FADE_S, what)
        time.sleep(FADE_S + SETTLE_S)
        shown = _asked(f"At step {step} of {steps}, in {_UNITS[kind]}:", _number)
        readings.append(Reading(step / steps, shown.shown, shown.digit))
        if kind == "sound" and shown.shown >= LOUD_ENOUGH_DBA:
            break
    if readings[-1].shown <= off.shown:
        raise _unseen(one.output.id)
    return readings


# --- Asking --------------------------------------------------------------------------------------


def _asked(question: str, read: Callable[[str], Answer | None]) -> Answer:
    """Ask until it can be read.

    Raises:
        EvenfallError: nobody answers any more.
    """
    while True:
        ASIDE.print(f"{question} ", end="", markup=False, soft_wrap=True)
        answer = sys.stdin.readline()
        if not answer:
            found, expected = "nobody to read the meter", "someone who types what it shows"
            raise EvenfallError(Fault(found, Place("--measure"), expected, "run it in a terminal"))
        if (read_as := read(answer.strip().lower())) is not None:
            return read_as


def _one_of(*words: str) -> Callable[[str], str | None]:
    """The first is what an empty answer means; a beginning is enough."""

    def read(answer: str) -> str | None:
        return next((word for word in words if word.startswith(answer)), None)

    return read


def _number(answer: str) -> Reading | None:
    """A number as a meter shows it, point or comma; its last digit says how finely."""
    whole, _, part = answer.replace(",", ".").partition(".")
    if not whole.isdecimal() or (part and not part.isdecimal()) or len(whole) > 6:
        return None
    return Reading(1.0, float(f"{whole}.{part or 0}"), 10.0 ** -len(part))


# --- Keeping -------------------------------------------------------------------------------------


def keep(where: Here, measured: Measured, json_: bool) -> None:
    """Write it into the household file, and leave the old one beside it.

    Raises:
        EvenfallError: the folder cannot be written.
    """
    file = where.household_file
    changed = _changed(file, measured)
    if changed is not None:
        mode = file.stat().st_mode & 0o777
        write_atomically(file.with_name(file.name + OLD), file.read_bytes(), mode)
        write_atomically(file, changed, mode)
    if json_:
        print_json(
            {
                "measured": measured.output,
                "least": measured.bounds.least,
                "most": measured.bounds.most,
                "readings": measured.readings,
                "calibration": measured.calibration,
                "written": changed is not None,
            }
        )
        return
    say(measured.words)
    if changed is None:
        say("This household file is written in a way of its own. Put this below the output's kind:")
        for line in calibration_lines(measured.calibration):
            say(line, indent=2)
    else:
        say_path("Written to", file)
        say_path("As it was:", file.with_name(file.name + OLD))
        say("A hub reads it when it starts, and looks at its scores anew.", style="dim")


def _changed(file: Path, measured: Measured) -> str | None:
    text = file.read_text(encoding="utf-8")
    document = read_household(text, str(file))
    return with_calibration(text, document, measured.output, measured.calibration)


def _too_bright(shown: float) -> EvenfallError:
    return EvenfallError(
        Fault(
            found=f"{shown:g} lux with the lamp off",
            place=Place("--measure"),
            expected=f"a dark room, {DARK_ENOUGH_LX:g} lux at the most",
            mend="draw the curtains, put out the other lamps, or wait for dusk",
        )
    )


def _unseen(output: str) -> EvenfallError:
    return EvenfallError(
        Fault(
            found=f"a meter that shows no more with {output} on than off",
            place=Place("--measure"),
            expected="readings that rise with it",
            mend="turn the meter towards it, or bring it nearer to where a head would be",
        )
    )
