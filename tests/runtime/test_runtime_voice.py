"""A familiar voice, from a page's ask to what every page is told, and to the log."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from evenfall.adapters.clocks import VirtualClock
from evenfall.adapters.page import PageOutputs
from evenfall.adapters.simulated import SimulatedNotices
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.evening import live_night
from evenfall.app.home import Home, load_household
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.tonight import plan_tonight
from evenfall.play.schedule import beat_at
from evenfall.records.night import Beat, LogRow
from evenfall.records.programme import VOICE
from evenfall.records.view import Ask, RoomView, VoiceChoice
from evenfall.runtime.hub import AskRefusedError, Hub
from evenfall.runtime.live_room import LiveRoom
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.room import RoomKeeper

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
MARAS = VoiceChoice(id="v-1", teller_name="Mara", for_member="noor")
TOMASS = VoiceChoice(id="v-2", teller_name="Tomás", for_member="ilay")
SLEEPING: tuple[Ask, ...] = (
    Ask("begin", "nest"),
    Ask("lights-out", "nest", "noor"),
    Ask("lights-out", "nest", "ilay"),
)


class House:
    """The nest's night on a clock that stands still, asked as pages ask."""

    def __init__(self, folder: Path, voices: tuple[VoiceChoice, ...]) -> None:
        self.log = SqliteNightLog(folder / "evenfall.db")
        self.voices = voices
        household = load_household(DEMO).record
        plan = plan_tonight(household, date(2026, 11, 20), ZONE)
        nest = next(one for one in plan.rooms if one.room == "nest")
        ready = live_night(
            Home(folder), household, plan, nest, zone=ZONE, night_id="2026-11-20-nest-1"
        )
        self.clock = VirtualClock(ready.night.start_utc)
        page = PageOutputs()
        keeper = RoomKeeper(ready.programme.limits, ready.programme.safe, page)
        runner = NightRunner(
            ready.night,
            ready.programme,
            log=self.log,
            room=keeper,
            clock=self.clock,
            notices=SimulatedNotices(),
        )
        runner.start()
        self.room = LiveRoom(ready, runner, keeper, page, voices=lambda: self.voices)
        self.hub = Hub(household, plan, [self.room], self.clock)

    def ask(self, *asks: Ask) -> None:
        """Ask, and have the night take it at once."""
        for ask in asks:
            self.hub.ask(ask, "page")
            self.room.runner.handle(self.beat, self.room.people.get_nowait())

    def wait(self, beats: int = 1) -> None:
        """Let beats pass."""
        for _ in range(beats):
            self.clock.move_to(self.clock.now_utc() + timedelta(seconds=30))
            self.room.keeper.tick(self.clock.monotonic_s())
            self.room.runner.handle(self.beat, Beat())

    @property
    def beat(self) -> int:
        return beat_at(self.room.runner.night.start_utc, self.clock.now_utc())

    @property
    def nest(self) -> RoomView:
        return next(one for one in self.hub.view().rooms if one.room == "nest")

    def rows(self) -> list[LogRow]:
        return list(self.log.rows("2026-11-20-nest-1"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path, (MARAS, TOMASS))
    one.ask(*SLEEPING)
    one.wait(20)
    yield one
    one.log.close()


def voice(which: str | None = "v-1", member: str | None = "noor") -> Ask:
    return Ask("voice", "nest", member, which)


@pytest.mark.safety("H-29")
def test_after_a_touch_a_page_may_ask_and_every_page_is_told_what_plays(house: House) -> None:
    house.ask(Ask("touch", "nest", "noor"))
    called = house.nest
    assert (called.glow, called.playing, called.lease.sound_what) == (True, "", "")
    assert called.voices == (MARAS, TOMASS)
    assert {"voice", "stop"} <= set(called.can)
    house.ask(voice("v-2"))
    spoken = house.nest
    assert (spoken.playing, spoken.lease.sound_what) == ("v-2", VOICE)
    assert spoken.lease.sound_dba == 30.0
    assert spoken.lease.light_lx_medi <= 1.0
    house.wait(3)
    assert (house.nest.playing, house.nest.lease.sound_dba, house.nest.glow) == ("", 0.0, True)


@pytest.mark.safety("H-29")
def test_without_a_touch_no_page_can_have_one(house: House) -> None:
    assert "voice" not in house.nest.can
    with pytest.raises(AskRefusedError, match="voice is not for now"):
        house.hub.ask(voice(), "page")
    house.ask(Ask("touch", "nest"))
    house.wait(10)
    with pytest.raises(AskRefusedError, match="voice is not for now"):
        house.hub.ask(voice(), "page")
    assert house.room.people.empty()


@pytest.mark.parametrize("which", ["v-3", None])
def test_only_a_voice_kept_for_who_sleeps_here_can_be_asked_for(
    house: House, which: str | None
) -> None:
    house.ask(Ask("touch", "nest"))
    with pytest.raises(AskRefusedError, match="not kept for this room"):
        house.hub.ask(voice(which), "page")


def test_one_taken_away_meanwhile_is_no_longer_there_to_ask_for(house: House) -> None:
    house.ask(Ask("touch", "nest"))
    house.voices = (TOMASS,)
    with pytest.raises(AskRefusedError, match="not kept for this room"):
        house.hub.ask(voice("v-1"), "page")
    house.voices = ()
    assert "voice" not in house.nest.can


def test_where_nobody_can_tell_which_are_kept_the_night_goes_on_without(house: House) -> None:
    def broken() -> tuple[VoiceChoice, ...]:
        raise EvenfallError(Fault("a library", Place(), "an answer", "mend it"))

    house.room.voices = broken
    house.ask(Ask("touch", "nest"))
    assert (house.nest.glow, house.nest.voices) == (True, ())
    assert "voice" not in house.nest.can


@pytest.mark.safety("H-29")
@pytest.mark.safety("H-01")
@pytest.mark.parametrize("stopped", [False, True], ids=["asleep", "stopped before"])
def test_a_stop_is_there_to_be_asked_for_and_silences_it_at_once(
    house: House, stopped: bool
) -> None:
    if stopped:
        house.ask(Ask("stop", "nest"))
    house.ask(Ask("touch", "nest"), voice())
    assert "stop" in house.nest.can
    house.ask(Ask("stop", "nest"))
    quiet = house.nest
    assert (quiet.playing, quiet.lease.sound_dba, quiet.lease.sound_what) == ("", 0.0, "")
    assert quiet.lease.sound_ramp_s <= 5.0
    assert not quiet.glow


@pytest.mark.safety("H-01")
def test_a_stop_asks_nobody_which_voices_are_kept(house: House) -> None:
    def hangs() -> tuple[VoiceChoice, ...]:
        raise AssertionError("a stop waited for the library")

    house.ask(Ask("touch", "nest"), voice())
    house.room.voices = hangs
    house.ask(Ask("stop", "nest"))
    assert house.room.page.frame().sound_dba == 0.0


@pytest.mark.safety("H-36")
def test_the_log_holds_it_by_id_alone(house: House) -> None:
    house.ask(Ask("touch", "nest"), voice())
    row = house.rows()[-1]
    assert row.kind == "voice"
    assert msgspec.json.decode(row.body) == {"kind": "voice", "sleeper": 0, "voice": "v-1"}
    assert all(b"Mara" not in one.body for one in house.rows())


def test_taken_up_again_within_a_lease_it_is_still_the_same_voice(house: House) -> None:
    house.ask(Ask("touch", "nest"), voice("v-2"))
    again = NightRunner(
        house.room.runner.night,
        house.room.runner.programme,
        log=house.log,
        room=house.room.keeper,
        clock=house.clock,
        notices=SimulatedNotices(),
    )
    again.start()
    assert again.voice == "v-2"
    assert again.state == house.room.runner.state


def test_beside_another_nights_silence_in_the_room_no_voice_is_heard(house: House) -> None:
    """The lowest wins."""
    keeper, runner = house.room.keeper, house.room.runner
    house.ask(Ask("touch", "nest"), voice())
    silence = [replace(point, lease_s=60.0) for point in runner.programme.safe]
    keeper.claim("another", silence, 0, house.clock.monotonic_s())
    assert (house.nest.playing, house.nest.lease.sound_dba) == ("", 0.0)


def test_the_glow_is_told_only_while_it_answers(house: House) -> None:
    house.ask(Ask("touch", "nest"))
    house.wait(9)
    assert house.nest.glow
    house.wait()
    assert not house.nest.glow
