"""One night: its state, the events that move it, and the rows of its log.

The state holds ages in beats, each saturated at the largest constant that reads it, and no
wall times: what a checker explores is exactly what runs, and exploring ends.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from evenfall.records.base import Id, LocalDate, Record
from evenfall.records.programme import Setpoint

# How a stage is written in an event: an index, so that a watch can be a bit mask.
UNKNOWN, WAKE, N1, N2, N3, REM, ASLEEP = range(7)
STAGE_CODES = {"W": WAKE, "N1": N1, "N2": N2, "N3": N3, "R": REM, "S": ASLEEP}
ASLEEP_MASK = 1 << N1 | 1 << N2 | 1 << N3 | 1 << REM | 1 << ASLEEP

# The modes of a night.
RUNNING, PAUSED, TOLD, STOPPED, ENDED, WAITING = range(6)
MODE_NAMES = ("running", "paused", "told", "stopped", "ended", "waiting")


class NightState(msgspec.Struct, frozen=True):
    """Everything the kernel knows of a night."""

    mode: Annotated[
        int, Meta(description="0 running, 1 paused, 2 told, 3 stopped, 4 ended, 5 waiting")
    ] = WAITING
    scene: Annotated[int, Meta(description="the scene, by index")] = 0
    scene_age_beats: Annotated[int, Meta(description="beats in this scene")] = 0
    mode_age_beats: Annotated[int, Meta(description="beats paused, or told after a no")] = 0
    breather_age_beats: Annotated[
        int, Meta(description="beats in a breather, counted from 1; 0 outside one")
    ] = 0
    immersed_beats: Annotated[int, Meta(description="beats immersed since real life")] = 0
    glow_age_beats: Annotated[
        int, Meta(description="beats since the answering glow came on, from 1; 0 when it is off")
    ] = 0
    voice_age_beats: Annotated[
        int, Meta(description="beats since a familiar voice was asked for, from 1; 0 for none")
    ] = 0
    lights_out: Annotated[int, Meta(description="whose lights are out, as a mask")] = 0
    lost: Annotated[int, Meta(description="whose sensor was lost, as a mask")] = 0
    watch_beats: Annotated[
        tuple[int, ...], Meta(description="how long each watched thing has lasted")
    ] = ()


class Event(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """Something that happened. The kernel learns of the world only through these."""


class Beat(Event, frozen=True):
    """Thirty seconds have passed."""

    stages: Annotated[
        tuple[int, ...], Meta(description="each sleeper's stage code; 0 is unknown")
    ] = ()


class Begin(Event, frozen=True):
    """Someone began the story or dreamscape. Until then the room is only dimmed."""


class Touch(Event, frozen=True):
    """Someone touched the bedside page or a key."""

    sleeper: Annotated[int, Meta(description="whose page it was, by index")] = 0


class Voice(Event, frozen=True):
    """Someone asked for a familiar voice. Only a person asks; the log holds neither name nor sound.

    The kernel does not look at which voice it is.
    """

    sleeper: Annotated[int, Meta(description="who asked, by index")] = 0
    voice: Annotated[str, Meta(description="which recording, by id")] = ""


class Choice(Event, frozen=True):
    """Someone chose a door."""

    option: Annotated[str, Meta(description="the door's name")]


class Stop(Event, frozen=True):
    """Anyone's stop: everything to safe, now, for tonight."""

    by: Annotated[str, Meta(description="who or what stopped it, by id")] = ""


class No(Event, frozen=True):
    """A child's no: the machine's part ends, the parent's evening goes on."""

    sleeper: Annotated[int, Meta(description="whose no it was, by index")] = 0


class Pause(Event, frozen=True):
    """Dark and quiet, until resumed or for 15 minutes."""


class Resume(Event, frozen=True):
    """The pause is over."""


class SensorLost(Event, frozen=True):
    """A sensor that was there is not."""

    sleeper: Annotated[int, Meta(description="whose sensor, by index")] = 0


class SensorReturned(Event, frozen=True):
    """It is back."""

    sleeper: Annotated[int, Meta(description="whose sensor, by index")] = 0


class OutputLost(Event, frozen=True):
    """A lamp or speaker does not answer."""

    output: Annotated[str, Meta(description="its id")]


class OutputReturned(Event, frozen=True):
    """It answers again."""

    output: Annotated[str, Meta(description="its id")]


class LightsOut(Event, frozen=True):
    """It is lights-out for one sleeper: the plan's time, or a person's word."""

    sleeper: Annotated[int, Meta(description="whose, by index")] = 0
    by: Annotated[str, Meta(description="plan where nobody said it, else empty")] = ""


class Dawn(Event, frozen=True):
    """The dawn is due; or, put off, no longer due."""

    due: Annotated[bool, Meta(description="false where the wake was moved or skipped")] = True


class Up(Event, frozen=True):
    """Someone is up, by their own word or another's. It ends nothing for who still sleeps."""

    sleeper: Annotated[int, Meta(description="who, by index")] = 0


class BeatsMissed(Event, frozen=True):
    """The hub slept, hung or was restarted for this many beats."""

    beats: Annotated[int, Meta(description="how many", ge=1)]


class Restarted(Event, frozen=True):
    """The night was taken up again and what was before cannot be trusted."""

    why: Annotated[str, Meta(description="what does not match, in words")] = ""


class Override(Event, frozen=True):
    """A guardian's word from elsewhere: it may only quieten."""

    guardian: Annotated[str, Meta(description="who, by id")]


Cause = Literal["fault", "call", "distress"]
"""What an emergency comes of: the house itself, a person's call for help, or a suspicion."""


class Emergency(Event, frozen=True):
    """Something is wrong, or may be: everything fades, an adult is told, and nothing else comes."""

    cause: Annotated[
        Cause,
        Meta(description="fault of the house, call for help, or distress that is suspected"),
    ]
    sleeper: Annotated[
        int, Meta(description="whom it is about, by index; −1 for the room, or nobody can tell")
    ] = -1
    by: Annotated[str, Meta(description="who called, by id; or what noticed, in a word")] = ""


class Refused(Event, frozen=True):
    """The guard refused a setpoint, with its reason."""

    output: Annotated[str, Meta(description="which output, by id")]
    reason: Annotated[str, Meta(description="why")]


AnyEvent = (
    Beat
    | Begin
    | Touch
    | Voice
    | Choice
    | Stop
    | No
    | Pause
    | Resume
    | SensorLost
    | SensorReturned
    | OutputLost
    | OutputReturned
    | LightsOut
    | Dawn
    | Up
    | BeatsMissed
    | Override
    | Emergency
    | Restarted
    | Refused
)


class StepReason(msgspec.Struct, frozen=True):
    """Which rule moved the night, and where in the score it stands."""

    rule: Annotated[str, Meta(description="the rule's short name; docs/reference/rules.md")]
    scene: Annotated[int, Meta(description="the scene it left or stayed in, by index")]
    line: Annotated[int, Meta(description="the line of the score, or 0 for an injected rule")] = 0


class Step(msgspec.Struct, frozen=True):
    """What one event did."""

    state: Annotated[NightState, Meta(description="the state after")]
    setpoints: Annotated[tuple[Setpoint, ...], Meta(description="what the outputs are to be")]
    reasons: Annotated[tuple[StepReason, ...], Meta(description="the rules that moved it")] = ()


class TimedEvent(msgspec.Struct, frozen=True):
    """An event and the beat it belongs to (it comes before that beat's own tick)."""

    beat: Annotated[int, Meta(description="the night's beat")]
    event: Annotated[AnyEvent, Meta(description="what happened")]


class Night(Record, frozen=True, kw_only=True):
    """One run of a plan and a programme for the sleepers of a room."""

    id: Annotated[str, Meta(description="date, room and a number: 2026-11-20-nest-1")]
    night: Annotated[LocalDate, Meta(description="the local date of the noon before it")]
    room: Annotated[Id, Meta(description="the room")]
    sleepers: Annotated[tuple[Id, ...], Meta(description="the sleepers, the youngest first")]
    programme_hash: Annotated[str, Meta(description="which programme ran")]
    start_utc: Annotated[datetime, Meta(description="when beat 0 was")]
    source: Annotated[
        str, Meta(description="what stands in for the sensors: none, simulated, or a recording")
    ]
    simulated: Annotated[bool, Meta(description="true where sleepers or rooms were simulated")]
    seed: Annotated[int | None, Meta(description="the seed of a simulated night")] = None
    script: Annotated[str | None, Meta(description="what a simulated night rehearses")] = None
    recording: Annotated[str | None, Meta(description="the recording's id, if replayed")] = None


class LogRow(Record, frozen=True, kw_only=True):
    """One row of the night log. Each sequence number stands exactly once."""

    night: Annotated[str, Meta(description="the night's id")]
    seq: Annotated[int, Meta(description="0, 1, 2 … without a gap")]
    beat: Annotated[int, Meta(description="the night's beat")]
    wall_utc: Annotated[datetime, Meta(description="the wall clock, as the hub believed it")]
    boot_id: Annotated[str, Meta(description="which boot of the machine")]
    writer_epoch: Annotated[int, Meta(description="which opening of the night wrote it")]
    kind: Annotated[str, Meta(description="the event's kind")]
    body_version: Annotated[int, Meta(description="the version of the body's format")]
    body: Annotated[bytes, Meta(description="the event itself, as JSON")]
    programme_hash: Annotated[str, Meta(description="the programme it ran under")]
    kernel_version: Annotated[str, Meta(description="the kernel that took the step")]
    digest: Annotated[str, Meta(description="a digest of the state after it")]
