"""Rehearsed nights: the same from a seed, as the real hub and room keep them, and sharp-eyed."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from tests.architecture.barred import world_barred
from tests.support.nights import START, Kept
from tests.support.rehearsed import setting

from evenfall.adapters.clocks import VirtualClock
from evenfall.adapters.simulated import SimulatedOutputs
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.play.fold import digest, event_of
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.night import (
    AnyEvent,
    Beat,
    BeatsMissed,
    Pause,
    SensorLost,
    SensorReturned,
    Stop,
    Touch,
)
from evenfall.records.output import Refusal
from evenfall.records.programme import Setpoint
from evenfall.rehearse.chance import Chance
from evenfall.rehearse.nights import run as run_module
from evenfall.rehearse.nights.faults import FAULTS, draw_happenings, faults_named
from evenfall.rehearse.nights.hub import Hub, Row, is_own
from evenfall.rehearse.nights.room import Device, Room
from evenfall.rehearse.nights.run import NightRun, night_seed, run_night
from evenfall.rehearse.nights.summary import rehearse_nights, summed_up
from evenfall.rehearse.nights.tally import NightResult, judge, story
from evenfall.runtime.room import RoomKeeper

ALL = tuple(FAULTS)
PEOPLE = ("stop", "no", "override", "call", "distress", "touch", "voice", "pause")


def first_with(kind: str, tries: int = 60) -> NightRun:
    """The first night in which one kind happens, and nothing else can."""
    for night in range(1, tries + 1):
        run = run_night(setting(), night_seed(7, night), (kind,))
        if run.happenings:
            return run
    raise AssertionError(f"{kind} never happened in {tries} nights")


# --- From a seed ---------------------------------------------------------------------------------


@pytest.mark.safety("H-80")
def test_a_night_is_the_same_whenever_and_with_whomever_it_is_run() -> None:
    whole = rehearse_nights(setting(), 7, ALL, 1, 12)
    parts = rehearse_nights(setting(), 7, ALL, 1, 5) + rehearse_nights(setting(), 7, ALL, 6, 12)
    assert msgspec.json.encode(whole) == msgspec.json.encode(parts)
    worst = summed_up(setting(), 7, ALL, whole).worst_night
    again = judge(run_night(setting(), night_seed(7, worst), ALL), worst)
    assert again == whole[worst - 1]
    assert whole != rehearse_nights(setting(), 8, ALL, 1, 12)


def test_a_rehearsal_needs_no_world() -> None:
    one = setting("tidepool")
    rehearse_nights(one, 7, (), 1, 1)  # whatever is imported late
    with world_barred():
        results = rehearse_nights(one, 7, ALL, 1, 2)
        summary = summed_up(one, 7, ALL, results)
    assert summary.nights == 2


def test_one_more_kind_of_fault_leaves_the_others_where_they_were() -> None:
    def drawn(kinds: Sequence[str]) -> set[object]:
        return set(draw_happenings(Chance(11), kinds, evening_s=3e3, night_s=4e4, sleepers=2))

    some = ("stop", "touch", "hub-killed")
    assert drawn(some) <= drawn(ALL)
    assert {one.kind for one in drawn(ALL) if one in drawn(some)} <= set(some)  # type: ignore[attr-defined]


def test_with_no_faults_nothing_happens_and_the_night_is_whole() -> None:
    for result in rehearse_nights(setting(), 7, (), 1, 6):
        assert (result.happenings, result.violations, result.hub_starts) == ((), (), 0)
        assert result.breathers_kept == result.breathers_due
        assert result.stop_s is None


@pytest.mark.parametrize("kind", ALL)
def test_every_fault_has_its_effect(kind: str) -> None:
    with_it, one = first_with(kind), first_with(kind).happenings[0]
    without = run_night(setting(), with_it.seed, ())
    assert without.happenings == ()
    told = [taken.event for taken in with_it.taken] != [taken.event for taken in without.taken]
    shown = [(device.at_s, device.levels) for device in (with_it.lamp, with_it.page_light)] != [
        (device.at_s, device.levels) for device in (without.lamp, without.page_light)
    ]
    if kind == "clock-stepped":  # the night goes by its own time: only its log says otherwise
        told = [row.wall_s for row in with_it.log] != [row.wall_s for row in without.log]
    assert told or shown, one


def test_each_fault_does_what_it_says() -> None:
    lost = [taken.event for taken in first_with("sensor-lost").taken]
    assert any(isinstance(event, SensorLost) for event in lost)
    killed = first_with("hub-killed")
    (gone,) = killed.away["hub"]
    assert not any(gone[0] < taken.at_s < gone[1] for taken in killed.taken)
    offline = first_with("lamp-offline")
    (first_s, last_s) = offline.away["lamp"][0]
    levels = {offline.lamp.level(at_s) for at_s in range(int(first_s) + 1, int(last_s))}
    assert len(levels) <= 1
    cut = first_with("network-cut")
    first_s, last_s = cut.away["network"][0]
    if last_s - first_s > 16:
        assert cut.page_sound.level(first_s + 15.5) == 0.0
    stepped = first_with("clock-stepped")
    assert stepped.clock_steps[0][1] == stepped.happenings[0].how != 0


@pytest.mark.parametrize("text", ["stopp", "", "none, all", "stop,naps"])
def test_a_fault_nobody_knows_is_told_with_its_mend(text: str) -> None:
    with pytest.raises(EvenfallError) as refused:
        faults_named(text)
    assert "--faults" in str(refused.value)
    assert faults_named("none") == () and faults_named(" all ") == ALL


def test_the_built_in_evenings_break_no_rule() -> None:
    for score in ("lamp-and-page", "tidepool", "lighthouse", "two-boats"):
        found = [one for one in rehearse_nights(setting(score), 45, ALL, 1, 25) if one.violations]
        assert found == [], score


# --- As the real ones keep it --------------------------------------------------------------------


class Told(SimulatedOutputs):
    """Outputs that remember what they were told, and do not always answer."""

    answers = True

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Remember it, and say so where nobody is there."""
        super().apply(output, target, ramp_s, what)
        if output == "light" and not self.answers:
            raise OutputUnavailableError(Fault("no answer", Place(), "one", "look at the lamp"))


POINTS = st.builds(
    Setpoint,
    st.just("light"),
    st.sampled_from([0.0, 0.3, 0.8, 1.0, 5.0, 80.0]),
    st.sampled_from([0.0, 3.0, 60.0, 200.0]),
    st.sampled_from([30.0, 75.0]),
)
Asked = tuple[Setpoint, int, int]
ASKED = st.tuples(POINTS, st.integers(0, 2), st.integers(1, 4))
CLAIMS = st.lists(st.tuples(st.floats(0.5, 90.0), st.one_of(st.none(), ASKED)), max_size=12)


@tuned(max_examples=150, deadline=None)
@given(CLAIMS)
def test_the_room_is_the_real_rooms_twin(claims: list[tuple[float, Asked | None]]) -> None:
    """Claims, renewals of the very same tuple, and lapses: told the same, at the same levels."""
    programme = setting().programme
    outputs, told = Told(), list[tuple[str, float, float]]()

    def tell(output: str, target: float, ramp_s: float, now_s: float) -> bool:
        told.append((output, target, ramp_s))
        return outputs.answers or output != "light"

    real = RoomKeeper(programme.limits, programme.safe, outputs)
    room = Room(programme.limits, programme.safe, tell)
    now_s = 0.0
    for wait_s, asked in claims:
        if asked is None:
            now_s += wait_s
            outputs.answers = not outputs.answers
            real.tick(now_s)
            room.tick(now_s)
            continue
        point, phase, times = asked
        points = (point, Setpoint("sound", 0.0, 3.0, 75.0))
        for _ in range(times):
            now_s += min(wait_s, 29.0)
            real.tick(now_s)
            if room.lapses_s < now_s:
                room.tick(now_s)
            theirs: tuple[Refusal, ...] = real.claim("night", points, phase, now_s)
            ours = room.claim(points, phase, now_s)
            if ours or theirs:
                assert ours == theirs
            assert room.level("light", now_s) == real.level("light", now_s)
            assert room.unavailable == real.unavailable
    assert told == [(one.output, one.target, one.ramp_s) for one in outputs.applied]


@cache
def killed_nights() -> tuple[NightRun, ...]:
    """Nights in which the hub dies between two events, and people do things."""
    found = []
    for night in range(1, 200):
        kinds = (*PEOPLE, "hub-killed")
        run = run_night(setting(), night_seed(7, night), kinds)
        killed = [one for one in run.happenings if one.kind == "hub-killed"]
        if "hub" in run.away and killed[0].how == 0 and len(run.happenings) > 2:
            found.append(run)
        if len(found) == 5:
            return tuple(found)
    raise AssertionError("no such nights")


@pytest.mark.safety("H-80")
@pytest.mark.parametrize("place", range(5))
def test_the_hub_is_the_real_runners_twin(place: int, tmp_path: Path) -> None:
    """The same people, the same kills: row by row what `NightRunner` writes in a real database."""
    run = killed_nights()[place]
    log = SqliteNightLog(tmp_path / "evenfall.db")
    kept = Kept(log, VirtualClock(START, "0"), run.setting.programme, batch_rows=64)
    kept.runner.start()
    boots = [one.reboots for one in run.happenings if one.kind == "hub-killed"]
    back = [last_s for _, last_s in run.away.get("hub", ())]
    for taken in run.taken:
        while back and back[0] <= taken.at_s:
            clock = VirtualClock(START, str(int(boots.pop(0))))
            clock.move_to(START + timedelta(seconds=back.pop(0)))
            kept.runner._commit()
            kept = Kept(log, clock, run.setting.programme, batch_rows=64)
            kept.runner.start()
        if is_own(taken.event):
            continue
        kept.clock.move_to(START + timedelta(seconds=taken.at_s))
        kept.room.tick(kept.clock.monotonic_s())
        kept.runner.handle(int(taken.at_s // 30), taken.event)
    kept.runner.finish()
    rows = log.rows("2026-11-20-nest-1")
    log.close()
    theirs = [(row.seq, row.beat, event_of(row), row.digest) for row in rows]
    assert theirs == [(row.seq, row.beat, row.event, digest(row.state)) for row in run.log]


def test_the_twins_nights_had_gaps_and_restarts_in_them() -> None:
    events = [row.event for run in killed_nights() for row in run.log]
    assert any(isinstance(event, BeatsMissed) for event in events)
    assert any(isinstance(event, Stop | Pause) for event in events)


# --- A planted bug is seen -----------------------------------------------------------------------


class NeverLapses(Room):
    """A room whose leases hold for ever."""

    lapses_s = float("inf")

    def tick(self, now_s: float) -> None:
        """Nothing is ever over."""

    def claim(self, setpoints: Sequence[Setpoint], phase: int, now_s: float) -> tuple[Refusal, ...]:
        long = [msgspec.structs.replace(point, lease_s=75.0) for point in setpoints]
        return super().claim(long, phase, now_s)


class TooMuch(Room):
    """A room that tells its outputs more than was granted."""

    def __init__(self, limits: object, safe: object, tell: object) -> None:
        def louder(output: str, target: float, ramp_s: float, now_s: float) -> bool:
            return tell(output, target * 1.4, ramp_s, now_s)  # type: ignore[operator,no-any-return]

        super().__init__(limits, safe, louder)  # type: ignore[arg-type]


class WritesTwice(Hub):
    """A hub that writes a touch twice."""

    def write(self, row: Row) -> None:
        super().write(row)
        if isinstance(row.event, Touch):
            super().write(row)


class ForgetsRows(Hub):
    """A hub that loses a row."""

    def write(self, row: Row) -> None:
        if not isinstance(row.event, Touch):
            super().write(row)


class DeafToStop(Hub):
    """A hub that hears a stop and does nothing."""

    def ask(self, event: AnyEvent) -> None:
        if not isinstance(event, Stop):
            super().ask(event)


class NeverBreathes(Hub):
    """A hub that runs a programme from which the breathers were taken."""

    def take(self, beat: int, event: AnyEvent) -> None:
        scenes = tuple(
            msgspec.structs.replace(scene, breather_every_beats=0, stay_max_beats=60)
            if scene.kind == "immerse"
            else scene
            for scene in self.programme.scenes
        )
        self.programme = msgspec.structs.replace(self.programme, scenes=scenes)
        super().take(beat, event)


class Hangs(Hub):
    """A hub that does nothing for five minutes of every twenty."""

    @property
    def due_s(self) -> float:
        due_s = super().due_s
        return max(due_s, due_s // 1200 * 1200 + 300) if due_s != float("inf") else due_s


class NeverNoticesAGap(Hangs):
    """A hub that hangs and goes on as though nothing had been."""

    def take(self, beat: int, event: AnyEvent) -> None:
        if not isinstance(event, BeatsMissed):
            super().take(beat, event)


BUGS: list[tuple[str, tuple[str, ...], type[Room], type[Hub]]] = [
    ("lease outlived", (), NeverLapses, Hangs),
    ("light limit", (), TooMuch, Hub),
    ("log", ("touch",), Room, WritesTwice),
    ("log", ("touch",), Room, ForgetsRows),
    ("stop", ("stop",), Room, DeafToStop),
    ("immersion", (), Room, NeverBreathes),
    ("gap", (), Room, NeverNoticesAGap),
]


def broken(
    rule: str, kinds: tuple[str, ...], room: type[Room], hub: type[Hub], nights: int = 60
) -> NightResult | None:
    """The first night that breaks a rule."""
    for night in range(1, nights + 1):
        run = run_night(setting(), night_seed(7, night), kinds, make_room=room, make_hub=hub)
        result = judge(run, night)
        if rule in {one.rule for one in result.violations}:
            return result
    return None


@pytest.mark.safety("H-80")
@pytest.mark.parametrize(("rule", "kinds", "room", "hub"), BUGS, ids=lambda one: str(one)[-24:])
def test_a_planted_bug_is_seen(
    rule: str, kinds: tuple[str, ...], room: type[Room], hub: type[Hub]
) -> None:
    found = broken(rule, kinds, room, hub)
    assert found is not None
    assert judge(run_night(setting(), found.seed, kinds), 1).violations == ()


@pytest.mark.safety("H-80")
def test_a_lamp_that_nothing_watches_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "WATCH_SILENT_S", 1e9)
    found = broken("lease outlived", ("guard-killed", "network-cut"), Room, Hub)
    assert found is not None
    assert any("the lamp outlives guard and line" in one.what for one in found.violations)


# --- Telling -------------------------------------------------------------------------------------


def test_a_story_names_what_went_wrong_and_what_was_made_of_it() -> None:
    run = first_with("stop")
    told = story(run, judge(run, 1).violations)
    assert [one.at_s for one in told] == sorted(one.at_s for one in told)
    said = " / ".join(one.what for one in told)
    assert "somebody stops it for the night" in said
    assert "someone stopped it" in said


def test_a_device_goes_in_straight_lines() -> None:
    device = Device(0.0)
    device.move(10.0, 10.0, 5.0)
    device.move(0.0, 5.0, 10.0)
    levels = [device.level(at_s) for at_s in (0.0, 5.0, 7.5, 10.0, 12.5, 15.0, 99.0)]
    assert levels == [0.0, 0.0, 2.5, 5.0, 2.5, 0.0, 0.0]
    assert all(first < second for first, second in pairwise(device.at_s))


def test_sensors_that_lie_say_it_and_those_that_are_gone_say_nothing() -> None:
    lying, frozen = first_with("sensor-lying"), first_with("sensor-frozen")
    for run in (lying, frozen):
        truth = list(zip(*run.stages, strict=True))
        said = {row.beat: row.event.stages for row in run.log if isinstance(row.event, Beat)}
        assert any(truth[beat] != codes for beat, codes in said.items())
    gone = first_with("sensor-lost")
    one = gone.happenings[0]
    inside = range(int(one.at_s // 30) + 1, int(one.until_s // 30))
    said = {row.beat: row.event.stages for row in gone.log if isinstance(row.event, Beat)}
    assert {said[beat][one.sleeper] for beat in inside if beat in said} <= {0}
    assert SensorReturned(one.sleeper) in [row.event for row in gone.log] or not inside
