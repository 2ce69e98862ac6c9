"""An emergency, kept: the room fades, an adult is told, the log holds why, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.test_runtime_people import ASKED, taken
from tests.runtime.test_runtime_runner import taped
from tests.support.nights import SOLO, START, Kept, virtual

from evenfall.adapters.clocks import VirtualClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.calls import told_in
from evenfall.app.home import load_household
from evenfall.formats.language import LANGUAGES
from evenfall.plan.tonight import plan_tonight
from evenfall.play.fold import event_of
from evenfall.ports.night_log import LogUnavailableError
from evenfall.records.night import (
    STOPPED,
    Begin,
    Cause,
    Emergency,
    LightsOut,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.output import ASLEEP, WINDING_DOWN
from evenfall.runtime.calling import alarmed, touched
from evenfall.runtime.people import People
from evenfall.runtime.room import RoomKeeper
from evenfall.runtime.watching import Watching, is_watched
from evenfall.sense.distress import NOTHING, Felt, Usual, usual

NIGHT = "2026-11-20-nest-1"
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
ZONE = ZoneInfo("Europe/Lisbon")
PLAN = plan_tonight(load_household(DEMO).record, date(2026, 11, 20), ZONE)
CHILDREN = tuple(one for one in PLAN.members if one.room == "nest")
AT = datetime(2026, 11, 21, 2, 13, tzinfo=UTC)
CALM = tuple(Felt(60.0 + index % 5, float(index % 7 == 0) * 12.0) for index in range(600))
WILD = Felt(150.0, 900.0)


def kinds(kept: Kept[VirtualClock]) -> list[str]:
    return [row.kind for row in kept.log.rows(NIGHT)]


# --- What follows, and what does not -------------------------------------------------------------


@pytest.mark.safety("H-101")
@pytest.mark.parametrize("cause", ["call", "distress", "fault"])
def test_the_room_fades_and_an_adult_is_told_and_nothing_else(tmp_path: Path, cause: Cause) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    kept.runner.handle(1, Touch(0))
    assert kept.outputs.level("sound") == 42.0
    before = len(kept.outputs.applied)
    kept.runner.handle(2, Emergency(cause, 0, "noor"))
    kept.runner.handle(3, Begin())
    assert all(one.target == 0.0 for one in kept.outputs.applied[before:])
    assert SOLO.scenes[kept.runner.state.scene].id == "night"
    ((who, said),) = kept.notices.told
    assert who == ("mara",) and said.startswith("In a rehearsal: ")
    assert kinds(kept)[-2:] == ["emergency", "begin"]


@pytest.mark.safety("H-101")
def test_a_voice_that_was_asked_for_ends_and_the_glow_stays(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, LightsOut(0))
    kept.runner.handle(9, Touch(0))
    kept.runner.handle(9, Voice(0, "v-1"))
    kept.runner.handle(10, Emergency("distress", 0))
    assert kept.outputs.level("sound") == 0.0
    assert kept.runner.state.glow_age_beats and not kept.runner.state.voice_age_beats


@pytest.mark.safety("H-101", "H-103")
def test_after_a_stop_a_call_is_still_told_and_the_room_stays_stopped(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Stop("noor"))
    kept.runner.handle(1, Emergency("call", 0, "noor"))
    assert kept.runner.state.mode == STOPPED
    assert len(kept.notices.told) == 1


@pytest.mark.safety("H-103")
def test_a_night_taken_up_after_an_emergency_stays_natural(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    kept.runner.handle(1, Emergency("fault", by="a test"))
    again = Kept(kept.log, VirtualClock(START))
    again.runner.start()
    assert again.runner.state == kept.runner.state
    again.runner.handle(2, Begin())
    assert SOLO.scenes[again.runner.state.scene].id == "night"
    assert len(again.notices.told) == 1  # nobody knows whether the first went out


def test_who_is_told_of_an_emergency_may_be_others_than_guardians(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner._helpers = ("tomas", "mara")
    kept.runner.start()
    kept.runner.alarm(Emergency("call"))
    assert [who for who, _ in kept.notices.told] == [("tomas", "mara")]
    assert kinds(kept) == []


# --- A fault -------------------------------------------------------------------------------------


@pytest.mark.safety("H-101")
@pytest.mark.parametrize("fails_at", [1, 3])
def test_a_log_that_fails_is_told_to_an_adult_once(fails_at: int) -> None:
    _, kept = taped(fails_at)
    kept.runner.start()
    for beat in range(6):
        with pytest.raises(LogUnavailableError):
            for _ in range(4):
                kept.runner.handle(beat, Begin())
    assert len(kept.notices.told) == 1
    assert "failed" in kept.notices.told[0][1]


class Gone(RoomKeeper):
    """A room that nobody drives any more."""

    is_gone = False

    @property
    def gone(self) -> bool:
        return self.is_gone


@pytest.mark.safety("H-94", "H-101")
def test_a_guard_that_is_gone_for_longer_than_a_lease_is_told_and_resumes_so(
    tmp_path: Path,
) -> None:
    log = SqliteNightLog(tmp_path / "evenfall.db")
    first = virtual(tmp_path)
    room = Gone(first.room.limits, SOLO.safe, first.outputs)
    kept = Kept(log, VirtualClock(START), room=room)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    room.is_gone = True
    for beat in range(1, 6):
        kept.clock.move_to(START + timedelta(seconds=30 * beat))
        kept.runner.handle(beat, Touch(0))
    rows = log.rows(NIGHT)
    faults = [event_of(row) for row in rows if row.kind == "emergency"]
    assert faults == [Emergency("fault", by="the guard is gone")]
    assert sum("failed" in said for _, said in kept.notices.told) == 1
    again = Kept(log, kept.clock)
    again.runner.start()
    assert again.runner.events_taken == 6  # its own row is none of the night's events


def test_the_quiet_of_an_emergency_in_the_evening_is_claimed_for_who_is_awake(
    tmp_path: Path,
) -> None:
    """The guard keeps a room a sleeper's for the night; a new one begun there would stay dark."""
    claimed: list[int] = []

    class Listening(RoomKeeper):
        def claim(self, holder, setpoints, phase, now_s):  # type: ignore[no-untyped-def]
            claimed.append(phase)
            return super().claim(holder, setpoints, phase, now_s)

    first = virtual(tmp_path)
    room = Listening(first.room.limits, SOLO.safe, first.outputs)
    kept = Kept(SqliteNightLog(tmp_path / "evenfall.db"), VirtualClock(START), room=room)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    kept.runner.handle(1, Emergency("call", 0))
    assert set(claimed) == {WINDING_DOWN}
    kept.runner.handle(2, LightsOut(0))
    assert claimed[-1] == ASLEEP


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.safety("H-101", "H-102")
@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("cause", ["call", "distress", "fault"])
def test_each_cause_has_its_own_plain_sentence(language: str, cause: Cause) -> None:
    one = alarmed(CHILDREN, Emergency(cause, 0), AT, False, language)
    anyone = alarmed(CHILDREN, Emergency(cause), AT, False, language)
    assert CHILDREN[0].name in one and "02:13" in one and "{" not in one + anyone
    assert all(child.name in anyone for child in CHILDREN)
    others = {alarmed(CHILDREN, Emergency(o, 0), AT, False, language) for o in _others(cause)}
    assert one not in others
    assert alarmed(CHILDREN, Emergency(cause, 0), AT, True, language).endswith(one)
    assert not any(word in one.lower().split() for word in ("fine", "safe", "bem", "ok"))


def _others(cause: Cause) -> tuple[Cause, ...]:
    every: tuple[Cause, ...] = ("call", "distress", "fault")
    return tuple(one for one in every if one != cause)


def test_distress_is_told_as_a_guess() -> None:
    said = alarmed(CHILDREN, Emergency("distress", 0), AT, False)
    assert "It is a guess, and may be nothing." in said


# --- What waits ----------------------------------------------------------------------------------


@pytest.mark.safety("H-101")
@given(before=ASKED, after=st.booleans())
def test_a_call_for_help_waits_for_nothing_but_a_stop_and_none_takes_it_along(
    before: list[object], after: bool
) -> None:
    call = Emergency("call", 0, "noor")
    people = People()
    for event in [*before[:30], call, call, *([Stop("mara")] if after else [])]:
        people.put_nowait(event)  # type: ignore[arg-type]
    waiting = taken(people)
    assert waiting.count(call) == 1
    first = waiting[: waiting.index(call)]
    assert {type(one).__name__ for one in first} <= {"Stop", "No", "Override"}


# --- Watched live --------------------------------------------------------------------------------


def known(_sleeper: int, _unit: str) -> Usual | None:
    return usual([CALM] * 3)


def felt_by(kept: Kept[VirtualClock], watching: Watching, *many: Felt) -> list[bool]:
    return [watching.feel(kept.runner, 0, one, "simulated") for one in many]


@pytest.mark.safety("H-101", "H-102")
def test_only_who_is_in_bed_is_watched_and_a_lost_sensor_starts_it_over(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    watching = Watching([4.0], known)
    assert not any(felt_by(kept, watching, *CALM[:30], *[WILD] * 40))
    assert not is_watched(kept.runner, 0)
    kept.runner.handle(1, LightsOut(0))
    assert is_watched(kept.runner, 0)
    assert sum(felt_by(kept, watching, *CALM[:30], *[WILD] * 40)) == 1
    assert not any(felt_by(kept, watching, *[WILD] * 5, NOTHING, *[WILD] * 9))
    assert sum(felt_by(kept, watching, *[WILD] * 20)) == 1


def test_who_is_not_known_or_too_young_is_not_watched(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(1, LightsOut(0))
    assert not any(felt_by(kept, Watching([4.0], lambda _s, _u: None), *CALM[:30], *[WILD] * 40))
    assert not any(felt_by(kept, Watching([0.5], known), *CALM[:30], *[WILD] * 40))


def test_adults_are_told_in_the_language_the_home_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert touched(CHILDREN, 0, AT, True, "pt").startswith("Num ensaio: Toque na página às 02:13")
    assert touched((), 0, AT, False, "pt").startswith("Alguém tocou")
    for asked, told in (("pt", "pt"), ("xx", "en"), ("", "en")):
        monkeypatch.setenv("EVENFALL_LANGUAGE", asked)
        assert told_in() == told
