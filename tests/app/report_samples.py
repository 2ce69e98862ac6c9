"""Plainly fictional households for the tests of the report, built by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evenfall.records.insight import Insight, MemberMorning, Moment, Morning, Statistic
from evenfall.records.plan import MemberPlan, Plan, Reason, RoomEvening
from evenfall.records.recording import Agreement, Hypnogram, MovementTrack, Stage

LISBON = ZoneInfo("Europe/Lisbon")
HOSTILE = "<script>alert('x')</script> & \"نور\" 🌙\x00"


def at(day: int, hour: int, minute: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LISBON)


def stages(*parts: tuple[Stage | None, float], epoch_s: float = 30) -> tuple[Stage | None, ...]:
    """Stages from (stage, minutes) pairs."""
    return tuple(stage for stage, minutes in parts for _ in range(round(minutes * 60 / epoch_s)))


def cycle(*, rem: float, deep: float) -> list[tuple[Stage | None, float]]:
    return [("N1", 4), ("N2", 22), ("N3", deep), ("N2", 14), ("R", rem), ("W", 1.5)]


WHOLE_NIGHT: tuple[tuple[Stage | None, float], ...] = (
    ("W", 17),
    *cycle(rem=9, deep=38),
    *cycle(rem=17, deep=27),
    *cycle(rem=24, deep=11),
    (None, 4),
    *cycle(rem=33, deep=3),
    *cycle(rem=28, deep=2),
    ("N2", 37),
    ("R", 9),
    ("W", 6),
)


def plain_sleep(
    parts: Sequence[tuple[Stage | None, float]],
) -> tuple[tuple[Stage | None, float], ...]:
    return tuple((stage if stage in {"W", None} else "S", minutes) for stage, minutes in parts)


def member_plan(
    member: str,
    name: str,
    times: tuple[datetime, datetime, datetime],
    age_months: int = 12 * 38,
) -> MemberPlan:
    return MemberPlan(
        member=member,
        name=name,
        room="nest",
        age_months=age_months,
        wind_down=times[0],
        lights_out=times[1],
        wake=times[2],
        sleep_need_h=8.0,
        sleep_need_low_h=7.0,
        sleep_need_high_h=9.0,
        nap_h=0.0,
        expected_efficiency=0.87,
        teller="ana" if age_months < 216 else None,
        binding="school-starts",
        reasons=(
            Reason(
                rule="school-starts",
                text="School starts at 08:30, and getting there takes an hour and a half.",
                source="the household",
            ),
            Reason(
                rule="need-by-age",
                text="Most people of this age sleep between seven and nine hours.",
                source="Hirshkowitz 2015",
            ),
        ),
    )


def statistics() -> tuple[Statistic, ...]:
    how = "sleep and wake from wrist counts"
    return (
        Statistic(name="TIB", value=496, unit="min", words="time in bed", source="noted times"),
        Statistic(name="TST", value=461.5, unit="min", words="time asleep", source=how),
        Statistic(name="SOL", value=17, unit="min", words="time to fall asleep", source=how),
        Statistic(
            name="WASO", value=12.5, unit="min", words="time awake after falling asleep", source=how
        ),
        Statistic(
            name="SE", value=93.04, unit="%", words="share of the time in bed asleep", source=how
        ),
        Statistic(
            name="N3",
            value=None,
            unit="min",
            words="time in deep sleep",
            source="a wrist sensor cannot tell stages",
        ),
    )


ANA = MemberMorning(
    member="ana",
    name="Ana",
    plan=member_plan("ana", "Ana", (at(20, 21, 50), at(20, 22, 30), at(21, 6, 45))),
    wind_down_actual=at(20, 21, 52),
    lights_out_actual=at(20, 22, 47),
    wake_actual=at(21, 6, 43),
    measured="a wrist sensor's counts, staged as sleep or wake",
    hypnogram=Hypnogram(
        start=at(20, 22, 30),
        epoch_s=30,
        stages=stages(("W", 9), *plain_sleep(WHOLE_NIGHT)),
        source="Cole-Kripke (Cole 1992, Sleep 15:461) on the wrist sensor's counts",
    ),
    reference=Hypnogram(
        start=at(20, 22, 30),
        epoch_s=30,
        stages=stages(("W", 14), *WHOLE_NIGHT),
        source="the simulated sleeper's own stages",
    ),
    statistics=statistics(),
    agreement=Agreement(
        epochs=948,
        accuracy=0.913,
        sensitivity=0.96,
        specificity=0.48,
        kappa=None,
        reference="the simulated sleeper's own stages",
    ),
    insights=(
        Insight(
            member="ana",
            night="2026-11-20",
            about="sleep-latency",
            value_min=18,
            doubt_min=9,
            nights=4,
            source="sleep and wake from wrist counts",
            simulated=True,
        ),
        Insight(
            member="ana",
            night="2026-11-20",
            about="wake-time",
            value_min=1123,
            doubt_min=25,
            nights=4,
            source="noted times",
            simulated=True,
        ),
    ),
)

_STIRS = (2, 14, 61, 1, 44, 0.5, 70, 2, 38, 9, 90, 4, 55, 1, 120, 6, 98, 9)
NOOR = MemberMorning(
    member="noor",
    name="Noor",
    plan=member_plan("noor", "Noor", (at(20, 19, 20), at(20, 20, 0), at(21, 7, 0)), 12 * 6),
    wind_down_actual=at(20, 19, 24),
    lights_out_actual=at(20, 20, 31),
    wake_actual=None,
    measured="a wrist sensor, still or moving only",
    movement=MovementTrack(
        start=at(20, 20, 30),
        epoch_s=30,
        moving=tuple(
            (None if i == 9 else i % 2 == 1)
            for i, minutes in enumerate(_STIRS)
            for _ in range(round(minutes * 2))
        ),
        source="wrist counts above the still level",
    ),
    statistics=(
        Statistic(name="TIB", value=None, unit="min", words="time in bed", source="no wake noted"),
    ),
)

IVO = MemberMorning(
    member="ivo",
    name="Ivo",
    plan=member_plan("ivo", "Ivo", (at(20, 22, 0), at(20, 22, 45), at(21, 7, 30))),
    wind_down_actual=None,
    lights_out_actual=None,
    wake_actual=None,
    measured="not measured",
    statistics=(
        Statistic(
            name="TST",
            value=None,
            unit="min",
            words="time asleep",
            source="no sensor was there",
        ),
    ),
)

MORNING = Morning(
    night="2026-11-20",
    night_id="2026-11-20-nest",
    household="The Lantern House (an example)",
    room="The nest",
    kind="immersive",
    title="The lighthouse that hummed",
    simulated=True,
    source="simulated sleepers, seed 7",
    immersion_min=12.5,
    allowance_min=20,
    members=(NOOR, ANA, IVO),
    moments=(
        Moment(
            at=at(20, 19, 24),
            beat=0,
            what="The evening began",
            why="Someone touched Begin",
        ),
        Moment(
            at=at(20, 19, 46),
            beat=44,
            what="A breather: the real room, for two minutes",
            why="Immersion breathes every eight minutes, as the score says (line 31)",
        ),
        Moment(at=at(20, 20, 31), beat=134, what="Lights out", why=""),
        Moment(
            at=at(21, 2, 13),
            beat=818,
            what="A dim glow for four minutes",
            why="Someone touched the page; the glow answers a touch at night",
        ),
    ),
    notes=("The clock of the wrist sensor was two minutes slow; nothing was corrected.",),
)

REAL = Morning(
    night="2026-11-20",
    night_id="2026-11-20-attic",
    household="The Lantern House (an example)",
    room="The attic",
    kind="told",
    title="A told evening",
    simulated=False,
    source="no sensor",
    immersion_min=0,
    allowance_min=20,
    members=(IVO,),
    moments=(),
    notes=(),
)

PLAN = Plan(
    night="2026-11-20",
    zone="Europe/Lisbon",
    household="The Lantern House (an example)",
    members=(NOOR.plan, ANA.plan, IVO.plan),
    rooms=(
        RoomEvening(
            room="nest",
            sleepers=("noor",),
            kind="told",
            score="lighthouse",
            teller="ana",
            begins=at(20, 19, 40),
            reasons=(
                Reason(rule="kind", text="Noor chose a told evening.", source="the household"),
            ),
        ),
    ),
    conflicts=(
        Reason(
            rule="teller-elsewhere",
            text="Ana cannot tell two stories at once: Ivo’s begins ten minutes later.",
        ),
    ),
)

# The night of 24 to 25 October 2026: in Lisbon 02:00 becomes 01:00 again.
AUTUMN = MemberMorning(
    member="ana",
    name="Ana",
    plan=member_plan("ana", "Ana", (at(24, 22, 0, 10), at(24, 22, 30, 10), at(25, 6, 30, 10))),
    wind_down_actual=None,
    lights_out_actual=at(24, 22, 30, 10),
    wake_actual=at(25, 6, 30, 10),
    measured="a wrist sensor's counts, staged as sleep or wake",
    hypnogram=Hypnogram(
        start=at(24, 22, 30, 10),
        epoch_s=30,
        stages=stages(("W", 20), ("S", 519), ("W", 1)),
        source="Cole-Kripke 1992 on the wrist sensor's counts",
    ),
)
AUTUMN_MORNING = Morning(
    night="2026-10-24",
    night_id="2026-10-24-nest",
    household="The Lantern House (an example)",
    room="The nest",
    kind="told",
    title="A told evening",
    simulated=False,
    source="a wrist sensor",
    immersion_min=0,
    allowance_min=20,
    members=(AUTUMN,),
    moments=(),
    notes=(),
)
AUTUMN_PLAN = Plan(
    night="2026-10-24",
    zone="Europe/Lisbon",
    household="The Lantern House (an example)",
    members=(AUTUMN.plan,),
    rooms=(),
)


def later(member: MemberMorning, days: int) -> datetime:
    """The start of a recording filed under the wrong date."""
    return member.plan.lights_out + timedelta(days=days)
