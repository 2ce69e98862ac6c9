"""One device and what is asked of it: the latest wish only, tried for as long as it stands.

The rules, in order:

1. A newer wish ends an older one at once, in the middle of a request if need be: dimming waits
   for no brightening. A quick way to dark or quiet hardly waits for a reading either.
2. Whoever uses the switch wins. Where the device no longer stands where it was left, a fade under
   way is given up and for the rest of the night only *less* is asked of it.
3. A fade down is handed to a device that can fade, whole, so that it ends dark without us. A rise
   is never handed over: it goes by small steps, and stops where we stop.
4. What was asked is read back. A device that fails is tried again, ever more slowly.
5. A device that holds its own lease is told again before that lapses, and never left to a fade
   longer than a third of it. What nothing holds is told no more than is safe all night, and
   follows by a fade when that changes.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from math import inf
from threading import Lock

import msgspec
from msgspec.structs import replace

from evenfall.adapters.devices.driver import NOUNS, Driver, GivesUpError, Seen
from evenfall.adapters.devices.report import Report, Status
from evenfall.formats.errors import Fault, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Output
from evenfall.safety.ramp import Ramp

QUICK_S = 10.0
"""A way to dark or quiet this quick is a stop (own choice: the shortest fade of a light)."""

GLANCE_S = 0.5
"""How long a stop waits to learn where a device stands that cannot fade by itself (own choice).
Without knowing, it is told to be off and nothing in between, which might light a dark room."""

NEAR_STEPS = 1
"""A device that rounds may be this far from what it was told and still agree (own choice)."""

RENEWALS = 3
"""So often a lease is renewed in its own time: two that get lost are no matter (own choice)."""

FOLLOW_S = 20.0
"""How long a device takes, in real seconds, to what it may have from now on (own choice)."""

FINISH_OVER_S = 2.0
"""How long the last word to a device takes when the home closes (own choice)."""


class Pace(msgspec.Struct, frozen=True):
    """How patient a keeper is, in seconds (all this project's own choice)."""

    first_retry_s: float = 1.0
    longest_retry_s: float = 30.0
    step_s: float = 1.0  # the shortest time between two steps: a lamp is never made to flicker
    settle_s: tuple[float, ...] = (0.5, 1.0, 2.0)  # before each look at what came of it


class Wish(msgspec.Struct, frozen=True):
    """What a device is to be, from when, and how slowly."""

    target: float
    ramp_s: float
    what: str
    since_s: float


class Keeper:
    """Keeps one device at what was last asked of it. All but `take_fault` belongs to the loop.

    Args:
        output: the lamp or speaker as the household has it.
        driver: how it is spoken to.
        step_for: the device's step for a target in the output's unit.
        pace: how patient to be.
        most: the most it may be told, in the output's unit, as far as is known just now.
    """

    def __init__(
        self,
        output: Output,
        driver: Driver,
        step_for: Callable[[float], int],
        pace: Pace,
        most: Callable[[], float] = lambda: inf,
    ) -> None:
        self.output = output
        self.driver = driver
        self._most = most
        self._step_for = step_for
        self._pace = pace
        self._task: asyncio.Task[None] | None = None
        self._wish: Wish | None = None
        self._aim = 0
        self._tended_s = 0.0
        self._status: Status = "unasked"
        self._note = ""
        self._seen: Seen | None = None
        self._told: int | None = None
        self._arrives = False
        self._ours: tuple[int, int] | None = None
        self._fade_ends_s = 0.0
        self._by_hand = False
        self._failures = 0
        self._fault_lock = Lock()
        self._fault: Fault | None = None
        self._fault_is_news = False

    # --- Asked from outside ------------------------------------------------------------------

    def ask(self, wish: Wish) -> None:
        """Go for a wish, and drop whatever was under way."""
        if self._task is not None:
            self._task.cancel()
        self._wish, self._failures, self._arrives = wish, 0, False
        self._aim = self._goal(wish)
        if self._fault is None:
            self._status = "moving"
        self._task = asyncio.create_task(self._fulfil(wish, self._carry_out))

    def renew(self) -> None:
        """Tell it again what lapses, and follow what it may have. Called once a second."""
        if self._wish is None or self._task is None:
            return
        if self._goal(self._wish) != self._aim:
            ramp_s = max(self._wish.ramp_s, FOLLOW_S)
            self.ask(replace(self._wish, ramp_s=ramp_s, since_s=time.monotonic()))
        elif self._task.done() and self._aim > 0 and self._is_due():
            self._tended_s = time.monotonic()
            self._task = asyncio.create_task(self._fulfil(self._wish, self._tell_again))

    def _is_due(self) -> bool:
        return time.monotonic() - self._tended_s >= self._longest_s

    @property
    def _longest_s(self) -> float:
        """How long the device may be left to itself."""
        return inf if self._seen is None else self._seen.holds_s / RENEWALS

    def new_night(self) -> None:
        """What somebody did by hand last night is over."""
        self._by_hand, self._ours = False, None

    async def finish(self) -> None:
        """Say what was to be darker or quieter once more and to its end; then let go."""
        task, wish = self._task, self._wish
        if task is not None and wish is not None and not task.done():
            task.cancel()
            goal = self._goal(wish)
            # On the way up it stands higher than it was seen: it has been told since.
            stands = max(self._told or 0, self._seen.step if self._seen is not None else 0)
            less = goal == 0 or goal < stands
            if less and not self._arrives:
                await self.driver.send(goal, min(wish.ramp_s, FINISH_OVER_S), wish.what)

    def take_fault(self) -> Fault | None:
        """The fault nobody has been told of yet; once for each time the device falls silent."""
        with self._fault_lock:
            news, self._fault_is_news = self._fault_is_news, False
            return self._fault if news else None

    def report(self) -> Report:
        """The device as last known."""
        seen = self._seen
        return Report(
            id=self.output.id,
            kind=self.output.kind,
            status="unavailable" if self._fault is not None else self._status,
            asked_step=None if self._wish is None else self._goal(self._wish),
            seen_step=None if seen is None else seen.step,
            note=self._note,
        )

    # --- A wish, from its beginning to its end -----------------------------------------------

    async def _fulfil(self, wish: Wish, act: Callable[[Wish], Awaitable[None]]) -> None:
        while True:
            try:
                await act(wish)
            except GivesUpError as error:
                return self._failed(error.faults[0])
            except OutputUnavailableError as error:
                self._failed(error.faults[0])
            except Exception as error:  # a device may say anything; its keeper must outlive it
                self._failed(self._surprise(error))
            else:
                return None
            pace = self._pace
            longer = pace.first_retry_s * 2.0 ** min(self._failures - 1, 20)
            await asyncio.sleep(min(longer, pace.longest_retry_s))

    async def _tell_again(self, wish: Wish) -> None:
        """Renew what a device holds. What somebody has set by hand is theirs, brighter or not."""
        if await self._look() or self._by_hand:
            self._status = "manual"
        else:
            await self._carry_out(wish)

    async def _carry_out(self, wish: Wish) -> None:
        goal = self._goal(wish)
        if goal == 0 and (wish.ramp_s <= QUICK_S or self._failures):
            start = await self._glance()
        else:
            await self._look()
            assert self._seen is not None
            start, goal = self._seen.step, self._goal(wish)
            self._aim = goal
            if self._by_hand and goal >= start:
                self._status = "manual"
                return
        self._note = self._too_bright_for(wish, goal)
        if await self._move(wish, start, goal):
            await self._confirm(wish, goal)

    async def _move(self, wish: Wish, start: int | None, goal: int) -> bool:
        """Take it there, step by step or in one; False where someone took over on the way."""
        rises = start is not None and goal > start
        # A rise that had to wait takes its whole time all the same, and never jumps.
        since_s = time.monotonic() if rises else wish.since_s
        while True:
            now_s = time.monotonic()
            step, over_s = goal, max(0.0, since_s + wish.ramp_s - now_s)
            if start is not None and not self._hands_over(start, goal, over_s):
                over_s = min(over_s, self._piece_s(wish, start, goal))
                ramp = Ramp(start, goal, since_s, wish.ramp_s)
                step = int(ramp.value_at(now_s + over_s))
            await self._send(step, over_s, wish.what)
            if step == goal:
                self._arrives = True
                return True
            await asyncio.sleep(over_s)
            if await self._look():
                self._status = "manual"
                return False

    def _hands_over(self, start: int, goal: int, left_s: float) -> bool:
        """True where the rest is one command: a fade down the device can do itself, or a jump."""
        seen = self._seen or Seen(start)
        falls = goal <= start and seen.fades and left_s <= self._longest_s
        return left_s <= self._pace.step_s or not seen.dims or falls

    def _piece_s(self, wish: Wish, start: int, goal: int) -> float:
        """How much of a change is one command: a step, or all that may be left to the device."""
        if goal <= start and self._seen is not None and self._seen.fades:
            return self._longest_s
        a_step_s = wish.ramp_s / max(1, abs(goal - start))
        return min(max(self._pace.step_s, a_step_s), self._longest_s)

    async def _confirm(self, wish: Wish, goal: int) -> None:
        first_s, *later_s = self._pace.settle_s
        await asyncio.sleep(first_s)
        if await self._agrees(goal):
            return
        await asyncio.sleep(max(0.0, self._fade_ends_s - time.monotonic()))
        for settle_s in later_s:
            if await self._look():
                self._status = "manual"
                return
            await self._send(goal, min(wish.ramp_s, FINISH_OVER_S), wish.what)
            await asyncio.sleep(max(settle_s, self._fade_ends_s - time.monotonic()))
            if await self._agrees(goal):
                return
        self._status = "differs"

    # --- What is said and what is seen -------------------------------------------------------

    async def _send(self, step: int, over_s: float, what: str) -> None:
        """Tell the device. From here on, all between where it was and where it goes is ours."""
        low, high = self._ours or (0, self.driver.steps)
        self._ours = min(low, step), max(high, step)
        await self.driver.send(step, over_s, what)
        self._told = step
        self._tended_s = time.monotonic()
        self._fade_ends_s = self._tended_s + over_s

    async def _look(self) -> bool:
        """See where it stands; True where somebody has set it by hand since."""
        seen = await self._read()
        step = seen.step
        if seen.moved_by == "itself":  # its lease has lapsed, as it should
            self._ours, self._told = (step, step), step
        low, high = self._ours or (step, step)
        strayed = not low - NEAR_STEPS <= step <= high + NEAR_STEPS
        by_hand = strayed or seen.moved_by == "hand"
        if by_hand or self._told is None:
            self._told = step
        if by_hand or time.monotonic() >= self._fade_ends_s:
            self._ours = min(step, self._told), max(step, self._told)
        self._by_hand = self._by_hand or by_hand
        return by_hand

    async def _glance(self) -> int | None:
        """Where it stands, for a stop: None where that is not needed, or not known at once."""
        if self._seen is not None and self._seen.fades:
            return None
        try:
            async with asyncio.timeout(GLANCE_S):
                await self._look()
        except (TimeoutError, OutputUnavailableError):
            return None
        return self._seen.step if self._seen is not None else None

    async def _agrees(self, goal: int) -> bool:
        """Look at what came of a command. A device that is slow to say so is nobody's doing."""
        seen = await self._read()
        agreed = abs(seen.step - goal) <= NEAR_STEPS and (seen.step > 0) == (goal > 0)
        if agreed:
            self._status = "confirmed"
        over = time.monotonic() >= self._fade_ends_s
        if agreed and over:
            self._ours = seen.step, seen.step
        elif self._ours is not None:
            self._ours = min(self._ours[0], seen.step), max(self._ours[1], seen.step)
        return agreed

    async def _read(self) -> Seen:
        """Only what a device says of itself is an answer: a hub may hear for a dead lamp."""
        self._seen = await self.driver.read()
        self._answered()
        return self._seen

    def _goal(self, wish: Wish) -> int:
        """The step for a wish; a device that knows only on and off stays off until full."""
        step = self._step_for(min(wish.target, self._most()))
        if self._seen is not None and not self._seen.dims and step < self.driver.steps:
            return 0
        return step

    def _too_bright_for(self, wish: Wish, goal: int) -> str:
        if wish.target <= 0.0 or goal > 0:
            return ""
        if self.output.kind == "sound":
            return f"It stays silent: its quietest may be louder than {wish.target:g} dBA."
        return f"It stays dark: its dimmest may be brighter than {wish.target:g} lx mEDI."

    # --- Answers and silence -----------------------------------------------------------------

    def _answered(self) -> None:
        self._failures = 0
        with self._fault_lock:
            self._fault, self._fault_is_news = None, False

    def _failed(self, fault: Fault) -> None:
        self._failures += 1
        with self._fault_lock:
            self._fault_is_news = self._fault_is_news or self._fault is None
            self._fault = fault

    def _surprise(self, error: Exception) -> Fault:
        return Fault(
            found=f"The {NOUNS[self.output.kind]} says what nobody understands "
            f"({type(error).__name__}). The story goes on.",
            place=Place(self.driver.where),
            expected="an answer as its documents promise",
            mend="see that its software is up to date; if it is, this is worth reporting",
        )
