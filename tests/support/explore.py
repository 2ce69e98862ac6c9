"""Every state a programme can reach, by the kernel's own step: small programmes, all of them."""

from collections.abc import Iterator

from evenfall.play.step import begin, step
from evenfall.records.night import (
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    NightState,
    No,
    Override,
    Pause,
    Restarted,
    Resume,
    SensorLost,
    SensorReturned,
    Step,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.programme import Programme


def alphabet(programme: Programme) -> tuple[AnyEvent, ...]:
    """Everything that can happen, with a sensor that may say anything or nothing."""
    who = range(programme.sleepers)
    stages = (
        [(a, b) for a in (0, 1, 3) for b in (0, 1, 3)]
        if programme.sleepers > 1
        else [(a,) for a in (0, 1, 3)]
    )
    doors = {way.chosen for scene in programme.scenes for way in scene.exits if way.chosen}
    return (
        *(Beat(one) for one in stages),
        *(Choice(door) for door in sorted(doors)),
        *(event(one) for one in who for event in (LightsOut, SensorLost, SensorReturned)),
        Begin(), Touch(), Voice(), Stop(), No(), Pause(), Resume(), Dawn(), Dawn(due=False),
        BeatsMissed(1), BeatsMissed(5), Override("a"), Emergency("call"), Restarted(),
    )  # fmt: skip


def every_step(programme: Programme) -> Iterator[tuple[NightState, AnyEvent, Step]]:
    """Every step from every state that can be reached, once each."""
    events = alphabet(programme)
    waiting = [begin(programme)]
    seen = set(waiting)
    while waiting:
        state = waiting.pop()
        for event in events:
            taken = step(programme, state, event)
            yield state, event, taken
            if taken.state not in seen:
                seen.add(taken.state)
                waiting.append(taken.state)
