"""What a page is told, made from what the hub holds. Plain values, true for a person right now."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from evenfall.formats.errors import EvenfallError
from evenfall.formats.language import retold, said
from evenfall.formats.quantity import duration_s
from evenfall.learn.moments import spoken
from evenfall.learn.red_flags import what_to_do
from evenfall.plan.age import is_child
from evenfall.plan.agreement import allowance_s
from evenfall.plan.rooms import SAFE_SLEEP_RULE
from evenfall.play.step import glows
from evenfall.records.household import Household
from evenfall.records.night import ENDED, PAUSED, RUNNING, STOPPED, TOLD, WAITING
from evenfall.records.plan import MemberPlan, Plan, RoomEvening
from evenfall.records.programme import BEAT_S, VOICE
from evenfall.records.view import (
    Act,
    Almost,
    Call,
    Door,
    HomeView,
    LeaseFrame,
    Light,
    Mode,
    RitualView,
    RoomView,
    SleeperView,
    VoiceChoice,
)
from evenfall.records.worry import Worry
from evenfall.runtime.live_room import LiveRoom
from evenfall.runtime.night_runner import NightRunner

NEARLY_S = 15 * 60
"""“Nearly morning” begins this long before the wake: this project's own choice."""

_DARK = LeaseFrame(
    light_lx_medi=0.0,
    light_ramp_s=3.0,
    sound_dba=0.0,
    sound_ramp_s=3.0,
    sound_what="",
    lease_s=15.0,
    seq=0,
)

_MAY: dict[int, tuple[Act, ...]] = {
    WAITING: ("begin", "no", "stop", "lights-out", "skip-wake"),
    PAUSED: ("resume", "no", "stop", "lights-out", "skip-wake"),
    TOLD: ("stop", "lights-out", "skip-wake"),
    STOPPED: ("touch", "up"),
    ENDED: ("up",),
}
_MAY_BY_KIND: dict[str, tuple[Act, ...]] = {
    "quiet": ("touch", "stop", "no", "up", "skip-wake"),
    "wake": ("stop", "no", "up", "skip-wake"),
}
_MAY_IN_STORY: tuple[Act, ...] = (
    "stop",
    "no",
    "pause",
    "touch",
    "choose",
    "lights-out",
    "skip-wake",
)


def may_do(
    runner: NightRunner, now: datetime, voices: Sequence[VoiceChoice] = ()
) -> tuple[Act, ...]:
    """What may be asked of a room now; a voice only while a touch at night is being answered.

    Args:
        runner: the room's night.
        now: the hub's clock, aware.
        voices: the voices kept for it.
    """
    if _is_before(runner, now):
        return ("skip-wake",)
    state = runner.state
    if state.mode != RUNNING:
        acts = _MAY[state.mode]
    else:
        kind = runner.programme.scenes[state.scene].kind
        acts = _MAY_BY_KIND.get(kind, _MAY_IN_STORY)
        if kind == "quiet" and state.lights_out != (1 << runner.programme.sleepers) - 1:
            acts = (*acts, "lights-out")  # a night that went on in quiet, and someone still reads
    if not glows(runner.programme, state):
        return acts
    answers: tuple[Act, ...] = ("stop", "voice") if voices else ("stop",)
    return tuple(dict.fromkeys((*acts, *answers)))


def may_still(room: LiveRoom) -> tuple[Act, ...]:
    """What may be asked of a room that is dark by a fault: a stop, which is kept until it can be
    written, so that what comes back comes back stopped.
    """
    return () if room.over else ("stop",)


def room_voices(room: LiveRoom) -> tuple[VoiceChoice, ...]:
    """The voices kept for a room: none where nobody can tell, since the evening goes on."""
    try:
        return room.voices()
    except EvenfallError:
        return ()


def home_view(
    household: Household,
    plan: Plan,
    rooms: Sequence[LiveRoom],
    now: datetime,
    made_up: bool = False,
    language: str = "en",
    worries: Sequence[Worry] = (),
    pace: float = 1.0,
) -> HomeView:
    """The home as it is now.

    Args:
        household: who lives here.
        plan: tonight.
        rooms: the rooms whose night runs; the others have a paper evening.
        now: the hub's clock, aware.
        made_up: true where that clock is not the machine's.
        language: what the house's own sentences are said in. Names, titles and the lines of a
            story stay as they were written.
        worries: what adults noted of anyone here.
        pace: how many of that clock's seconds pass in a real one.
    """
    zone = plan.members[0].wake.tzinfo
    running = {room.ready.night.room: room for room in rooms}
    return HomeView(
        now=now.astimezone(zone),
        household=household.name,
        night=plan.night,
        light=_light(plan, now),
        simulated=made_up,
        sleepers=tuple(
            replace(
                _sleeper(household, one, running.get(one.room), language),
                worry=_worry(one, worries, language),
            )
            for one in plan.members
        ),
        rooms=tuple(
            replace(
                _told_in(_room(household, plan, evening, running.get(evening.room), now), language),
                guidance=_guidance(evening, language),
            )
            for evening in plan.rooms
        ),
        conflicts=tuple(said(reason, language) for reason in plan.conflicts),
        pace=pace,
    )


def _light(plan: Plan, now: datetime) -> Light:
    if now < min(one.wind_down for one in plan.members):
        return "dusk"
    return "dawn" if now >= min(one.wake for one in plan.members) else "night"


def _worry(plan: MemberPlan, worries: Sequence[Worry], language: str) -> str:
    """What to do about what was noted of someone: whom it is for, `web.seen` decides."""
    return what_to_do(plan.name, [one for one in worries if one.member == plan.member], language)


def _guidance(evening: RoomEvening, language: str) -> tuple[str, ...]:
    """What whoever puts an infant to bed is told, whatever else a room does."""
    return tuple(said(one, language) for one in evening.reasons if one.rule == SAFE_SLEEP_RULE)


def _told_in(room: RoomView, language: str) -> RoomView:
    """A room's view with its faults told over."""
    return replace(room, faults=tuple(retold(fault, language) for fault in room.faults))


def _sleeper(
    household: Household, plan: MemberPlan, room: LiveRoom | None, language: str
) -> SleeperView:
    member = next(one for one in household.members if one.id == plan.member)
    place = -1
    members = [] if room is None else [one.member for one in room.ready.sleepers]
    if plan.member in members:
        place = members.index(plan.member)
    return SleeperView(
        member=plan.member,
        name=plan.name,
        room=plan.room,
        wind_down=plan.wind_down,
        lights_out=plan.lights_out,
        wake=plan.wake,
        reasons=tuple(said(reason, language) for reason in plan.reasons),
        ritual=tuple(
            RitualView(what=step.what, takes_min=round(duration_s(step.takes) / 60))
            for step in member.ritual
        ),
        dark=room is not None and place >= 0 and bool(room.runner.state.lights_out >> place & 1),
        up=room is not None and place in room.runner.up,
        child=is_child(plan.age_months),
    )


def _room(
    household: Household,
    plan: Plan,
    evening: RoomEvening,
    room: LiveRoom | None,
    now: datetime,
) -> RoomView:
    name = next(one.name for one in household.rooms if one.id == evening.room)
    last_wake = max(one.wake for one in plan.members if one.room == evening.room)
    allowance_min = allowance_s(household) / 60
    if room is None:
        return RoomView(
            room=evening.room,
            name=name,
            night="",
            kind=evening.kind,
            title="",
            begins=None,
            mode="before",
            scene="",
            breather=False,
            say=(),
            doors=(),
            can=(),
            glow=False,
            morning=_morning(last_wake, now),
            lease=_DARK,
            immersed_min=0.0,
            allowance_min=allowance_min,
            faults=(),
            wake_skipped=False,
        )
    runner, state = room.runner, room.runner.state
    scene = runner.programme.scenes[state.scene]
    shown = runner.programme.scenes[scene.breather] if state.breather_age_beats else scene
    reading = state.mode == RUNNING
    voices, frame = room_voices(room), room.page.frame()
    return RoomView(
        room=evening.room,
        name=name,
        night=runner.night.id,
        kind=runner.programme.evening,
        title=runner.programme.title,
        begins=evening.begins,
        mode="stopped" if room.trouble else _mode(runner, now),
        scene=spoken(shown.id),
        breather=bool(state.breather_age_beats),
        say=shown.say if reading else (),
        doors=_doors(runner) if reading and not state.breather_age_beats else (),
        can=may_still(room) if room.trouble or room.over else may_do(runner, now, voices),
        glow=glows(runner.programme, state),
        voices=voices,
        playing=runner.voice if frame.sound_what == VOICE else "",
        morning=_morning(last_wake, min(now, runner.time.now_utc())),
        lease=frame,
        immersed_min=room.ready.used_before_min + runner.immersed_beats * BEAT_S / 60,
        allowance_min=allowance_min,
        faults=room_faults(room, now),
        wake_skipped=runner.dawn_skipped,
        call=room_call(room),
        broke_off=_broke_off(room),
    )


def _broke_off(room: LiveRoom) -> bool:
    """Whether there is an evening to begin anew: something went wrong, and no light is out yet."""
    state = room.runner.state
    ended = bool(room.trouble) and not (room.runner.over or state.lights_out)
    return (ended or room.runner.broke_off) and state.mode != STOPPED


def room_faults(room: LiveRoom, now: datetime) -> tuple[str, ...]:
    """What does not answer in a room, and what a family should know before its evening begins.

    Where the room has lamps and speakers of its own, they know best: one that is back is told of
    as back, though the room has not asked it for anything since.
    """
    if room.trouble:
        return (_TROUBLE.format(room.trouble),)
    before = _mode(room.runner, now) in ("before", "waiting")
    if room.devices is None:
        told = tuple(_FAULTS[output] for output in sorted(room.keeper.unavailable))
    else:
        told = (*room.devices.faults(), *(room.devices.advice() if before else ()))
    if room.calls is None:
        return told
    return (*told, *room.calls.faults(), *(room.calls.advice() if before else ()))


def room_call(room: LiveRoom) -> Call:
    """What a touch at night does in a room, or what came of the last."""
    return "nobody" if room.calls is None or room.trouble else room.calls.call


_TROUBLE = (
    "{}: so nothing plays here tonight, and the room is dark and quiet. The evening is yours."
)
_FAULTS = {
    "light": "The lamp doesn't answer. The story goes on.",
    "sound": "The speaker doesn't answer. The story goes on.",
}


_MODES: dict[int, Mode] = {
    RUNNING: "running",
    PAUSED: "paused",
    TOLD: "told",
    STOPPED: "stopped",
    ENDED: "ended",
    WAITING: "waiting",
}


def _is_before(runner: NightRunner, now: datetime) -> bool:
    """True until a night begins. A clock that is set back undoes no beginning."""
    return now < runner.night.start_utc and runner.now_beat() < 0


def _mode(runner: NightRunner, now: datetime) -> Mode:
    if _is_before(runner, now):
        return "before"
    return _MODES[runner.state.mode]


def _doors(runner: NightRunner) -> tuple[Door, ...]:
    scene = runner.programme.scenes[runner.state.scene]
    return tuple(Door(id=way.chosen, label=spoken(way.chosen)) for way in scene.exits if way.chosen)


def _morning(wake: datetime, now: datetime) -> Almost:
    left = wake.astimezone(UTC) - now.astimezone(UTC)
    if left <= timedelta(0):
        return "yes"
    return "nearly" if left <= timedelta(seconds=NEARLY_S) else "not-yet"
