"""Why something was refused, in a sentence for a parent."""

from evenfall.records.guard import Begin, Claim, Command, Denied, Refused, Release
from evenfall.records.output import Refusal

_WORDS = {
    "not-this-hub": "It did not come from the hub that keeps tonight.",
    "replaced": "A newer hub keeps tonight.",
    "replayed": "The same words had been said before, and count once.",
    "stale": "It was said too long ago to be true now.",
    "too-often": "Too much was asked at once; what makes a room quieter is always heard.",
    "no-such-room": "This home has no such room.",
    "no-such-output": "A room has a light and a sound, and nothing else that is driven.",
    "another-room": "A night belongs to one room, and asked for something in another.",
    "too-many-nights": "More nights asked for this room than people could sleep in it.",
    "endless-ramp": "A change that takes so long has no end anyone could wait for.",
    "endless-lease": "It asked to hold longer than anything may without being asked again.",
    "stopped": "Someone stopped this room. It stays quiet for the rest of the night.",
    "too-old": "A word from elsewhere holds for five minutes, and this one was older.",
    "another-clock": "Its clock and the guard's are not the same.",
    "not-yours": "This guard was not started by a hub, so no hub can end it.",
    "garbled": "It was no message this guard understands.",
}
_OVER = {
    "light_awake_lx_medi": "{asked:g} lx mEDI is too much light this evening, over {allowed:g}.",
    "light_asleep_lx_medi": "Someone sleeps here, and {asked:g} lx mEDI is more than {allowed:g}.",
    "light_dawn_lx_medi": "{asked:g} lx mEDI is more than a dawn may give: {allowed:g}.",
    "sound_awake_dba": "{asked:g} dBA is louder than this evening may be: {allowed:g}.",
    "sound_asleep_dba": "Someone sleeps here, and {asked:g} dBA is louder than {allowed:g}.",
    "voice_asleep_dba": "At night a voice may be {allowed:g} dBA, and {asked:g} was asked.",
}


def why(rule: str, asked: float = 0.0, allowed: float = 0.0) -> str:
    """The sentence of a rule or a limit.

    Args:
        rule: its name.
        asked: what was asked, in the limit's unit.
        allowed: the most that is allowed.

    Example:
        >>> why("sound_asleep_dba", 45.0, 30.0)
        'Someone sleeps here, and 45 dBA is louder than 30.'
    """
    if rule in _OVER:
        return _OVER[rule].format(asked=asked, allowed=allowed)
    return _WORDS[rule]


def denied(rule: str, command: Command) -> Denied:
    """What is said of a command that was not done.

    Args:
        rule: which rule refused it.
        command: what was asked.
    """
    if isinstance(command, Claim | Release | Begin):
        return Denied(limit=rule, words=why(rule), room=command.room, holder=command.holder)
    return Denied(limit=rule, words=why(rule))


def over(room: str, one: Refusal) -> Denied:
    """What is said of a level a limit refused.

    Args:
        room: where.
        one: what the gate has said.
    """
    return Denied(
        limit=one.limit,
        words=why(one.limit, one.asked, one.allowed),
        room=room,
        holder=one.holder,
        output=one.output,
        asked=one.asked,
        allowed=one.allowed,
    )


def refused(rule: str) -> Refused:
    """The answer to something that is not even looked at."""
    return Refused(denied=(Denied(limit=rule, words=why(rule)),))
