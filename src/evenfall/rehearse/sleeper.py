"""One simulated sleeper for one night: stages, a wrist's counts, and what they do to the house.

This first sleeper is made to exercise every path of a night, plausibly and the same for every
run of a seed. What it does not match, so that nobody fits a model to it:
- it is not fitted to the published spread: averages by age are roughly right, standard
  deviations between people and between nights are not modelled at all;
- sleep latency counts to the first epoch asleep, where its source counts to stage 2;
- REM latency is about a cycle less its REM at every age, and the first cycle is never skipped;
- awakenings have one law for all ages, and the body clock, naps, light, sound and the night
  before change nothing;
- movements are independent from epoch to epoch, so still and restless spells do not cluster;
- under 2 years there are no stages at all, only movement, with an older child's pattern.
Everything made from it is to be marked simulated wherever it is shown.
"""

import math
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from evenfall.records.base import Id, Record
from evenfall.records.night import (
    WAKE,
    AnyEvent,
    No,
    Pause,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    TimedEvent,
    Touch,
)
from evenfall.records.programme import BEAT_S
from evenfall.records.recording import Stage
from evenfall.rehearse.architecture import Codes, sleep_codes, wake_spell
from evenfall.rehearse.chance import Chance
from evenfall.rehearse.movement import frightened_counts, wrist_counts
from evenfall.rehearse.norms import YOUNGEST_STAGED_YEARS, norms_for

# No wearable under 12 months (the project's rule for care), so nothing measures them.
_YOUNGEST_WITH_SENSOR_YEARS = 1.0
# The rest is this project's own choice.
_LATENCY_SIGMA = 0.6
_WAKES_EARLY_MIN, _WAKE_SD_MIN = 3.0, 8.0
_AFTER_ACT_BEATS = (8, 30)  # how long someone who reached for the page lies awake, from and to

_STAGE_BY_CODE: tuple[Stage | None, ...] = (None, "W", "N1", "N2", "N3", "R", "S")


class SleeperProfile(Record, frozen=True, kw_only=True):
    """Someone to simulate: how they sleep, and what they do tonight, in beats of the night."""

    member: Annotated[Id, Meta(description="whose profile it is")]
    age_years: Annotated[float, Meta(description="their age", ge=0, le=120)]
    settles_min: Annotated[float, Meta(description="average time to fall asleep", gt=0)]
    restlessness: Annotated[
        float, Meta(description="1 is usual; 2 is twice the time awake and the movement", ge=0)
    ] = 1.0
    has_sensor: Annotated[bool, Meta(description="false where nothing measures them")] = True
    touch_beats: Annotated[
        tuple[int, ...], Meta(description="when they touch the bedside page")
    ] = ()
    says_no_beat: Annotated[int | None, Meta(description="when they say no, if they do")] = None
    frights: Annotated[
        tuple[tuple[int, int], ...],
        Meta(description="when they are frightened in their sleep: from a beat, up to a beat"),
    ] = ()
    stops_beat: Annotated[int | None, Meta(description="when they stop it, if they do")] = None
    pauses: Annotated[
        tuple[tuple[int, int | None], ...],
        Meta(description="when they pause it and when they resume; none is never"),
    ] = ()
    sensor_gaps: Annotated[
        tuple[tuple[int, int], ...],
        Meta(description="when their sensor is away: from a beat, up to a beat"),
    ] = ()


class SimulatedSleeper(Record, frozen=True, kw_only=True):
    """One person's simulated night."""

    profile: Annotated[SleeperProfile, Meta(description="who was simulated")]
    seed: Annotated[int, Meta(description="the seed that gives this night again")]
    stages: Annotated[
        tuple[Stage | None, ...], Meta(description="the true stage of each beat; none under 2")
    ]
    counts: Annotated[
        tuple[float | None, ...],
        Meta(description="simulated wrist activity of each beat; none where no sensor was there"),
    ]
    events: Annotated[
        tuple[TimedEvent, ...], Meta(description="what they did and their sensor did, in order")
    ]


def typical(member: Id, age_years: float) -> SleeperProfile:
    """Someone of this age who does nothing out of the ordinary.

    Args:
        member: the member's short name.
        age_years: age in years.

    Example:
        >>> typical("noor", 4).settles_min
        24.8
    """
    return SleeperProfile(
        member=member,
        age_years=age_years,
        settles_min=norms_for(age_years).latency_min,
        has_sensor=age_years >= _YOUNGEST_WITH_SENSOR_YEARS,
    )


def simulate_sleeper(
    profile: SleeperProfile,
    seed: int,
    *,
    lights_out_beat: int,
    wake_beat: int,
    beats: int,
    sleeper: int = 0,
) -> SimulatedSleeper:
    """One night of one person.

    Args:
        profile: who, and what they do.
        seed: the same seed and profile give the same night.
        lights_out_beat: the beat of lights out.
        wake_beat: the beat of the planned wake; they wake for good about then.
        beats: the length of the night; stages and counts have exactly this many.
        sleeper: their place in the room, the youngest first, as events name them.

    Raises:
        EvenfallError: the seed is below 0.
        ValueError: not 0 ≤ lights_out_beat ≤ wake_beat ≤ beats.

    Example:
        >>> night = simulate_sleeper(
        ...     typical("noor", 4), 7, lights_out_beat=60, wake_beat=1180, beats=1200)
        >>> len(night.stages), night.stages[0], night.stages[300]
        (1200, 'W', 'N2')
    """
    if not 0 <= lights_out_beat <= wake_beat <= beats:
        raise ValueError(f"not in order: 0, {lights_out_beat}, {wake_beat}, {beats}")
    chance = Chance(seed)
    measured = _measured(profile, beats)
    events = _events(profile, measured, beats, sleeper)
    final_wake = _final_wake(profile, chance, lights_out_beat, wake_beat, beats)
    codes = _codes(profile, chance, lights_out_beat, final_wake, beats)
    _wake_for_acts(codes, events, chance, profile.member, final_wake)
    for first, last in profile.frights:
        wake_spell(codes, first, min(last, final_wake))  # to a wrist it looks like waking
    counts = wrist_counts(
        codes, slice(lights_out_beat, final_wake), profile.restlessness, chance, profile.member
    )
    for first, last in profile.frights:
        counts[first:last] = frightened_counts(counts[first:last].size, chance, profile.member)
    return SimulatedSleeper(
        profile=profile,
        seed=seed,
        stages=_stages(profile, codes),
        counts=tuple(
            count if there else None
            for count, there in zip(counts.tolist(), measured.tolist(), strict=True)
        ),
        events=events,
    )


def _final_wake(
    profile: SleeperProfile, chance: Chance, lights_out_beat: int, wake_beat: int, beats: int
) -> int:
    late_min = chance.stream(f"{profile.member}/wake").normal(-_WAKES_EARLY_MIN, _WAKE_SD_MIN)
    drawn = wake_beat + round(late_min * 60 / BEAT_S)
    return min(max(drawn, lights_out_beat), beats)


def _codes(
    profile: SleeperProfile, chance: Chance, lights_out_beat: int, final_wake: int, beats: int
) -> Codes:
    middle_min = profile.settles_min * math.exp(-(_LATENCY_SIGMA**2) / 2)
    drawn_min = chance.stream(f"{profile.member}/latency").lognormal(
        math.log(middle_min), _LATENCY_SIGMA
    )
    onset = min(lights_out_beat + max(1, round(drawn_min * 60 / BEAT_S)), final_wake)
    codes = np.full(beats, WAKE, dtype=np.int64)
    codes[onset:final_wake] = sleep_codes(
        norms_for(profile.age_years),
        final_wake - onset,
        profile.restlessness,
        chance,
        profile.member,
    )
    return codes


def _wake_for_acts(
    codes: Codes, events: tuple[TimedEvent, ...], chance: Chance, member: str, final_wake: int
) -> None:
    """Nobody reaches for the page in their sleep: wake them for what they do."""
    for timed in events:
        if isinstance(timed.event, SensorLost | SensorReturned):
            continue
        # A stream for each act, so that one more touch leaves the others' wakings as they were.
        awake = chance.stream(f"{member}/after/{timed.beat}").integers(*_AFTER_ACT_BEATS)
        wake_spell(codes, max(0, timed.beat - 1), min(timed.beat + int(awake), final_wake))


def _stages(profile: SleeperProfile, codes: Codes) -> tuple[Stage | None, ...]:
    if profile.age_years < YOUNGEST_STAGED_YEARS:
        return (None,) * codes.size
    return tuple(_STAGE_BY_CODE[code] for code in codes.tolist())


def _measured(profile: SleeperProfile, beats: int) -> NDArray[np.bool_]:
    measured = np.full(beats, profile.has_sensor)
    for first, last in profile.sensor_gaps:
        measured[max(0, first) : max(0, last)] = False
    return measured


def _events(
    profile: SleeperProfile, measured: NDArray[np.bool_], beats: int, sleeper: int
) -> tuple[TimedEvent, ...]:
    """What they do and what their sensor does; a beat outside the night is left out."""
    drawn: list[tuple[int | None, AnyEvent]] = [*_sensor_events(profile, measured, sleeper)]
    drawn += [(beat, Touch(sleeper=sleeper)) for beat in profile.touch_beats]
    for paused_beat, resumed_beat in profile.pauses:
        drawn += [(paused_beat, Pause()), (resumed_beat, Resume())]
    drawn.append((profile.says_no_beat, No(sleeper=sleeper)))
    drawn.append((profile.stops_beat, Stop(by=profile.member)))
    inside = [
        TimedEvent(beat=beat, event=event)
        for beat, event in drawn
        if beat is not None and 0 <= beat < beats
    ]
    return tuple(sorted(inside, key=lambda timed: timed.beat))


def _sensor_events(
    profile: SleeperProfile, measured: NDArray[np.bool_], sleeper: int
) -> list[tuple[int | None, AnyEvent]]:
    """Lost where it goes and returned where it comes back; one never there is not lost."""
    if not profile.has_sensor:
        return []
    before = np.concatenate(([True], measured[:-1]))
    lost: list[tuple[int | None, AnyEvent]] = [
        (int(beat), SensorLost(sleeper=sleeper)) for beat in np.flatnonzero(before & ~measured)
    ]
    returned: list[tuple[int | None, AnyEvent]] = [
        (int(beat), SensorReturned(sleeper=sleeper)) for beat in np.flatnonzero(~before & measured)
    ]
    return lost + returned
