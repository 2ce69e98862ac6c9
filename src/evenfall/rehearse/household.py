"""Several simulated sleepers in one room, and the scripted nights that try every path.

A room's night is what a runner needs: a stage code for each sleeper and beat, 0 where nothing
is known, and everyone's events in order. Lights out and dawn are the plan's, not added here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.base import Record
from evenfall.records.night import STAGE_CODES, UNKNOWN, TimedEvent
from evenfall.records.programme import BEAT_S
from evenfall.rehearse.sleeper import SimulatedSleeper, SleeperProfile, simulate_sleeper

Profiles = tuple[SleeperProfile, ...]

_BEATS_PER_MIN = 60 // BEAT_S


class Timetable(Record, frozen=True, kw_only=True):
    """When a room's night happens, in beats from wind-down."""

    start: Annotated[datetime, Meta(description="when beat 0 is, in the home's zone")]
    beats: Annotated[int, Meta(description="the length of the night", ge=1)]
    lights_out_beats: Annotated[
        tuple[int, ...], Meta(description="lights out of each sleeper", min_length=1)
    ]
    wake_beats: Annotated[
        tuple[int, ...], Meta(description="the planned wake of each sleeper", min_length=1)
    ]


class SimulatedRoom(Record, frozen=True, kw_only=True):
    """One room's simulated night."""

    sleepers: Annotated[
        tuple[SimulatedSleeper, ...], Meta(description="each sleeper's night, in the room's order")
    ]
    stage_codes: Annotated[
        tuple[tuple[int, ...], ...],
        Meta(description="for each beat, what the sensors say of each sleeper; 0 is unknown"),
    ]
    events: Annotated[
        tuple[TimedEvent, ...], Meta(description="everyone's events, in order of beats")
    ]


def simulate_room(profiles: Sequence[SleeperProfile], seed: int, when: Timetable) -> SimulatedRoom:
    """One night of everyone in a room, each with draws of their own.

    Args:
        profiles: the sleepers, the youngest first.
        seed: the same seed gives the same night.
        when: lights out and wake of each, in the same order.

    Raises:
        EvenfallError: the seed is below 0.
        ValueError: two sleepers have one name, or the timetable is not for these sleepers.
    """
    if len({profile.member for profile in profiles}) < len(profiles):
        raise ValueError("two sleepers have the same member id, and would have the same night")
    sleepers = tuple(
        simulate_sleeper(
            profile,
            seed,
            lights_out_beat=lights_out_beat,
            wake_beat=wake_beat,
            beats=when.beats,
            sleeper=place,
        )
        for place, (profile, lights_out_beat, wake_beat) in enumerate(
            zip(profiles, when.lights_out_beats, when.wake_beats, strict=True)
        )
    )
    events = (timed for sleeper in sleepers for timed in sleeper.events)
    return SimulatedRoom(
        sleepers=sleepers,
        stage_codes=tuple(zip(*map(_sensed_codes, sleepers), strict=True)),
        events=tuple(sorted(events, key=lambda timed: timed.beat)),
    )


def scripted_night(
    kind: str, profiles: Sequence[SleeperProfile], seed: int, when: Timetable
) -> SimulatedRoom:
    """A night in which one named thing happens.

    Args:
        kind: one of PRESETS.
        profiles: the sleepers, the youngest first; what the script needs is added to them.
        seed: the same seed gives the same night.
        when: lights out and wake of each.

    Raises:
        EvenfallError: there is no such kind, or the seed is below 0.
        ValueError: as in `simulate_room`.
    """
    if kind not in _SCRIPTS:
        raise EvenfallError(_no_such_kind(kind))
    return simulate_room(_SCRIPTS[kind].rewrite(tuple(profiles), when), seed, when)


def _sensed_codes(sleeper: SimulatedSleeper) -> tuple[int, ...]:
    return tuple(
        UNKNOWN if stage is None or count is None else STAGE_CODES[stage]
        for stage, count in zip(sleeper.stages, sleeper.counts, strict=True)
    )


def _no_such_kind(kind: str) -> Fault:
    near = get_close_matches(kind, PRESETS, n=1) or ["plain"]
    return Fault(
        f"no simulated night is called '{kind}'",
        Place(),
        f"one of {', '.join(PRESETS)}",
        f"write {near[0]}",
    )


# The scripts. When things happen in them is this project's own choice: in the middle of the
# evening, where a programme is running, and where sleep is deepest.


def _plain(profiles: Profiles, _when: Timetable) -> Profiles:
    return profiles


def _restless(profiles: Profiles, _when: Timetable) -> Profiles:
    return tuple(
        msgspec.structs.replace(
            profile, settles_min=profile.settles_min * 1.5, restlessness=profile.restlessness * 2.5
        )
        for profile in profiles
    )


def _a_no(profiles: Profiles, when: Timetable) -> Profiles:
    place = _youngest(profiles)
    return _with(profiles, place, says_no_beat=when.lights_out_beats[place] // 2)


def _two_am(profiles: Profiles, when: Timetable) -> Profiles:
    place = _youngest(profiles)
    return _with(profiles, place, touch_beats=(_two_am_beat(place, when),))


def _stopped(profiles: Profiles, when: Timetable) -> Profiles:
    place = _youngest(profiles)
    return _with(profiles, place, stops_beat=when.lights_out_beats[place] * 2 // 3)


def _sensor_lost(profiles: Profiles, when: Timetable) -> Profiles:
    """Away from the evening into the first sleep, and again for half an hour at night."""
    place = _youngest(profiles)
    lights_out_beat = when.lights_out_beats[place]
    night_beat = (lights_out_beat + when.wake_beats[place]) // 2
    evening_gap = (lights_out_beat // 2, lights_out_beat + 60 * _BEATS_PER_MIN)
    night_gap = (night_beat, night_beat + 30 * _BEATS_PER_MIN)
    return _with(profiles, place, sensor_gaps=(evening_gap, night_gap))


def _frightened(profiles: Profiles, when: Timetable) -> Profiles:
    """A quarter of an hour in the first deep sleep, where sleep terrors mostly are."""
    place = _youngest(profiles)
    lights_out_beat, wake_beat = when.lights_out_beats[place], when.wake_beats[place]
    first = min(lights_out_beat + 90 * _BEATS_PER_MIN, (lights_out_beat + wake_beat) // 2)
    return _with(profiles, place, frights=((first, first + 15 * _BEATS_PER_MIN),))


def _paused(profiles: Profiles, when: Timetable) -> Profiles:
    place = _youngest(profiles)
    beat = when.lights_out_beats[place] // 2
    return _with(profiles, place, pauses=((beat, beat + 5 * _BEATS_PER_MIN),))


def _left_paused(profiles: Profiles, when: Timetable) -> Profiles:
    place = _youngest(profiles)
    return _with(profiles, place, pauses=((when.lights_out_beats[place] // 2, None),))


class _Script(NamedTuple):
    about: str
    rewrite: Callable[[Profiles, Timetable], Profiles]


_SCRIPTS: Mapping[str, _Script] = {
    "plain": _Script("everyone sleeps as is usual at their age", _plain),
    "restless": _Script("everyone takes longer to settle and wakes more often", _restless),
    "a-no": _Script("the youngest says no in the evening; the machine's part ends", _a_no),
    "two-am": _Script("the youngest wakes at 2 a.m. and touches the bedside page", _two_am),
    "stopped": _Script("the youngest stops it for tonight, before lights out", _stopped),
    "sensor-lost": _Script("the youngest's sensor goes and comes back, twice", _sensor_lost),
    "frightened": _Script(
        "the youngest is frightened in the first deep sleep; heart and arms tell", _frightened
    ),
    "paused": _Script("the evening is paused for five minutes, then goes on", _paused),
    "left-paused": _Script("the evening is paused and nobody resumes it", _left_paused),
}

PRESETS: Mapping[str, str] = {name: script.about for name, script in _SCRIPTS.items()}
"""The scripted nights by name, with a line on each for `--help`."""


def _youngest(profiles: Profiles) -> int:
    return min(range(len(profiles)), key=lambda place: profiles[place].age_years)


def _with(profiles: Profiles, place: int, **script: object) -> Profiles:
    rewritten = msgspec.structs.replace(profiles[place], **script)
    return (*profiles[:place], rewritten, *profiles[place + 1 :])


def _two_am_beat(place: int, when: Timetable) -> int:
    """The beat of the first 2 a.m.; if the sleeper is not abed then, the middle of their night."""
    two_am = when.start.replace(hour=2, minute=0, second=0, microsecond=0)
    if two_am <= when.start:
        two_am += timedelta(days=1)
    beat = int((_utc(two_am) - _utc(when.start)).total_seconds()) // BEAT_S
    first, last = when.lights_out_beats[place], when.wake_beats[place]
    return beat if first < beat < last else (first + last) // 2


def _utc(at: datetime) -> datetime:
    """The same instant in UTC, so that a change of the clocks is counted; naive is as it is."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
