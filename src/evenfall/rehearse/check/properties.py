"""What is proven of every programme, one entry each: its name, its class and what else may come.

A property is a function from what was explored to the places where it does not hold. Two classes:
with any sensor, lying and silent ones included; and with a sensor that tells the truth.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from evenfall.records.proof import SensorClass
from evenfall.rehearse.check import levels, rules, times
from evenfall.rehearse.check.ground import Broken, Ground
from evenfall.rehearse.check.times import Times


@dataclass(frozen=True)
class Property:
    """One thing that must hold.

    Attributes:
        name: its short name.
        about: what holds, in a line.
        hazard: what may come of it where it does not.
        find: the places where it does not.
        sensor: which sensors it holds with.
    """

    name: str
    about: str
    hazard: str
    find: Callable[[Ground, Times], Iterator[Broken]]
    sensor: SensorClass = "any-sensor"


def _of_ground(look: Callable[[Ground], Iterator[Broken]]) -> Callable[..., Iterator[Broken]]:
    return lambda ground, _times: look(ground)


def _of_times(look: Callable[[Times], Iterator[Broken]]) -> Callable[..., Iterator[Broken]]:
    return lambda _ground, timed: look(timed)


_TRAPPED = "a sleeper is kept in an evening that does not end"
_TOO_MUCH = "too much light or sound reaches someone"
_WOKEN = "a sleeper is woken"
_IMMERSED = "a dreamscape goes on without real life"

PROPERTIES: tuple[Property, ...] = (
    Property("quiet-in-time", "quiet is reached within the score's length, whatever happens",
             _TRAPPED, _of_times(times.quiet_in_time)),
    Property("modes-lapse", "waiting, a pause and a told light each end by themselves",
             _TRAPPED, _of_times(times.modes_lapse)),
    Property("loss-never-prolongs", "losing a sensor makes no evening longer",
             _TRAPPED, _of_times(times.loss_never_prolongs)),
    Property("stop-holds", "anyone's stop is dark and quiet from anywhere, for the night",
             _TRAPPED, _of_ground(rules.stop_holds)),
    Property("stop-in-5-s", "a stop is safe within 5 s, merged with whoever shares the room",
             _TRAPPED, _of_ground(partial(levels.changes_gentle, what="stop"))),
    Property("words-quieten", "a no ends the machine's part; a guardian's word and a gap are quiet",
             _TRAPPED, _of_ground(rules.words_quieten)),
    Property("emergency-fades", "an emergency is dark and quiet from anywhere, and wakes nobody",
             _WOKEN, _of_ground(rules.emergency_only_fades)),
    Property("lights-out-quiet", "once everyone's light is out the evening is over",
             _TRAPPED, _of_ground(rules.lights_out_is_quiet)),
    Property("pause-dark", "a pause is dark and quiet", _TRAPPED, _of_ground(rules.pause_is_dark)),
    Property("quiet-holds", "once it is night the evening does not come back",
             _TRAPPED, _of_ground(rules.quiet_holds)),
    Property("night-grows-no-louder", "after quiet only a touch, an asked-for voice and the dawn "
             "are answered", _WOKEN, _of_ground(rules.quiet_grows_no_louder)),
    Property("dawn-when-due", "the dawn begins at its own word only",
             _WOKEN, _of_ground(rules.dawn_only_when_due)),
    Property("morning-ends-it", "the dawn comes when it is due, and nothing else ends a night",
             _TRAPPED, _of_ground(rules.morning_ends_it)),
    Property("voice-when-asked", "a familiar voice speaks to whoever asked, at night",
             _WOKEN, _of_ground(rules.voice_only_when_asked)),
    Property("answers-end", "the glow and the voice end by themselves",
             _WOKEN, _of_times(times.answers_end)),
    Property("told-silent", "there is no sound while a person tells or nothing has begun",
             _TOO_MUCH, _of_ground(rules.told_is_silent)),
    Property("breathers-kept", "immersion lasts no longer than it may, across scenes",
             _IMMERSED, _of_times(times.breathers_kept)),
    Property("immersion-counted", "no night immerses longer in all than the programme says",
             _IMMERSED, _of_times(times.immersion_counted)),
    Property("breathers-last", "a breather is no shorter than it may be",
             _IMMERSED, _of_times(times.breathers_last)),
    Property("breathers-interrupt", "a breather interrupts a dreamscape; no way leads into one",
             _IMMERSED, _of_ground(rules.breathers_interrupt)),
    Property("breathers-subtract", "a breather is never louder or brighter than what it interrupts",
             _TOO_MUCH, _of_ground(rules.breathers_subtract)),
    Property("light-limits", "light within the limit of its phase",
             _TOO_MUCH, _of_ground(partial(levels.limits_kept, outputs=("light",)))),
    Property("sound-limits", "sound and voice within the limit of their phase",
             _TOO_MUCH, _of_ground(partial(levels.limits_kept, outputs=("sound",)))),
    Property("asleep-limits", "after anyone's lights-out no more than a sleeper may have",
             _WOKEN, _of_ground(levels.asleep_limits_kept)),
    Property("fits-as-said", "what says it fits a sleeper is no more than a sleeper may have",
             _WOKEN, _of_ground(rules.fits_as_said)),
    Property("known-outputs", "light and sound only: no warmth, no scent",
             _TOO_MUCH, _of_ground(levels.outputs_known)),
    Property("ramps-gentle", "nothing rises quicker than it may",
             _WOKEN, _of_ground(partial(levels.changes_gentle, what="ramp"))),
    Property("no-flashes", "nothing can flash, whoever presses what, however often",
             _WOKEN, _of_ground(partial(levels.changes_gentle, what="flash"))),
    Property("fades-in-time", "what is above a limit that begins is down within 3 min",
             _TOO_MUCH, _of_ground(partial(levels.changes_gentle, what="fade"))),
    Property("gone-in-time", "what a no, a pause or the night takes away is gone within 3 min",
             _TRAPPED, _of_ground(partial(levels.changes_gentle, what="gone"))),
    Property("lowest-wins", "beside any neighbour the room does no more than was asked of it",
             _WOKEN, _of_ground(partial(levels.changes_gentle, what="merge"))),
    Property("leases-bounded", "everything asked of a room lapses unless asked again",
             _TRAPPED, _of_ground(levels.leases_bounded)),
    Property("light-dose", "the light of an evening, by its brightest way",
             _TOO_MUCH, _of_times(partial(times.doses_kept, what="light"))),
    Property("sound-dose", "the sound of an evening, by its loudest way",
             _TOO_MUCH, _of_times(partial(times.doses_kept, what="sound"))),
    Property("sound-asleep", "the sound after lights-out over 8 h, the fade included",
             _WOKEN, _of_times(partial(times.doses_kept, what="asleep"))),
    Property("sleep-gates", "an exit that waits for sleep opens in sleep only",
             _WOKEN, _of_ground(rules.sleep_gates), "truthful-sensor"),
    Property("sleep-kept", "where sleep leads on, what follows is no more than a sleeper may have",
             _WOKEN, _of_ground(rules.sleep_is_kept), "truthful-sensor"),
)  # fmt: skip
