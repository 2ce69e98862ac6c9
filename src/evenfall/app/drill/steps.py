"""What a drill does, a step at a time, and how each is judged.

What it says of a lamp is read from the lamp, of a page from what the guard tells pages; what only
a person can see, a person is asked. Whatever happens, the room is safe when it is over.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from evenfall.adapters.guard.process import is_running
from evenfall.adapters.homeassistant.button import JUST_NOW
from evenfall.app.devices import HomeDevices
from evenfall.app.drill.fixtures import Fixture, Fixtures
from evenfall.app.drill.process import DrillHub
from evenfall.formats.errors import EvenfallError
from evenfall.formats.quantity import light_lx_medi
from evenfall.formats.words import listing
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.drill import DrillStep, Outcome
from evenfall.records.household import Household, Room

LOOK_EVERY_S = 0.05
BEGUN_WITHIN_S, LIT_WITHIN_S = 10.0, 25.0
STOP_WITHIN_S = 5.0
"""What is promised of a stop, from the act to safe (DESIGN.md); the fade itself is 3 s of it."""

FADE_S = 3.0
HUB_GONE_WITHIN_S = 25.0
"""A guard hears no hub for 10 s, and then it fades; the rest is for a slow network (own choice)."""

POWER_GONE_WITHIN_S = 70.0
"""Within 60 s the automation has done it; the rest is for reading it back (own choice)."""

PERSON_WITHIN_S = 60.0
TO_BE_SEEN_S = 5.0
"""How long a light is left for a person to see, where there is one …"""

TO_BE_READ_S = 2.0
"""… and else, so that there is something to be stopped (own choices)."""

MORE = "docs/howto/rehearse-an-emergency.md"
CALL_TEXT = (
    "A drill from Evenfall at {home}. Nothing is wrong, and nobody needs to come: this is how you "
    "would be told if a child called you at night."
)


class Person(Protocol):
    """Whoever holds the drill; a program is nobody, and is asked nothing."""

    is_there: bool

    def doing(self, title: str) -> AbstractContextManager[None]:
        """Show that something is under way."""

    def ask(self, question: str) -> bool | None:
        """Ask what only a person knows; None where nobody is there to be asked."""

    def tell(self, words: str) -> None:
        """Say something to be done."""


@dataclass(frozen=True)
class _Safe:
    """What was seen after something that stops: seconds from it, or None where it did not come."""

    lamps_s: float | None
    page_s: float | None
    still: tuple[str, ...] = ()


class DrillSteps:
    """Every step of a drill in one room. Use it once; `finish` it, whatever happened.

    Args:
        hub: the drill's own.
        devices: the home's lamps, speakers and watchdogs.
        household: who lives there.
        room: where.
        person: who holds it.
        button: the home's stop button in Home Assistant, or ''.
        speed: the hub's, for tests.
    """

    def __init__(
        self,
        hub: DrillHub,
        devices: HomeDevices,
        household: Household,
        room: Room,
        person: Person,
        button: str = "",
        speed: float = 1.0,
    ) -> None:
        self._hub, self._devices, self._person = hub, devices, person
        self._household, self._room, self._speed = household, room, speed
        self._button = button
        self._safe_lx_medi = light_lx_medi(room.night_light)
        self.fixtures = Fixtures(devices, room)

    def all(self) -> Iterator[DrillStep]:
        """Do them, in order; each as it is over."""
        yield from self.first_looks()
        begun = self.evening()
        yield begun
        if begun.outcome == "failed":
            return
        yield from self.calls()
        yield from self.stops()
        yield from self.stops_by_hand()
        yield self.hub_gone()
        yield self.power_cut()
        if self._button:  # the last, since it has to rest
            yield self.stop_by_button()

    def count(self) -> int:
        """How many steps it has, about: what is left out may be fewer."""
        called = len([who for who in self._guardians() if who in self._devices.calls.plain()])
        return len(self.fixtures.all) + called + 8 + bool(self._button)

    def finish(self) -> None:
        """Leave the room safe and nothing running."""
        self._hub.end()
        if not is_running(self._hub.evening.folder):
            self.fixtures.make_safe()

    # --- The steps ---------------------------------------------------------------------------

    def first_looks(self) -> Iterator[DrillStep]:
        """Each lamp and speaker: does it answer, and can it be tried at all?"""
        for one in self.fixtures.all:
            title = f"{one.id} answers"
            with self._person.doing(title):
                step = self.fixtures.step(one)
            if step is None:
                found = f"{one.connected.driver.where} does not answer."
                mend = "see that it has power and is on the network, then `evenfall lamps`"
                yield _step(f"answers-{one.id}"[:40], title, "failed", found, mend)
            elif not one.can_be_tried:
                found = "It stays dark or silent: even its least may be too much for a bedroom."
                mend = "say what it gives at full: see docs/howto/connect-a-lamp.md"
                yield _step(f"answers-{one.id}"[:40], title, "know", found, mend)
            else:
                found = f"It stands at step {step} of {one.connected.driver.steps}."
                yield _step(f"answers-{one.id}"[:40], title, "held", found)

    def evening(self) -> DrillStep:
        """A gentle light comes up, and the page shows it."""
        title = "A gentle light comes up"
        with self._person.doing(title):
            took_s, fault = self._light()
        if fault:
            return _step("evening", title, "failed", fault, "see `evenfall doctor`")
        if self.fixtures.tried:
            lit = listing([one.id for one in self.fixtures.lit()], "and")
            found = f"{lit}: on, {took_s:.1f} s after Begin."
            asked = f"Is the light on in {self._room.name}, gently?"
        else:
            found, asked = "No lamp is connected; the page is the lamp.", ""
        if asked and self._person.ask(asked) is False:
            mend = "if the lamp answers and stays dark, its calibration may be far too careful"
            return _step("evening", title, "failed", "Nobody sees a light.", mend, took_s)
        shown = f"Open {self._hub.links[0]} on any screen. Does it say that this is a drill?"
        if self._person.ask(shown) is False:
            mend = "let the screen in with `evenfall pair`; see docs/howto/let-a-screen-in.md"
            return _step("evening", title, "failed", "No page shows it.", mend, took_s)
        return _step("evening", title, "held", found, took_s=took_s)

    def calls(self) -> Iterator[DrillStep]:
        """Each guardian of who sleeps here is really told, and told that it is a drill."""
        names = {one.id: one.name for one in self._household.members}
        guardians = self._guardians()
        known = self._devices.calls.plain()
        if guardians and not any(who in known for who in guardians):
            found = "A touch at night calls nobody yet. A shout works."
            mend = "see docs/howto/be-called-at-night.md"
            yield _step("call", "An adult is told", "know", found, mend)
        for who in guardians:
            if who in known:
                yield self._call(who, names[who])

    def stops(self) -> Iterator[DrillStep]:
        """The light goes dark from wherever it can be tried without a hand."""
        ways: tuple[tuple[str, str, Callable[[], bool]], ...] = (
            ("stop-page", "Stop on the page", partial(self._hub.press, "stop")),
            ("stop-screen", "Stop on a second screen", partial(self._hub.press, "stop", page=1)),
            ("stop-command", "`evenfall stop`", self._hub.stop_at_the_guard),
        )
        for id_, title, act in ways:
            yield self._stop(id_, title, partial(self._at, act))

    def hub_gone(self) -> DrillStep:
        """The hub's heart stops in the middle of the evening."""
        title = "The hub's heart stops"
        with self._person.doing(title):
            _, fault = self._light()
            if not fault:
                self._hub.kill()
                seen = self._until_safe(HUB_GONE_WITHIN_S, page=False)
        if fault:
            return _step("hub-gone", title, "failed", fault, "see `evenfall doctor`")
        step = self._judged_alone(title, seen)
        self._hub.end_guard()
        return step

    def _judged_alone(self, title: str, seen: _Safe) -> DrillStep:
        """What the guard did by itself."""
        if not self.fixtures.tried:
            return self._page_alone("hub-gone", title)
        if seen.lamps_s is None:
            found = f"{listing(list(seen.still), 'and')} stayed on for {HUB_GONE_WITHIN_S:g} s."
            mend = f"use its switch, and tell us; see {MORE}"
            return _step("hub-gone", title, "failed", found, mend)
        found = (
            f"The guard heard it no more, and the room was dark-bound after {seen.lamps_s:.0f} s."
        )
        return self._seen("hub-gone", title, found, seen.lamps_s)

    def power_cut(self) -> DrillStep:
        """Everything of Evenfall stops at once, as where this machine loses its power."""
        title = "This machine loses its power"
        if not self.fixtures.tried:
            return self._page_alone("power-cut", title)
        watched = self.fixtures.watched()
        left = [one for one in self.fixtures.tried if one not in watched]
        if not watched:
            found = " ".join(f"{one.id}: {self.fixtures.why_unwatched(one)}" for one in left)
            mend = "see docs/howto/connect-a-lamp.md for what can take over"
            return _step("power-cut", title, "know", found, mend)
        with self._person.doing(f"{title} (this takes a minute)"):
            _, fault = self._light()
            if not fault:
                self._hub.kill_all()
                took_s = self._until(
                    lambda: not self.fixtures.above_safe(watched), POWER_GONE_WITHIN_S
                )
        self._after_a_power_cut()
        if fault:
            return _step("power-cut", title, "failed", fault, "see `evenfall doctor`")
        names = listing([one.id for one in watched], "and")
        if took_s is None:
            found = f"Nothing has faded {names} in {POWER_GONE_WITHIN_S:g} s."
            mend = "look whether its automation is on and was made from the blueprint"
            return _step("power-cut", title, "failed", found, mend)
        found = f"{names}: faded without Evenfall, {took_s:.0f} s later."
        also = f" Nothing fades {listing([one.id for one in left], 'and')}." if left else ""
        return self._seen("power-cut", title, found + also, took_s)

    # --- Stopping ----------------------------------------------------------------------------

    def _stop(self, id_: str, title: str, act: Callable[[], float | None]) -> DrillStep:
        with self._person.doing(title):
            _, fault = self._light()
            at_s = None if fault else act()
            seen = None if at_s is None else self._until_safe(STOP_WITHIN_S, since_s=at_s)
        if seen is None:
            found = fault or "Nobody took the stop."
            step = _step(id_, title, "failed", found, "see `evenfall doctor`")
        else:
            step = self._judged(id_, title, seen)
        self._hub.end()
        return step

    def _judged(self, id_: str, title: str, seen: _Safe) -> DrillStep:
        if seen.page_s is None:
            mend = f"close that page; it goes dark by itself within 15 s. See {MORE}"
            return _step(id_, title, "failed", "The page was not told to be dark.", mend)
        if self.fixtures.tried and seen.lamps_s is None:
            found = f"{listing(list(seen.still), 'and')} stayed on."
            mend = "use its switch; see that it is on the network, then `evenfall lamps`"
            return _step(id_, title, "failed", found, mend)
        took_s = max(seen.page_s, seen.lamps_s or 0.0)
        lamps = "Lamp and page were" if self.fixtures.tried else "The page was"
        found = f"{lamps} told within {took_s:.1f} s; the fade takes {FADE_S / self._speed:g} s."
        return self._seen(id_, title, found, took_s)

    def stop_by_button(self) -> DrillStep:
        """Pressed from here where that can be done, as an automation would; else by a hand."""
        title = "The stop button in Home Assistant"
        if not self._button.startswith("event.") or self._person.is_there:
            pressed = self._press_by_hand if self._button.startswith("event.") else self._press
            step = self._stop("stop-button", title, pressed)
            with self._person.doing("The button is let rest"):  # else the next guard takes it up
                time.sleep(JUST_NOW.total_seconds())
            return step
        found = f"Only a hand can press {self._button}, and nobody was asked to."
        return _step("stop-button", title, "left-out", found, "run it again without --yes")

    def _press(self) -> float | None:
        home_assistant = self._devices.home_assistant
        assert home_assistant is not None
        began_s = time.monotonic()
        try:
            home_assistant.press(self._button)
        except (OutputUnavailableError, TimeoutError):
            return None
        return began_s

    def _press_by_hand(self) -> float | None:
        return self._told_to(f"Press the button now: {self._button}")

    def _told_to(self, words: str) -> float | None:
        """Have a person do something: when the hub knew of it, or None where it never did."""
        self._person.tell(words)
        known = self._until(self._is_stopped, PERSON_WITHIN_S) is not None
        return time.monotonic() if known else None

    def _at(self, act: Callable[[], bool]) -> float | None:
        """Do something: when it was begun, or None where nobody took it."""
        began_s = time.monotonic()
        return began_s if act() else None

    def stops_by_hand(self) -> Iterator[DrillStep]:
        """What only somebody's hand can do, where somebody has it and is asked."""
        ways = (
            (
                "stop-hand",
                "Somebody's own hand on a phone",
                f"Is there a phone or tablet at hand that opens {self._hub.links[0]}?",
                "Open the room on it, and hold anywhere for two seconds.",
            ),
            (
                "stop-key",
                "A key on this machine",
                "Has this machine a key for it (`evenfall stop --on-key`, running now)?",
                "Press it now.",
            ),
        )
        for id_, title, question, words in ways:
            answer = self._person.ask(question)
            if answer:
                yield self._stop(id_, title, partial(self._told_to, words))
            elif answer is None:
                found = "Nobody was asked to."
                yield _step(id_, title, "left-out", found, "run it again without --yes")

    # --- An adult ----------------------------------------------------------------------------

    def _guardians(self) -> tuple[str, ...]:
        sleepers = [one for one in self._household.members if one.room == self._room.id]
        return tuple(dict.fromkeys(who for one in sleepers for who in one.guardians))

    def _call(self, member: str, name: str) -> DrillStep:
        id_, title = f"call-{member}"[:40], f"{name} is told, marked a drill"
        began_s = time.monotonic()
        with self._person.doing(title):
            tried = self._hub.call(member, CALL_TEXT.format(home=self._household.name))
        took_s = time.monotonic() - began_s
        lost = [one for one in tried if one.fault]
        if not tried or lost:
            found = lost[0].fault if lost else "The hub did not say whether it went out."
            mend = lost[0].mend if lost else f"try `evenfall lamps --call {member}`"
            return _step(id_, title, "failed", found, mend)
        if self._person.ask(f"Does {name}'s phone show it?") is False:
            found = "It was taken, and the phone does not show it."
            mend = "look at the phone's own settings for notices; then `evenfall lamps --call`"
            return _step(id_, title, "failed", found, mend, took_s)
        where = listing([one.where for one in tried], "and")
        return _step(id_, title, "held", f"{where} took it.", took_s=took_s)

    # --- Looking -----------------------------------------------------------------------------

    def _light(self) -> tuple[float, str]:
        """Have the evening under way and lit: how long from Begin, or what is wrong."""
        if self._hub.view() is None:
            self._hub.end()
            try:
                self._hub.start()
            except EvenfallError as error:
                return 0.0, f"{error.faults[0].found}; expected {error.faults[0].expected}."
        if self._until(self._has_begun, BEGUN_WITHIN_S) is None:
            view = self._hub.view()
            is_now = f"is {view.mode}" if view is not None else "does not answer"
            return 0.0, f"The evening did not begin: the hub {is_now}."
        took_s = self._until(self._is_lit, LIT_WITHIN_S)
        if took_s is None:
            return 0.0, self._why_dark()
        self._wait(TO_BE_SEEN_S if self._person.is_there else TO_BE_READ_S)
        return took_s, ""

    def _why_dark(self) -> str:
        """Why no light came up, as far as the hub knows."""
        view = self._hub.view()
        if view is None or not self._page_is_lit():
            return "No light came up: the guard gave none."
        dark = [one.id for one in self.fixtures.tried if one not in self.fixtures.lit()]
        return " ".join([f"No light came up: {listing(dark, 'and')} stayed dark.", *view.faults])

    def _has_begun(self) -> bool:
        """Press Begin, and press it again where it was too early."""
        self._hub.press("begin")
        view = self._hub.view()
        return view is not None and view.mode == "running"

    def _is_lit(self) -> bool:
        return self._page_is_lit() and (not self.fixtures.tried or bool(self.fixtures.lit()))

    def _page_is_lit(self) -> bool:
        view = self._hub.view()
        return view is not None and view.lease.light_lx_medi > self._safe_lx_medi

    def _page_is_safe(self) -> bool:
        view = self._hub.view()
        if view is None:
            return False
        return view.lease.light_lx_medi <= self._safe_lx_medi and not view.lease.sound_dba

    def _is_stopped(self) -> bool:
        view = self._hub.view()
        return view is not None and view.mode == "stopped"

    def _until_safe(
        self, within_s: float, *, page: bool = True, since_s: float | None = None
    ) -> _Safe:
        """Look at lamps and page until both are safe, or time is over."""
        began_s = time.monotonic() if since_s is None else since_s
        lamps_s: float | None = None
        page_s: float | None = None
        above = self.fixtures.tried
        while time.monotonic() - began_s < within_s:
            if page and page_s is None and self._page_is_safe():
                page_s = time.monotonic() - began_s
            if lamps_s is None and not (above := self.fixtures.above_safe()):
                lamps_s = time.monotonic() - began_s
            if lamps_s is not None and (page_s is not None or not page):
                break
            time.sleep(LOOK_EVERY_S)
        return _Safe(lamps_s, page_s, tuple(one.id for one in above))

    def _until(self, seen: Callable[[], object], within_s: float) -> float | None:
        began_s = time.monotonic()
        while not seen():
            if time.monotonic() - began_s > within_s:
                return None
            time.sleep(LOOK_EVERY_S)
        return time.monotonic() - began_s

    def _wait(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)

    def _seen(self, id_: str, title: str, found: str, took_s: float) -> DrillStep:
        """What was read back, and whether a person saw the same."""
        if self._person.is_there:
            self._wait(FADE_S)
        if self._person.ask(f"Is {self._room.name} dark and quiet now?") is False:
            read = "It says that it is, and somebody sees that it is not."
            mend = "use its switch; see that the lamp in devices.yaml is the one that is lit"
            return _step(id_, title, "failed", read, mend, took_s)
        return _step(id_, title, "held", found, took_s=took_s)

    def _page_alone(self, id_: str, title: str) -> DrillStep:
        """Where no lamp is: a page goes dark by itself, which only a person can see."""
        answer = self._person.ask("Within 15 s every page goes dark by itself. Did it?")
        if answer is None:
            found = "A page goes dark by itself within 15 s; nobody was asked to look."
            return _step(id_, title, "left-out", found, "run it again without --yes")
        if answer:
            return _step(id_, title, "held", "The page went dark by itself.")
        mend = f"close the page, load it anew and try again; see {MORE}"
        return _step(id_, title, "failed", "The page stayed as it was.", mend)

    def _after_a_power_cut(self) -> None:
        self.fixtures.make_safe()
        if self._devices.heartbeat is not None:
            self._devices.heartbeat.close()


def _taken_over_by(watched: Sequence[Fixture]) -> str:
    if any(one.connected.entity for one in watched):
        return "Home Assistant's own automation made it dark"
    return "It went to its safe light by itself"


def _not_taken_over(watched: Sequence[Fixture]) -> tuple[str, str]:
    """What was seen, and the mend."""
    names = listing([one.id for one in watched], "and")
    if any(one.connected.entity for one in watched):
        mend = "look whether its automation is on, and was made from the blueprint"
        return f"Home Assistant did not fade {names}.", mend
    return f"{names} stayed on.", "use its switch; see that its WLED is 0.11 or newer"


def _step(
    id_: str, title: str, outcome: Outcome, found: str, mend: str = "", took_s: float | None = None
) -> DrillStep:
    took_s = None if took_s is None else round(took_s, 2)
    return DrillStep(id=id_, title=title, outcome=outcome, found=found, mend=mend, took_s=took_s)
