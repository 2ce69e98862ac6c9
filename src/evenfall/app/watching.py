"""The watch for distress in a night that is made ready: whose usual it is held against, and when.

From lights-out to the dawn, since before and after everyone moves about. What is usual for someone
comes of their own earlier nights by the same kind of device, and of nothing else.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.formats.errors import EvenfallError
from evenfall.plan.age import sure_years
from evenfall.records.night import Emergency, TimedEvent
from evenfall.records.plan import MemberPlan
from evenfall.records.recording import CountsUnit, NightWindow, Recording
from evenfall.rehearse.recordings import simulated_recording
from evenfall.rehearse.sleeper import SleeperProfile, simulate_sleeper
from evenfall.runtime.watching import NOTICED_BY
from evenfall.sense.distress import Felt, Usual, is_alike, night_felt, suspected_at, usual

GUEST = "guest"
"""Whose recordings are anyone's: nothing is usual for a guest."""

EARLIER_NIGHTS = 5
"""A simulated sleeper has as many nights behind them (own choice): enough to be known by."""


class Slept(NamedTuple):
    """An earlier night of someone: what was recorded, and the part of it that was their night."""

    recording: Recording
    window: NightWindow


def suspicions(
    night: Sequence[Felt], known: Usual | None, *, sleeper: int, first_beat: int, beats: int
) -> tuple[TimedEvent, ...]:
    """What the watch says of one sleeper's night, as it would say it while it runs.

    Args:
        night: the epochs that are watched, in order.
        known: what is usual for them.
        sleeper: their place in the room.
        first_beat: the beat of the first of these epochs.
        beats: how long the room's night is; what comes later is nobody's.
    """
    # An epoch is known when it is over, which is when the next beat begins.
    at = (first_beat + epoch + 1 for epoch in suspected_at(known, night))
    event = Emergency("distress", sleeper, NOTICED_BY)
    return tuple(TimedEvent(beat, event) for beat in at if 0 <= beat < beats)


def usual_before(recording: Recording, earlier: Iterable[Slept], age_years: float) -> Usual | None:
    """What is usual for someone, as a recording's own kind of device had it on earlier nights."""
    alike = [one for one in earlier if is_alike(one.recording, recording)]
    return usual([night_felt(one.recording, one.window, age_years) for one in alike])


def simulated_before(
    profile: SleeperProfile,
    seed: int,
    start: datetime,
    bed: NightWindow,
    beats: int,
) -> tuple[Slept, ...]:
    """A simulated sleeper's earlier nights: the same person, nothing happening, other draws.

    Args:
        profile: who, and what they do tonight, which they did not on the nights before.
        seed: tonight's.
        start: when beat 0 is.
        bed: the part of the night that is watched.
        beats: the length of the night.
    """
    plain = SleeperProfile(
        member=profile.member,
        age_years=profile.age_years,
        settles_min=profile.settles_min,
        restlessness=profile.restlessness,
        has_sensor=profile.has_sensor,
    )
    nights = (
        simulate_sleeper(
            plain,
            (seed + 1) * 1_000 + before,
            lights_out_beat=bed.first_epoch,
            wake_beat=bed.last_epoch,
            beats=beats,
        )
        for before in range(EARLIER_NIGHTS)
    )
    return tuple(Slept(simulated_recording(one, start, "an earlier night"), bed) for one in nights)


def kept_nights(
    log: SqliteNightLog, library: SqliteLibrary, member: str, before: str
) -> tuple[Slept, ...]:
    """Someone's real nights that this home has kept, before a date, the earliest first.

    Raises:
        LogUnavailableError: what is kept cannot be read.
    """
    found: dict[str, Slept] = {}
    if member == GUEST:
        return ()
    for night in sorted(log.nights(), key=lambda one: one.night):
        key = f"{night.id}/{member}"
        if night.simulated or night.night >= before or member not in night.sleepers:
            continue
        recording, window = library.get(key, Recording), library.get(key, NightWindow)
        if recording is not None and window is not None and not recording.simulated:
            found[f"{recording.id}/{window.first_epoch}"] = Slept(recording, window)
    return tuple(found.values())


def known_at(
    log: SqliteNightLog, library: SqliteLibrary, sleepers: Sequence[MemberPlan], before: str
) -> Callable[[int, CountsUnit], Usual | None]:
    """What is usual for a room's sleepers, looked up when something first measures one of them."""

    def known(sleeper: int, unit: CountsUnit) -> Usual | None:
        one = sleepers[sleeper]
        try:
            kept = kept_nights(log, library, one.member, before)
        except EvenfallError:
            return None  # nobody knows, and the night goes on
        age_years = sure_years(one.age_months)
        alike = [night for night in kept if night.recording.counts_unit == unit]
        return usual([night_felt(*night, age_years) for night in alike])

    return known
