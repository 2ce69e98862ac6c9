"""The guard's mind against a hub that means well, and against one that does not."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.guard import (
    EVENING,
    HUB,
    OTHER,
    PHASES,
    RULES,
    TalkingHub,
    later,
    light,
    sound,
)

from evenfall.adapters.devices.levels import WARM_RGB
from evenfall.formats.guard_words import why
from evenfall.guard import mind
from evenfall.guard.mind import (
    BURST,
    HOLDERS_MAX,
    PAGE_LEASE_S,
    PER_S,
    RAMP_MAX_S,
    STALE_S,
    STOP_RAMP_S,
    STOP_REST_S,
    Drive,
    Rouse,
)
from evenfall.records.guard import HUB_SILENT_S, Beat, Call, Kept
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN
from evenfall.records.programme import LEASE_S, Setpoint
from evenfall.safety.flash import Point, is_calm
from evenfall.safety.limits import CHILD
from evenfall.safety.merge import FALL_MAX_S
from evenfall.safety.ramp import Ramp

MORNING, NIGHT = 7 * 60, 2 * 60


@pytest.fixture
def hub() -> TalkingHub:
    return TalkingHub()


def test_the_numbers_are_the_ones_that_are_promised() -> None:
    """docs/why/how-the-guard-decides.md says them to a parent."""
    said = (
        mind.HELD_LEAST_S, STALE_S, BURST, PER_S, RAMP_MAX_S, STOP_RAMP_S, STOP_REST_S,
        HOLDERS_MAX, PAGE_LEASE_S, mind.NEVER, HUB_SILENT_S,
    )  # fmt: skip
    assert said == (14400.0, 1.0, 200.0, 50.0, 7200.0, 3.0, 10.0, 8, 15.0, -1, 10.0)


# --- A hub that means well -----------------------------------------------------------------------


def test_it_starts_silent_and_drives_nothing() -> None:
    state = mind.begin(RULES)
    decided = mind.tick(RULES, state, EVENING)
    assert decided.state.rooms == state.rooms
    assert decided.actions == ()
    assert [room.light.ramp.target for room in state.rooms] == [0.5, 0.0]
    assert [room.sound.ramp.target for room in state.rooms] == [0.0, 0.0]
    assert state.hub == mind.Hub("", 0, -inf, BURST, -inf, under_way=False)
    still = Ramp(0.0, 0.0, 0.0, 0.0)
    assert [room.sound for room in state.rooms] == [mind.Going(still, "")] * 2
    assert state.rooms[1] == mind.Room(
        mind.Going(still),
        mind.Going(still),
        (),
        -1,
        -inf,
        -1,
        -inf,
        -inf,
        begun="",
        roused_night=-1,
        seq=0,
    )
    lit = Ramp(0.5, 0.5, 0.0, 0.0)
    assert state.rooms[0].light == mind.Going(lit)


def test_a_claim_within_the_limits_is_where_the_room_goes(hub: TalkingHub) -> None:
    decided = hub.claim(light(1.0), sound(40.0))
    assert decided.denied == ()
    assert decided.actions == ()  # its lamps are not told before the night is under way
    assert (hub.target(), hub.target("sound")) == (1.0, 40.0)
    frame = mind.frame(hub.state.rooms[0])
    assert (frame.light_lx_medi, frame.light_ramp_s) == (1.0, 60.0)
    assert (frame.sound_dba, frame.sound_ramp_s, frame.sound_what) == (40.0, 10.0, "waves")
    assert (frame.lease_s, frame.seq) == (PAGE_LEASE_S, 2)
    assert mind.frame(hub.state.rooms[1]).seq == 0


def test_once_a_night_is_under_way_its_lamps_are_told_where_they_are_to_be(
    hub: TalkingHub,
) -> None:
    hub.claim(light(1.0), sound(40.0))
    hub.wait(20.0)
    assert hub.begin().actions == (
        Rouse("nest"),
        Drive("nest", "light", 1.0, 40.0, ""),
        Drive("nest", "sound", 40.0, CHILD.sound_ramp_min_s, "waves"),
    )
    assert hub.begin().actions == ()
    assert hub.claim(light(0.6)).actions == (Drive("nest", "light", 0.6, 60.0, ""),)
    assert hub.begin(holder="n2").actions[0] == Drive("nest", "light", 0.6, 60.0, "")


def test_what_somebody_did_by_hand_binds_until_the_next_night_whatever_a_hub_begins(
    hub: TalkingHub,
) -> None:
    assert hub.begin().actions[0] == Rouse("nest")
    assert hub.begin(room="loft", holder="n2").actions[0] == Rouse("loft")
    for night in ("n3", "n4"):
        assert Rouse("nest") not in hub.begin(holder=night).actions
    hub.wait(10.0, night=6)
    assert Rouse("nest") not in hub.begin(holder="n5").actions
    hub.wait(10.0, night=7)
    assert Rouse("nest") not in hub.begin(holder="n6").actions
    hub.wait(3600.0, night=8)
    assert hub.begin(holder="n7").actions[0] == Rouse("nest")


def test_a_renewal_changes_nothing_and_a_quicker_way_down_is_taken(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(sound(40.0))
    hub.wait(30.0)
    assert hub.claim(sound(40.0)).actions == ()
    assert len(hub.claim(sound(40.0, "rain")).actions) == 1
    slow = Setpoint("sound", 0.0, 100.0, 75.0)
    assert hub.claim(slow).actions == (Drive("nest", "sound", 0.0, 100.0, ""),)
    told = mind.frame(hub.state.rooms[0])
    assert hub.claim(slow).actions == ()
    assert mind.frame(hub.state.rooms[0]) == told
    assert hub.wait(1.0).actions == ()  # nor does time begin it anew
    assert hub.claim(slow).actions == ()
    assert hub.claim(replace(slow, ramp_s=3.0)).actions == (Drive("nest", "sound", 0.0, 3.0, ""),)


def test_what_stays_as_loud_is_not_told_again_for_being_quicker(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(sound(40.0))
    hub.wait(30.0)
    assert len(hub.claim(sound(40.0, "rain")).actions) == 1
    assert hub.claim(Setpoint("sound", 40.0, 5.0, 75.0, "rain")).actions == ()


@pytest.mark.safety("H-98")
def test_a_rise_that_is_held_where_it_is_has_not_fallen(hub: TalkingHub) -> None:
    hub.claim(light(8.0, ramp_s=80.0), room="loft")
    hub.wait(40.0)
    hub.claim(light(4.0), room="loft")
    assert hub.target(room=1) == 4.0
    hub.claim(light(8.0), room="loft")
    assert hub.target(room=1) == 8.0


def test_a_rise_that_is_under_way_is_not_hurried(hub: TalkingHub) -> None:
    hub.begin(room="loft")
    hub.claim(light(8.0, ramp_s=100.0), room="loft")
    hub.wait(10.0)
    assert hub.claim(light(8.0, ramp_s=10.0), room="loft").actions == ()


def test_a_lease_that_is_not_renewed_lapses_to_safe(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(light(1.0), sound(40.0, lease_s=30.0))
    assert hub.wait(30.0).actions == ()
    assert hub.wait(0.1).actions == (Drive("nest", "sound", 0.0, STOP_RAMP_S, ""),)
    assert hub.wait(45.0).actions == (Drive("nest", "light", 0.5, STOP_RAMP_S, ""),)
    assert hub.state.rooms[0].held == ()


def test_two_nights_in_a_room_get_the_lowest_and_each_its_own_refusal(hub: TalkingHub) -> None:
    hub.claim(light(9.0), room="loft", holder="n1")
    hub.claim(light(4.0), room="loft", holder="n2")
    assert hub.target(room=1) == 4.0
    denied = hub.claim(light(11.0), room="loft", holder="n2").denied
    assert [(one.holder, one.output, one.asked, one.allowed, one.limit) for one in denied] == [
        ("n2", "light", 11.0, 10.0, "light_awake_lx_medi")
    ]
    assert denied[0].words == why("light_awake_lx_medi", 11.0, 10.0)
    assert hub.target(room=1) == 0.0  # what is refused counts as safe
    assert hub.claim(light(9.0), room="loft", holder="n1").denied == ()


def test_a_released_night_leaves_its_room_safe_and_its_lamps_alone(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(light(1.0), sound(40.0))
    told: list[Drive] = [one for one in hub.release().actions if isinstance(one, Drive)]
    assert {one.output for one in told} == {"light", "sound"}
    assert hub.state.rooms[0].begun == ""
    assert hub.claim(light(1.0)).actions == ()


def test_another_nights_release_leaves_this_one(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(light(1.0))
    assert hub.release(holder="n2").actions == ()
    assert (hub.target(), hub.state.rooms[0].begun) == (1.0, "n1")


def test_a_beat_says_whether_a_night_is_kept(hub: TalkingHub) -> None:
    hub.say(Beat(**hub.head(), under_way=True))
    assert hub.state.hub.under_way
    hub.say(Beat(**hub.head(), under_way=False))
    assert not hub.state.hub.under_way


def test_a_call_is_only_admitted_here(hub: TalkingHub) -> None:
    before = hub.state.rooms
    assert hub.say(Call(**hub.head(), way="notify.a", text="x")).denied == ()
    assert hub.state.rooms == before


def test_a_dawn_in_the_familys_own_hours_is_granted(hub: TalkingHub) -> None:
    hub.claim(light(0.5), phase=ASLEEP)
    hub.wait(60.0, minute=MORNING)
    assert hub.claim(light(100.0, ramp_s=1800.0), phase=DAWN).denied == ()
    assert hub.target() == 100.0
    hub.wait(70.0, minute=9 * 60)  # the hours are over, and so is the dawn
    assert hub.target() == 0.5
    assert hub.state.rooms[0].light.ramp.ramp_s <= FALL_MAX_S


# --- A hub that does not -------------------------------------------------------------------------


@pytest.mark.safety("H-90")
@pytest.mark.parametrize("session", [OTHER, "c" * 16])
def test_a_forged_command_is_refused_and_costs_the_true_hub_nothing(
    hub: TalkingHub, session: str
) -> None:
    before = hub.state
    hub.claim(light(1.0), session=session, seq=99)
    assert hub.limits() == ["not-this-hub"]
    assert hub.state.rooms == before.rooms
    assert (hub.state.hub.seq, hub.state.hub.heard_s) == (before.hub.seq, before.hub.heard_s)


@pytest.mark.safety("H-90")
def test_without_a_hello_nothing_is_taken() -> None:
    hub = TalkingHub()
    hub.state = mind.begin(RULES)
    hub.claim(light(1.0), session="")
    assert hub.limits() == ["not-this-hub"]


@pytest.mark.safety("H-90")
def test_a_replayed_command_is_refused_even_one_that_was_refused_before(hub: TalkingHub) -> None:
    hub.claim(light(1.0), seq=5)
    hub.claim(light(0.0), seq=6)
    hub.claim(light(1.0), seq=5)
    assert hub.limits() == ["replayed"]
    hub.claim(light(1.0), seq=6)
    assert hub.limits() == ["replayed"]
    hub.claim(light(1.0), seq=9, issued_s=0.0)
    assert hub.limits() == ["stale"]
    hub.claim(light(1.0), seq=9)
    assert hub.limits() == ["replayed"]
    assert hub.target() == 0.0
    hub.claim(light(1.0), seq=10)
    assert hub.limits() == []


@pytest.mark.safety("H-90")
@pytest.mark.parametrize(
    ("age_s", "refused"),
    [
        (STALE_S, False),
        (STALE_S + 0.01, True),
        (-STALE_S, False),
        (-STALE_S - 0.01, True),
        (nan, True),
        (inf, True),
        (-inf, True),
    ],
)
def test_what_was_said_too_long_ago_or_not_yet_is_refused(
    hub: TalkingHub, age_s: float, refused: bool
) -> None:
    heard_s = hub.state.hub.heard_s
    hub.now = later(hub.now, 2.0)
    hub.claim(light(1.0), issued_s=hub.now.real_s - age_s)
    assert hub.limits() == (["stale"] if refused else [])
    assert hub.target() == (0.5 if refused else 1.0)
    assert (hub.state.hub.heard_s == heard_s) is refused


@pytest.mark.safety("H-90")
def test_what_only_quietens_is_never_too_old(hub: TalkingHub) -> None:
    hub.claim(light(1.0), sound(40.0))
    hub.claim(light(0.2), sound(10.0), issued_s=0.0)
    assert (hub.limits(), hub.target(), hub.target("sound")) == ([], 0.2, 10.0)
    hub.claim(light(0.1), sound(11.0), issued_s=0.0)
    assert hub.limits() == ["stale"]
    hub.claim(light(0.1), sound(10.0), issued_s=0.0)
    assert hub.limits() == ["stale"]  # renewing is asking for more: more time
    hub.claim(light(0.0), sound(0.0), issued_s=0.0)
    hub.claim(light(0.0), sound(0.0), issued_s=0.0)
    assert (hub.limits(), hub.target()) == ([], 0.0)
    hub.claim(sound(10.0))
    hub.claim(light(0.0), room="attic", issued_s=0.0)
    assert hub.limits() == ["stale"]
    hub.release(issued_s=0.0)
    assert (hub.limits(), hub.target("sound")) == ([], 0.0)
    hub.say(Beat(**hub.head(issued_s=0.0), under_way=True))
    assert hub.limits() == ["stale"]


@pytest.mark.safety("H-90")
def test_too_much_at_once_is_refused_and_quieter_is_always_heard(hub: TalkingHub) -> None:
    granted = 0
    while not hub.claim(light(1.0 if granted % 2 else 0.9)).denied:
        granted += 1
    assert hub.limits() == ["too-often"]
    assert granted >= BURST - 1
    hub.claim(light(0.0))
    assert (hub.limits(), hub.target()) == ([], 0.0)
    hub.claim(light(1.0))
    assert hub.limits() == ["too-often"]
    hub.now = later(hub.now, 1.5 / PER_S)
    hub.claim(light(1.0))
    assert hub.limits() == []
    hub.claim(light(1.1))
    assert hub.limits() == ["too-often"]


def test_the_pace_a_hub_may_keep_grows_with_the_nights_own_and_is_bounded() -> None:
    hub = TalkingHub(replace(RULES, speed=10.0))
    hub.state = replace(hub.state, hub=replace(hub.state.hub, tokens=0.0))
    hub.now = later(hub.now, 0.101 / PER_S)
    hub.claim(light(1.0))
    assert hub.limits() == []
    hub.claim(light(1.0, ramp_s=20.0))
    hub.now = later(hub.now, 5.0)
    hub.say(Beat(**hub.head(), under_way=True))
    assert hub.state.hub.tokens == BURST - 1
    slow = TalkingHub(replace(RULES, speed=0.1))
    slow.state = replace(slow.state, hub=replace(slow.state.hub, tokens=0.0))
    slow.now = later(slow.now, 1.01 / PER_S)
    slow.claim(light(1.0))
    assert slow.limits() == []


@pytest.mark.safety("H-91")
@pytest.mark.parametrize(
    ("point", "rule"),
    [
        (light(1.1), "light_awake_lx_medi"),
        (light(nan), "light_awake_lx_medi"),
        (light(inf), "light_awake_lx_medi"),
        (light(-1.0), "light_awake_lx_medi"),
        (sound(50.1), "sound_awake_dba"),
        (sound(30.1, "voice"), "voice_asleep_dba"),
        (light(1.0, ramp_s=nan), "endless-ramp"),
        (light(1.0, ramp_s=-1.0), "endless-ramp"),
        (light(1.0, ramp_s=inf), "endless-ramp"),
        (light(1.0, ramp_s=RAMP_MAX_S + 1), "endless-ramp"),
        (light(1.0, lease_s=LEASE_S + 0.1), "endless-lease"),
        (light(1.0, lease_s=0.0), "endless-lease"),
        (light(1.0, lease_s=-5.0), "endless-lease"),
        (light(1.0, lease_s=inf), "endless-lease"),
        (light(1.0, lease_s=nan), "endless-lease"),
        (Setpoint("warmth", 1.0, 60.0, 75.0), "no-such-output"),
        (Setpoint("warmth", 0.0, 60.0, 75.0), "no-such-output"),
        (Setpoint("warmth", -inf, 60.0, 75.0), "no-such-output"),
    ],
)
def test_what_is_unbounded_or_out_of_range_is_refused_with_a_reason(
    hub: TalkingHub, point: Setpoint, rule: str
) -> None:
    (denied,) = hub.claim(point).denied
    assert (denied.limit, denied.room, denied.holder) == (rule, "nest", "n1")
    assert len(denied.words) > 20
    assert (hub.target(), hub.target("sound")) == (0.5, 0.0)
    hub.wait(LEASE_S + 0.1)
    assert hub.state.rooms[0].held == ()  # not even a lease without end outlives one


@pytest.mark.parametrize(
    ("points", "rule"),
    [
        ((light(1.0), Setpoint("warmth", 0.0, 60.0, 75.0)), "no-such-output"),
        ((light(1.0, ramp_s=RAMP_MAX_S + 1), sound(40.0)), "endless-ramp"),
    ],
)
def test_one_wrong_part_of_a_claim_is_enough(
    hub: TalkingHub, points: tuple[Setpoint, ...], rule: str
) -> None:
    hub.claim(*points)
    assert hub.limits() == [rule]
    assert (hub.target(), hub.target("sound")) == (0.5, 0.0)


@pytest.mark.parametrize(
    ("lease_s", "held_s"),
    [(0.5, 0.5), (LEASE_S, LEASE_S), (0.0, LEASE_S), (-1.0, LEASE_S), (inf, LEASE_S)],
)
def test_a_lease_holds_as_long_as_it_says_and_a_wrong_one_as_long_as_any(
    hub: TalkingHub, lease_s: float, held_s: float
) -> None:
    hub.claim(light(1.0, lease_s=lease_s))
    assert hub.state.rooms[0].held[0].until_s == hub.now.s + held_s


@pytest.mark.parametrize(("tokens", "refused"), [(1.0, False), (0.999, True), (0.0, True)])
def test_one_token_is_enough_for_one_command(hub: TalkingHub, tokens: float, refused: bool) -> None:
    hub.state = replace(hub.state, hub=replace(hub.state.hub, tokens=tokens))
    hub.claim(light(1.0))
    assert hub.limits() == (["too-often"] if refused else [])
    assert hub.state.hub.tokens == 0.0


def test_the_longest_ramp_and_the_longest_lease_are_granted(hub: TalkingHub) -> None:
    hub.claim(light(1.0, ramp_s=RAMP_MAX_S, lease_s=LEASE_S))
    assert hub.limits() == []


@pytest.mark.safety("H-91")
def test_a_claim_for_another_room_or_none_is_refused(hub: TalkingHub) -> None:
    hub.claim(light(1.0), room="attic")
    assert hub.limits() == ["no-such-room"]
    hub.claim(light(1.0))
    hub.claim(light(1.0), room="loft")
    assert hub.limits() == ["another-room"]
    assert hub.target(room=1) == 0.0
    for gone in (hub.begin(room="attic"), hub.release(room="attic")):
        assert [one.limit for one in gone.denied] == ["no-such-room"]


@pytest.mark.safety("H-91")
def test_more_nights_than_people_are_refused(hub: TalkingHub) -> None:
    for one in range(HOLDERS_MAX):
        hub.claim(light(0.6), holder=f"n{one}")
        assert hub.limits() == []
    hub.claim(light(0.6), holder="another")
    assert hub.limits() == ["too-many-nights"]
    hub.claim(light(0.6), holder="n3")
    assert hub.limits() == []


def test_an_output_named_twice_counts_once(hub: TalkingHub) -> None:
    hub.claim(light(1.0), light(0.7))
    assert (hub.target(), len(hub.state.rooms[0].held)) == (0.7, 1)


@pytest.mark.safety("H-92")
def test_a_hub_that_lies_about_the_phase_gets_a_sleepers_limits_until_noon(
    hub: TalkingHub,
) -> None:
    hub.claim(sound(50.0))
    assert hub.limits() == []
    hub.claim(light(0.5), phase=ASLEEP)
    hub.wait(1.0)
    assert hub.target("sound") == 0.0  # what was granted awake is over too
    hub.claim(sound(50.0))
    assert hub.limits() == ["sound_asleep_dba"]
    hub.wait(3600.0, minute=NIGHT)
    hub.claim(sound(31.0))
    assert hub.limits() == ["sound_asleep_dba"]
    hub.claim(sound(30.0))
    assert hub.limits() == []
    hub.wait(4 * 3600.0, night=8)
    hub.claim(sound(50.0))
    assert hub.limits() == []


@pytest.mark.safety("H-92")
@pytest.mark.safety("H-93")
def test_a_clock_that_is_set_past_noon_frees_nobody_for_four_hours(hub: TalkingHub) -> None:
    """A machine without a battery learns the hour late, and all at once."""
    hub.claim(light(0.5), phase=ASLEEP)
    hub.stop("loft")
    hub.wait(4 * 3600.0 - 1.0, night=900)
    hub.claim(sound(50.0))
    assert hub.limits() == ["sound_asleep_dba"]
    assert mind.is_stopped(hub.state.rooms[1], hub.now)
    hub.wait(1.0, night=900)
    hub.claim(sound(50.0))
    assert hub.limits() == []
    assert not mind.is_stopped(hub.state.rooms[1], hub.now)
    hub.claim(sound(10.0), holder="l1", room="loft", phase=DAWN)
    hub.wait(4 * 3600.0, night=901)
    hub.claim(sound(50.0), holder="l2", room="loft")
    assert hub.limits() == []


@pytest.mark.safety("H-92")
def test_a_clock_that_goes_back_wakes_nobody(hub: TalkingHub) -> None:
    hub.claim(light(0.5), phase=ASLEEP)
    hub.stop("loft")
    hub.wait(5.0, night=6)
    hub.claim(sound(50.0))
    assert hub.limits() == ["sound_asleep_dba"]
    hub.claim(light(0.5), phase=ASLEEP)
    hub.stop("loft")
    hub.wait(5.0, night=7)
    hub.claim(sound(50.0), holder="n2")
    assert hub.limits() == ["sound_asleep_dba"]
    assert mind.is_stopped(hub.state.rooms[1], hub.now)


@pytest.mark.safety("H-92")
@pytest.mark.parametrize("minute", [NIGHT, 20 * 60, 359, 540])
def test_a_dawn_at_two_in_the_morning_is_refused(hub: TalkingHub, minute: int) -> None:
    hub.wait(1.0, minute=minute)
    hub.claim(light(100.0, ramp_s=1800.0), phase=DAWN)
    assert hub.limits() == ["light_asleep_lx_medi"]
    assert hub.target() == 0.5
    hub.claim(light(0.0), sound(50.0))
    assert hub.limits() == ["sound_asleep_dba"]  # whoever says dawn has said that someone slept


@pytest.mark.safety("H-92")
def test_a_dawn_waits_for_every_sleeper(hub: TalkingHub) -> None:
    hub.wait(1.0, minute=MORNING)
    hub.claim(light(0.5), phase=ASLEEP, holder="n2")
    hub.claim(light(100.0, ramp_s=1800.0), phase=DAWN)
    assert hub.limits() == ["light_asleep_lx_medi"]


def test_the_phase_of_one_output_binds_the_other(hub: TalkingHub) -> None:
    hub.claim(light(0.5), phase=ASLEEP)
    hub.claim(sound(40.0))
    assert hub.limits() == ["sound_asleep_dba"]


# --- Stopping ------------------------------------------------------------------------------------


@pytest.mark.safety("H-93")
def test_a_stop_is_safe_at_once_and_for_the_rest_of_the_night(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(light(1.0), sound(40.0))
    hub.wait(60.0)
    assert hub.stop("nest").actions == (
        Drive("nest", "light", 0.5, STOP_RAMP_S, ""),
        Drive("nest", "sound", 0.0, STOP_RAMP_S, ""),
    )
    assert hub.limits() == []
    hub.claim(light(1.0), sound(40.0))
    assert hub.limits() == ["stopped", "stopped"]
    assert [one.allowed for one in hub.last.denied] == [0.0, 0.0]
    hub.wait(3600.0, minute=MORNING)
    hub.claim(light(100.0, ramp_s=1800.0), phase=DAWN)
    assert hub.limits() == ["stopped"]
    assert (hub.target(), hub.target("sound")) == (0.5, 0.0)
    hub.wait(4 * 3600.0, night=8)
    hub.claim(sound(40.0))
    assert hub.limits() == []


@pytest.mark.safety("H-93")
def test_after_a_stop_a_touch_may_glow_once_the_hub_has_heard_and_nothing_plays(
    hub: TalkingHub,
) -> None:
    hub.stop()
    hub.wait(STOP_REST_S - 0.1)
    hub.claim(light(1.0), phase=ASLEEP)
    assert (hub.limits(), hub.target()) == (["stopped"], 0.5)
    hub.wait(0.1)
    hub.claim(light(1.0), phase=ASLEEP)
    assert (hub.limits(), hub.target()) == ([], 1.0)
    hub.claim(light(1.1), phase=ASLEEP)
    assert hub.limits() == ["light_asleep_lx_medi"]
    hub.claim(light(0.0), sound(30.0, "voice"), phase=ASLEEP)
    assert hub.limits() == ["stopped"]
    hub.claim(sound(0.0), phase=ASLEEP)
    assert hub.limits() == []


@pytest.mark.safety("H-93")
def test_a_stop_with_no_room_named_is_every_rooms(hub: TalkingHub) -> None:
    hub.claim(light(8.0), room="loft")
    hub.stop()
    assert all(mind.is_stopped(room, hub.now) for room in hub.state.rooms)
    assert hub.target(room=1) == 0.0


def test_a_stop_in_one_room_leaves_the_others(hub: TalkingHub) -> None:
    hub.claim(light(8.0), room="loft")
    hub.stop("nest")
    assert not mind.is_stopped(hub.state.rooms[1], hub.now)
    assert hub.target(room=1) == 8.0
    hub.claim(light(9.0), room="loft")
    assert hub.limits() == []


# --- Hubs come and go ----------------------------------------------------------------------------


@pytest.mark.safety("H-94")
def test_a_hub_unheard_for_ten_seconds_has_lost_its_leases(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(light(1.0), sound(40.0))
    hub.took(mind.tick(RULES, hub.state, later(hub.now, HUB_SILENT_S)))
    assert hub.last.actions == ()
    gone = hub.took(mind.tick(RULES, hub.state, later(hub.now, HUB_SILENT_S + 0.1)))
    assert gone.actions == (
        Drive("nest", "light", 0.5, STOP_RAMP_S, ""),
        Drive("nest", "sound", 0.0, STOP_RAMP_S, ""),
    )
    assert gone.state.hub.session == ""
    assert all(room.held == () for room in gone.state.rooms)
    hub.claim(light(1.0))
    assert hub.limits() == ["not-this-hub"]


@pytest.mark.safety("H-94")
def test_a_heart_that_beats_keeps_the_leases(hub: TalkingHub) -> None:
    hub.claim(light(1.0))
    for _ in range(7):
        hub.now = later(hub.now, 10.0)
        hub.say(Beat(**hub.head(), under_way=True))
        hub.took(mind.tick(RULES, hub.state, hub.now))
    assert hub.target() == 1.0


@pytest.mark.safety("H-94")
@pytest.mark.parametrize("speed", [1.0, 30.0])
def test_a_newer_hub_takes_over_and_what_the_older_held_lapses_soon(speed: float) -> None:
    hub = TalkingHub(replace(RULES, speed=speed))
    hub.claim(light(1.0), sound(40.0, lease_s=5.0))
    hub.state = mind.welcome(hub.rules, hub.state, OTHER, hub.now)
    assert hub.state.hub.tokens == BURST
    hub.claim(light(0.9))
    assert hub.limits() == ["not-this-hub"]
    soon = replace(hub.now, s=hub.now.s + min(75.0, HUB_SILENT_S * speed))
    hub.took(mind.tick(hub.rules, hub.state, soon))
    assert (hub.target(), hub.target("sound")) == (1.0, 0.0)
    hub.took(mind.tick(hub.rules, hub.state, replace(soon, s=soon.s + 0.1)))
    assert hub.target() == 0.5


def test_a_hub_that_is_back_at_once_keeps_its_room_as_it_was(hub: TalkingHub) -> None:
    hub.begin()
    hub.claim(light(1.0))
    hub.state = mind.welcome(RULES, hub.state, OTHER, hub.now)
    hub.seq = 0
    hub.claim(light(1.0), session=OTHER)
    assert (hub.limits(), hub.last.actions) == ([], ())


@pytest.mark.safety("H-94")
def test_a_farewell_makes_every_room_safe(hub: TalkingHub) -> None:
    hub.claim(light(1.0), sound(40.0))
    hub.claim(light(8.0), room="loft", holder="n2")
    hub.took(mind.farewell(RULES, hub.state, hub.now))
    assert (hub.target(), hub.target("sound"), hub.target(room=1)) == (0.5, 0.0, 0.0)
    assert hub.state.hub.session == ""


# --- The last number -----------------------------------------------------------------------------


def test_the_most_a_room_may_have_is_where_it_goes_or_still_is(hub: TalkingHub) -> None:
    def most(room: str, output: str, seconds: float = 0.0) -> float:
        return mind.most(hub.state, RULES, room, output, later(hub.now, seconds))

    hub.claim(sound(40.0))
    assert most("nest", "sound") == 40.0
    hub.wait(20.0)
    hub.claim(Setpoint("sound", 0.0, 10.0, 75.0))
    assert most("nest", "sound", 5.0) == 20.0
    assert most("nest", "sound", 10.0) == 0.0
    assert most("nest", "light") == 0.5
    assert most("loft", "light") == 0.0


@pytest.mark.safety("H-91")
def test_no_output_may_rise_over_the_limit_of_the_moment_though_it_is_still_above_it() -> None:
    hub = TalkingHub()
    hub.claim(light(10.0, 0.0), sound(50.0), room="loft")
    hub.wait(70.0)
    hub.claim(light(1.0, 100.0), sound(30.0), room="loft", phase=ASLEEP)
    room = hub.state.rooms[1]
    assert room.light.ramp.value_at(hub.now.s) == 10.0
    assert mind.most(hub.state, RULES, "loft", "light", hub.now) == 1.0
    assert mind.most(hub.state, RULES, "loft", "sound", hub.now) == 30.0


@pytest.mark.parametrize("word", ["replaced", "another-clock", "not-yours", "too-old", "garbled"])
def test_every_rule_has_its_sentence(word: str) -> None:
    assert why(word).endswith(".")


def test_a_phase_that_is_awake_is_no_sleeper(hub: TalkingHub) -> None:
    hub.claim(light(1.0), phase=WINDING_DOWN)
    assert hub.state.rooms[0].asleep_night < 0
    hub.claim(light(0.5), phase=ASLEEP)
    assert hub.state.rooms[0].asleep_night == hub.now.night


def test_hello_and_the_rest_hold_for_any_session() -> None:
    state: Any = mind.welcome(RULES, mind.begin(RULES), HUB, EVENING)
    assert (state.hub.session, state.hub.heard_s) == (HUB, EVENING.real_s)


# --- What must outlive it ------------------------------------------------------------------------


@pytest.mark.safety("H-93")
def test_what_was_stopped_or_slept_is_restored_and_an_unreadable_note_counts_as_slept() -> None:
    before = mind.begin(RULES)
    nest = replace(before.rooms[0], asleep_night=7, stopped_night=8)
    after = replace(before, rooms=(nest, before.rooms[1]))
    kept = mind.kept(RULES, after)
    assert kept == {"nest": Kept(7, 8), "loft": Kept(-1, -1)}
    assert mind.restored(RULES, before, kept, 9) == after
    assert mind.restored(RULES, before, {}, 9) == before
    assert mind.restored(RULES, before, {"attic": Kept(3, 2)}, 9) == before
    unread = mind.restored(RULES, before, None, 9)
    assert [(one.asleep_night, one.stopped_night) for one in unread.rooms] == [(9, -1)] * 2


# --- What a page is told is no flash --------------------------------------------------------------

ASKED = st.lists(
    st.tuples(
        st.sampled_from(["claim", "claim", "claim", "release", "stop", "wait"]),
        st.sampled_from([0.0, 0.5, 1.0, 8.0, 10.0, 100.0]),
        st.sampled_from([0.0, 3.0, 30.0]),
        st.sampled_from(PHASES),
        st.sampled_from([0.0, 0.02, 0.3, 1.0, 4.9, 20.0, 80.0]),
    ),
    max_size=60,
)


def drawn(asked: list[tuple[str, float, float, int, float]], room: int = 1) -> list[Point]:
    """Where a page's light was, whatever a hub asked; the page's only light is red."""
    hub = TalkingHub()
    name = RULES.rooms[room].room
    points = [Point(0.0, 0.0, WARM_RGB)]
    for do, level, ramp_s, phase, pause_s in asked:
        before = hub.state.rooms[room].light.ramp
        hub.now = later(hub.now, pause_s)
        if do == "claim":
            hub.claim(light(level, ramp_s), room=name, phase=phase)
        elif do == "release":
            hub.release(name)
        elif do == "stop":
            hub.stop(name)
        else:
            hub.wait(0.0)
        ends_s, at_s = before.start_s + before.ramp_s, hub.now.s
        after = hub.state.rooms[room].light.ramp
        moments = [ends_s] if points[-1].at_s < ends_s < at_s else []
        points += [Point(one, before.value_at(one), WARM_RGB) for one in (*moments, at_s)]
        points.append(Point(at_s, after.value_at(at_s), WARM_RGB))
    return points


@pytest.mark.safety("H-98")
@given(ASKED, st.sampled_from([0, 1]))
def test_no_hub_can_make_a_page_flash(
    asked: list[tuple[str, float, float, int, float]], room: int
) -> None:
    """Nor a lamp that does at once what the page does, by an analyser that knows no guard."""
    assert is_calm(drawn(asked, room))


def test_a_hub_that_may_do_as_it_likes_would_make_it_flash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mind, "_has_just_fallen", lambda *_: False)
    beating = [("claim", level, 0.0, WINDING_DOWN, 1.0) for _ in range(3) for level in (10.0, 0.0)]
    assert not is_calm(drawn(beating))


@pytest.mark.safety("H-98")
def test_a_light_that_fell_rises_after_five_seconds_of_the_night_and_one_of_the_worlds() -> None:
    hub = TalkingHub()
    hub.claim(light(10.0), room="loft", phase=WINDING_DOWN)
    hub.wait(80.0)
    hub.claim(light(10.0), room="loft")
    hub.wait(80.0)
    hub.claim(light(2.0, ramp_s=0.0), room="loft")
    fell = hub.now
    for s, real_s, target in ((4.9, 9.0, 2.0), (9.0, 0.9, 2.0), (5.0, 1.0, 10.0)):
        hub.now = replace(fell, s=fell.s + s, real_s=fell.real_s + real_s)
        before = hub.state
        hub.claim(light(10.0), room="loft", holder="n1")
        assert hub.target(room=1) == target
        hub.state = before if target < 10.0 else hub.state
    hub.claim(sound(0.0), sound(40.0), room="loft")
    assert hub.target("sound", room=1) == 40.0


@pytest.mark.safety("H-98")
def test_what_waits_for_its_rest_rises_by_itself_and_nothing_is_refused() -> None:
    hub = TalkingHub()
    hub.claim(light(8.0, ramp_s=0.0), room="loft")
    hub.wait(10.0)
    hub.claim(light(0.0, ramp_s=0.0), room="loft")
    assert hub.claim(light(8.0), room="loft").denied == ()
    assert hub.target(room=1) == 0.0
    hub.wait(5.0)
    assert hub.target(room=1) == 8.0
