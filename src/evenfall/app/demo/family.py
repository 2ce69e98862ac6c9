"""The evening of `evenfall demo family`: begun by a phone, dimmed, cut off, safe, taken up again.

What it says of the lamp is read from the lamp; what it says of the hub, from the hub's own answers.
It never says what a phone shows: that cannot be seen from here.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

import msgspec

from evenfall.adapters.devices.levels import lamp_step
from evenfall.adapters.homeassistant.twin import FADE_S, SILENT_S, HomeAssistantTwin
from evenfall.adapters.page import PAGE_LEASE_S
from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.access.guard_key import guard_key
from evenfall.app.access.inviting import pair_link
from evenfall.app.demo.home import (
    EVENING_MAX_LX_MEDI,
    LIGHT_AT_FULL_LX_MEDI,
    NIGHT_LIGHT_LX_MEDI,
    ROOM,
    SAFE_STEP,
    STEPS,
)
from evenfall.app.demo.hub import HubProcess
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.view import HomeView, RoomView

AT = "19:20"
SAFE_WITHIN_S = 60.0
"""What is promised of a lamp that an automation watches (DESIGN: the guard)."""

QUIET_WITHIN_S = 10.0
LOOK_EVERY_S = 0.25
HALF_A_STEP = 0.5 / STEPS
WIND_DOWN_LX_MEDI = (
    lamp_step(EVENING_MAX_LX_MEDI, LIGHT_AT_FULL_LX_MEDI, STEPS) / STEPS * LIGHT_AT_FULL_LX_MEDI
)
"""What the lamp gives from wind-down to Begin, by its own steps."""
ANSWER_EVERY_S = 0.5
"""A page of ours asks the hub this often; the lamp is looked at more often than that."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long each part may take, in real seconds. Tests have a quicker one."""

    speed: float = 30.0
    wait_s: float = 45.0  # for somebody to press Begin
    story_s: float = 25.0  # from Begin to the power cut …
    story_min_s: float = 12.0  # … or this, where the whole would take too long else
    silent_s: float = SILENT_S  # the blueprint's own; a test may not wait so long
    fade_s: float = FADE_S
    after_s: float = 5.0  # how long the evening is watched once the hub is back
    restart_s: float = 6.0  # reckoned for it
    whole_s: float = 120.0


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody may join."""

    here: str  # for a browser on this machine
    house: str | None  # a link for a phone, with its four words; None where there is no house
    words: str | None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be seen at a moment."""

    hour: str  # made up
    part: str
    hub: str
    screens: str
    light_lx_medi: float
    share_of_most: float  # of what a child's evening may have at most, 0 to 1
    rgb: tuple[int, int, int]
    says: str
    next: str
    left_s: float | None  # of a wait that ends by itself
    silent_s: float | None  # since the hub was last heard by what watches the lamp


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, in real seconds and in lx mEDI; everything in it is simulated."""

    simulated: bool = True
    speed: float
    begun_by: Literal["somebody", "the demo"]
    begin_to_lamp_s: float | None
    kill_to_fading_s: float
    kill_to_safe_s: float
    page_quiet_within_s: float = PAGE_LEASE_S  # the page's own promise; it cannot be seen here
    restart_to_up_s: float
    resumed_in_quiet: bool
    lamp_at_begin_lx_medi: float
    lamp_at_kill_lx_medi: float
    lamp_safe_lx_medi: float
    lamp_resumed_lx_medi: float
    safe_lx_medi: float = NIGHT_LIGHT_LX_MEDI
    took_s: float


class Shown(Protocol):
    """Whoever shows the evening."""

    def invite(self, invitation: Invitation) -> None:
        """How somebody may join."""

    def say(self, text: str) -> None:
        """Something happened."""

    def look(self, picture: Picture) -> None:
        """How it is now."""


class Doorkeeper(Protocol):
    """Whoever lets a phone in."""

    def words(self) -> str:
        """Four words that let one screen in, as the nest's bedside."""

    def screens(self) -> tuple[str, ...]:
        """The screens that are in, by what they are called."""


class FamilyEvening:
    """One evening, from the hub's start to its summary.

    Args:
        hub: the hub, not yet started; whoever made it closes it.
        lamp: the nest's lamp.
        home_assistant: what watches it.
        doorkeeper: who lets a phone in; None where only this machine may join.
        shown: who shows it.
        pace: how long each part may take.
    """

    def __init__(
        self,
        hub: HubProcess,
        lamp: WledTwin,
        home_assistant: HomeAssistantTwin,
        doorkeeper: Doorkeeper | None,
        shown: Shown,
        pace: Pace,
    ) -> None:
        self.hub, self.lamp, self.home_assistant = hub, lamp, home_assistant
        self.doorkeeper, self.shown, self.pace = doorkeeper, shown, pace
        self._began_s = time.monotonic()
        self._hub_up_s = self._began_s
        self._view: HomeView | None = None
        self._asked_s = float("-inf")
        self._says, self._next = "", ""
        self._night = ""

    def run(self, unattended: bool = False) -> Summary:
        """Live it.

        Args:
            unattended: true to begin at once, for nobody.

        Returns:
            What was measured.

        Raises:
            EvenfallError: the hub did not come up, or something did not become safe in time.
        """
        self.hub.start(AT)
        self._hub_up_s = time.monotonic()
        self._invite()
        begun_by = self._wait_for_begin(unattended)
        begun_lx = self.light_lx_medi
        begin_to_lamp_s = self._tell_the_story(begun_lx)
        killed_lx, fading_s, safe_s = self._cut_off()
        safe_lx = self.light_lx_medi
        up_s, in_quiet = self._take_up_again()
        return Summary(
            speed=self.pace.speed,
            begun_by=begun_by,
            begin_to_lamp_s=begin_to_lamp_s,
            kill_to_fading_s=fading_s,
            kill_to_safe_s=safe_s,
            restart_to_up_s=up_s,
            resumed_in_quiet=in_quiet,
            lamp_at_begin_lx_medi=round(begun_lx, 2),
            lamp_at_kill_lx_medi=round(killed_lx, 2),
            lamp_safe_lx_medi=round(safe_lx, 2),
            lamp_resumed_lx_medi=round(self.light_lx_medi, 2),
            took_s=_tenths(time.monotonic() - self._began_s),
        )

    @property
    def light_lx_medi(self) -> float:
        """What the lamp gives at the pillow now, by its calibration."""
        return self.lamp.glow().share * LIGHT_AT_FULL_LX_MEDI

    # --- The parts ---------------------------------------------------------------------------

    def _invite(self) -> None:
        link = self.hub.house_link() if self.doorkeeper is not None else None
        words = self.doorkeeper.words() if self.doorkeeper is not None and link else None
        key = guard_key(self.hub.home.folder) if words else ""
        house = pair_link(link, words, key) if link and words else None
        here = f"{self.hub.here}/#/bedside/{ROOM}"
        self.shown.invite(Invitation(here=here, house=house, words=words))

    def _wait_for_begin(self, unattended: bool) -> Literal["somebody", "the demo"]:
        self._phase("From wind-down the lamp is dim. A person begins.", "somebody presses Begin")
        if unattended:
            self._until(lambda: self.light_lx_medi <= EVENING_MAX_LX_MEDI, QUIET_WITHIN_S)
            self.shown.say("Nobody is waited for: the demo presses Begin itself.")
            return self._begin_here()
        if self._until(self._is_begun, self.pace.wait_s, counts=True):
            self.shown.say("Somebody pressed Begin.")
            return "somebody"
        self.shown.say("Nobody came, so the demo presses Begin itself.")
        return self._begin_here()

    def _begin_here(self) -> Literal["the demo"]:
        self.hub.begin(ROOM)
        if not self._until(self._is_begun, QUIET_WITHIN_S):
            raise self._missed("an evening that could not begin", "Begin, and the story under way")
        return "the demo"

    def _tell_the_story(self, begun_lx: float) -> float | None:
        """Watch the lamp go down with the story; when it first did, in seconds after Begin."""
        self._phase("The story goes on, and the lamp goes down with it.", "the hub loses power")
        began_s = time.monotonic()
        changed_s: float | None = None
        # Where Begin came while the lamp still went down to the evening's light, that is not it.
        dim_lx = min(begun_lx, WIND_DOWN_LX_MEDI) - HALF_A_STEP * LIGHT_AT_FULL_LX_MEDI

        def has_ended() -> bool:
            nonlocal changed_s
            since_s = time.monotonic() - began_s
            if changed_s is None and self.light_lx_medi < dim_lx:
                changed_s = _tenths(since_s)
            return since_s >= self._story_s(began_s)

        self._until(has_ended, self.pace.whole_s)
        return changed_s

    def _cut_off(self) -> tuple[float, float, float]:
        """Kill the hub: the light then, when the fade began, and when it was safe."""
        room = self._room()
        self._night = "" if room is None else room.night
        killed_lx = self.light_lx_medi
        self.hub.kill()
        killed_s = time.monotonic()
        self.shown.say("Now the hub and its guard are killed, as a power cut would.")
        self.shown.say(
            f"The light and sound of an open page go out by themselves within {PAGE_LEASE_S:g} s; "
            "the story's words stay, to be read. Look at the phone: it cannot be seen from here."
        )
        self._phase(
            "Nobody tells the lamp anything. It stays as it was left.",
            f"after {self.pace.silent_s:g} s without a heartbeat, Home Assistant fades it",
        )

        def has_taken_over() -> bool:
            took_over_s = self.home_assistant.took_over_s
            return took_over_s is not None and took_over_s >= killed_s

        if not self._until(has_taken_over, SAFE_WITHIN_S):
            raise self._missed("a silence that nothing heard", "the automation to take over")
        fading_s = (self.home_assistant.took_over_s or killed_s) - killed_s
        self.shown.say(
            f"{fading_s:.0f} s: the automation begins to fade the lamp. It is simulated, and "
            "stands in for your Home Assistant's, by the same rule."
        )
        self._phase("The lamp fades to the night light.", "the hub is started again")
        if not self._until(self._is_safe, SAFE_WITHIN_S - fading_s):
            raise self._missed("a lamp that did not become safe", f"it within {SAFE_WITHIN_S:g} s")
        safe_s = time.monotonic() - killed_s
        self.shown.say(
            f"{safe_s:.0f} s after the cut the lamp is safe: {self.light_lx_medi:.2f} lx mEDI, "
            "with no hub to say so."
        )
        return killed_lx, _tenths(fading_s), _tenths(safe_s)

    def _take_up_again(self) -> tuple[float, bool]:
        """Start the hub again: how long that took, and whether everything is quiet."""
        self._phase("The hub is started again.", "the end")
        self._show(None)
        up_s = self.hub.start(_next_minute(self._made_up()))
        in_quiet = self._until(self._goes_on_in_quiet, QUIET_WITHIN_S)
        if not in_quiet:
            raise self._missed("a room that is not quiet", "every room taken up again in quiet")
        self.shown.say(f"It is up again after {up_s:.1f} s, and goes on in quiet.")
        self._phase("The night goes on, in quiet. What was left of the story is over.", "the end")
        stayed = not self._until(
            lambda: not (self._goes_on_in_quiet() and self._is_safe()), self.pace.after_s
        )
        return _tenths(up_s), stayed

    # --- Looking -----------------------------------------------------------------------------

    def _phase(self, says: str, then: str) -> None:
        self._says, self._next = says, then

    def _until(self, done: Callable[[], bool], within_s: float, counts: bool = False) -> bool:
        """Show the evening until something is so; false where it was not in time."""
        ends_s = time.monotonic() + within_s
        while not done():
            left_s = ends_s - time.monotonic()
            if left_s <= 0:
                return False
            self._show(left_s if counts else None)
            time.sleep(min(LOOK_EVERY_S, left_s))
        self._show(None)
        return True

    def _look(self) -> HomeView | None:
        """The home as the hub has it, asked now and then; None while there is no hub."""
        if not self.hub.is_running():
            self._view = None
        elif time.monotonic() - self._asked_s >= ANSWER_EVERY_S:
            self._asked_s = time.monotonic()
            self._view = self.hub.view() or self._view
        return self._view

    def _room(self) -> RoomView | None:
        view = self._look()
        return None if view is None else next(one for one in view.rooms if one.room == ROOM)

    def _is_begun(self) -> bool:
        room = self._room()
        if not self.hub.is_running():
            raise self._missed("a hub that ended by itself", "a hub until it is killed")
        return room is not None and room.mode not in ("before", "waiting")

    def _goes_on_in_quiet(self) -> bool:
        """Whether it is the same night, with every room quiet."""
        room = self._room()
        return room is not None and room.night == self._night and is_quiet(self._view)

    def _is_safe(self) -> bool:
        return self.lamp.glow().share <= SAFE_STEP / STEPS + HALF_A_STEP

    def _story_s(self, begun_s: float) -> float:
        """How long the story is told: less where much was waited, so that the whole has its end."""
        pace = self.pace
        left_s = pace.whole_s - (begun_s - self._began_s)
        left_s -= pace.silent_s + pace.fade_s + pace.restart_s + pace.after_s
        return max(pace.story_min_s, min(pace.story_s, left_s))

    def _made_up(self) -> datetime:
        """The made-up hour, which goes on while there is no hub."""
        hour, minute = map(int, AT.split(":"))
        start = datetime(2000, 1, 1, hour, minute, tzinfo=UTC)  # only its hour is shown
        passed_s = (time.monotonic() - self._hub_up_s) * self.pace.speed
        return start + timedelta(seconds=passed_s)

    def _show(self, left_s: float | None) -> None:
        view, room = self._look(), self._room()
        glow = self.lamp.glow()
        light_lx_medi = glow.share * LIGHT_AT_FULL_LX_MEDI
        hour = self._made_up() if view is None else view.now
        heard = self.home_assistant.heard
        names = () if self.doorkeeper is None else self.doorkeeper.screens()
        self.shown.look(
            Picture(
                hour=f"{hour:%H:%M}",
                part="" if room is None else part_words(room),
                hub="up" if self.hub.is_running() else "gone",
                screens=", ".join(names),
                light_lx_medi=light_lx_medi,
                share_of_most=min(1.0, light_lx_medi / EVENING_MAX_LX_MEDI),
                rgb=glow.rgb,
                says=self._says,
                next=self._next,
                left_s=left_s,
                silent_s=None if heard is None else time.monotonic() - heard.since_s,
            )
        )

    def _missed(self, found: str, expected: str) -> EvenfallError:
        mend = "run it again; should it come back, this is worth reporting, with that file"
        return EvenfallError(Fault(found, Place(str(self.hub.log)), expected, mend))


def is_quiet(view: HomeView | None) -> bool:
    """Whether no room is louder than silence or brighter than its night light."""
    return view is not None and all(
        room.lease.sound_dba == 0 and room.lease.light_lx_medi <= NIGHT_LIGHT_LX_MEDI
        for room in view.rooms
    )


def part_words(room: RoomView) -> str:
    """Which part of the evening a room is in, in words."""
    waiting = {"before": "before wind-down", "waiting": "waiting for Begin"}
    part = waiting.get(room.mode) or ("a breather" if room.breather else room.scene)
    return f"{room.title}: {part}"


def _next_minute(moment: datetime) -> str:
    """The next whole minute, as `serve --at` takes it: never before a moment that has passed."""
    return f"{moment + timedelta(minutes=1):%H:%M}"


def _tenths(seconds: float) -> float:
    return round(seconds, 1)
