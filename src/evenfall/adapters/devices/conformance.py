"""What every lamp's or speaker's driver must do, tried on a device on a table.

Whoever writes a driver gives it a *bench*: the device, or a twin of it, and hands. `conform` then
moves it about and tells every rule it broke. It decides nothing about a bedroom: limits, ramps and
leases are the guard's, and hold whatever a driver does.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import msgspec

from evenfall.adapters.devices.driver import Driver
from evenfall.adapters.devices.keeper import NEAR_STEPS
from evenfall.ports.outputs import OutputUnavailableError

ANSWER_S = 2.0
"""How long a driver may take for one call (`devices.driver.Driver`)."""

LATE_S = 0.5
"""What a busy machine may add to that in a trial (own choice)."""

LOOKS = 5
"""How often the device is looked at while it settles (own choice)."""

STEPS_MAX = 65_535
_SECRET = re.compile(r"://[^/\s]*@|[?#]|eyJ[A-Za-z0-9_-]+\.")

RULES = {
    "names-itself": "it says what it is and where, in one line, without a secret in it",
    "has-steps": f"it has 1 to {STEPS_MAX} steps",
    "reads": "it reads a step there is, within 2 s",
    "goes-where-told": "a step it is told is where the device goes, and what is then read",
    "zero-is-off": "step 0 is dark or silent",
    "starts-low": "from off to step 1 it is never more on the way",
    "same-again": "told the same again, it stays as it is",
    "does-not-wait": "a long fade is handed on and not waited for",
    "sees-hands": "a change by hand is what is read",
    "silence-is-told": "a device that does not answer is an OutputUnavailableError within 2 s, "
    "with its place and a mend",
    "comes-back": "a device that answers again is spoken to again",
    "closes": "it can be closed, twice too",
}
"""Every rule, by name."""


class Bench(Protocol):
    """A device on a table, and hands."""

    @property
    def driver(self) -> Driver:
        """The driver that is tried."""

    @property
    def what(self) -> str:
        """For a speaker: a soundscape it has. A lamp is told ''."""

    @property
    def settle_s(self) -> float:
        """How long the device takes to be where it was told, with nothing to fade."""

    async def shows(self) -> int:
        """The step the device really stands at, known otherwise than through the driver."""

    async def set_by_hand(self, step: int) -> None:
        """Somebody uses the switch."""

    async def unplug(self) -> None:
        """From now on the device answers nobody."""

    async def plug_in(self) -> None:
        """It is back."""


class Broken(msgspec.Struct, frozen=True):
    """A rule that does not hold, and what was seen instead."""

    rule: str
    seen: str


class BrokenError(Exception):
    """What a trial found."""


Trial = Callable[[Bench], Awaitable[None]]


async def conform(bench: Bench) -> tuple[Broken, ...]:
    """Try a driver by every rule.

    Each rule is tried from the device being off, also after another was broken.

    Args:
        bench: the device and its driver; it is closed at the end.

    Returns:
        The rules that do not hold, in the order of RULES; none is as it should be.
    """
    return tuple([broken async for broken in _tried(bench)])


async def _tried(bench: Bench) -> AsyncIterator[Broken]:
    for rule, trial in _TRIALS.items():
        try:
            if rule not in _AS_IT_IS:
                await _off(bench)
            await trial(bench)
        except BrokenError as broken:
            yield Broken(rule, str(broken))
        except Exception as error:  # a driver may do anything: that is what is tried
            yield Broken(rule, f"{type(error).__name__}: {error}")


# --- The trials --------------------------------------------------------------------------------


async def _names_itself(bench: Bench) -> None:
    where = bench.driver.where
    _hold(bool(where.strip()) and "\n" not in where, f"it calls itself {where!r}")
    _hold(not _SECRET.search(where), "what it calls itself may have a secret in it")


async def _has_steps(bench: Bench) -> None:
    steps = bench.driver.steps
    _hold(1 <= steps <= STEPS_MAX, f"it has {steps} steps")


async def _reads(bench: Bench) -> None:
    step = await _read(bench)
    _hold(0 <= step <= bench.driver.steps, f"it reads step {step} of {bench.driver.steps}")


async def _goes_where_told(bench: Bench) -> None:
    for step in _some_steps(bench):
        await _send(bench, step)
        await asyncio.sleep(bench.settle_s)
        shown, read = await bench.shows(), await _read(bench)
        _hold(_near(shown, step), f"told {step}, the device stands at {shown}")
        _hold(_near(read, step), f"told {step}, it reads {read}")


async def _zero_is_off(bench: Bench) -> None:
    await _send(bench, bench.driver.steps)
    await asyncio.sleep(bench.settle_s)
    await _off(bench)
    _hold(await _read(bench) == 0, "told 0, it reads something else")


async def _starts_low(bench: Bench) -> None:
    await _send(bench, bench.driver.steps)
    await asyncio.sleep(bench.settle_s)
    await _off(bench)
    await _send(bench, 1)
    for _ in range(LOOKS):
        shown = await bench.shows()
        _hold(shown <= 1 + NEAR_STEPS, f"on its way to step 1 it stood at {shown}")
        await asyncio.sleep(bench.settle_s / LOOKS)


async def _same_again(bench: Bench) -> None:
    step = _some_steps(bench)[0]
    for _ in range(3):
        await _send(bench, step)
        await asyncio.sleep(bench.settle_s)
        shown = await bench.shows()
        _hold(_near(shown, step), f"told {step} again, the device stands at {shown}")


async def _does_not_wait(bench: Bench) -> None:
    await _send(bench, bench.driver.steps)
    await asyncio.sleep(bench.settle_s)
    await _send(bench, 0, 60.0)


async def _sees_hands(bench: Bench) -> None:
    for step in _some_steps(bench):
        await bench.set_by_hand(step)
        await asyncio.sleep(bench.settle_s)
        read = await _read(bench)
        _hold(_near(read, step), f"set to {step} by hand, it reads {read}")


async def _silence_is_told(bench: Bench) -> None:
    await bench.unplug()
    try:
        await _refuses("reading", bench.driver.read)
        await _refuses("sending", lambda: bench.driver.send(0, 0.0, ""))
    finally:
        await bench.plug_in()


async def _comes_back(bench: Bench) -> None:
    await bench.unplug()
    with_silence = await asyncio.gather(bench.driver.read(), return_exceptions=True)
    await bench.plug_in()
    _hold(isinstance(with_silence[0], OutputUnavailableError), "unplugged, it read something")
    await _send(bench, 1)
    await asyncio.sleep(bench.settle_s)
    _hold(await bench.shows() >= 1, "back again, it does nothing")


async def _closes(bench: Bench) -> None:
    await bench.driver.close()
    await bench.driver.close()


_TRIALS: dict[str, Trial] = {
    "names-itself": _names_itself,
    "has-steps": _has_steps,
    "reads": _reads,
    "goes-where-told": _goes_where_told,
    "zero-is-off": _zero_is_off,
    "starts-low": _starts_low,
    "same-again": _same_again,
    "does-not-wait": _does_not_wait,
    "sees-hands": _sees_hands,
    "silence-is-told": _silence_is_told,
    "comes-back": _comes_back,
    "closes": _closes,
}
_AS_IT_IS = ("names-itself", "has-steps", "reads", "closes")


# --- Parts -------------------------------------------------------------------------------------


async def _off(bench: Bench) -> None:
    await _send(bench, 0)
    await asyncio.sleep(bench.settle_s)
    shown = await bench.shows()
    _hold(shown == 0, f"told 0, the device stands at {shown}")


async def _send(bench: Bench, step: int, over_s: float = 0.0) -> None:
    await _within(bench.driver.send(step, over_s, bench.what if step else ""), f"sending {step}")


async def _read(bench: Bench) -> int:
    began_s = time.monotonic()
    seen = await bench.driver.read()
    took_s = time.monotonic() - began_s
    _hold(took_s <= ANSWER_S + LATE_S, f"reading took {took_s:.1f} s")
    return seen.step


async def _within(call: Awaitable[None], what: str) -> None:
    try:
        async with asyncio.timeout(ANSWER_S + LATE_S):
            await call
    except TimeoutError:
        raise BrokenError(f"{what} took more than {ANSWER_S:g} s") from None


async def _refuses(what: str, call: Callable[[], Awaitable[object]]) -> None:
    """Hold that a call is refused in time, in words a person can mend."""
    try:
        async with asyncio.timeout(ANSWER_S + LATE_S):
            await call()
    except TimeoutError:
        raise BrokenError(f"unplugged, {what} took more than {ANSWER_S:g} s") from None
    except OutputUnavailableError as error:
        fault = error.faults[0]
        _hold(bool(fault.mend), f"unplugged, {what} says nothing of a mend")
        _hold(bool(str(fault.place)), f"unplugged, {what} does not say where")
        return
    raise BrokenError(f"unplugged, {what} went well")


def _some_steps(bench: Bench) -> tuple[int, ...]:
    steps = bench.driver.steps
    return tuple(dict.fromkeys((max(1, steps // 3), steps, 1)))


def _near(seen: int, step: int) -> bool:
    return abs(seen - step) <= NEAR_STEPS and (seen > 0) == (step > 0)


def _hold(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BrokenError(otherwise)
