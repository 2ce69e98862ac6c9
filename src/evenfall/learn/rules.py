"""Every rule the kernel can give as a reason, in words, with the limit or source behind it.

One table: the morning page, `evenfall why` and docs/reference/rules.md all read it, and a test
fails when the kernel knows a rule that is not here.
"""

from evenfall.records.base import Record

DESIGN = "a rule of this house that no score can leave out"
PLAN = "tonight's plan"
SCORE = "the score"


class Rule(Record, frozen=True, kw_only=True):
    """One rule in plain words."""

    what: str
    why: str
    source: str


RULES: dict[str, Rule] = {
    "begin": Rule(what="the evening began", why="someone began it", source="the people here"),
    "wait_lapsed": Rule(
        what="nobody began, and it became night",
        why="a dimmed room waits three hours at most",
        source="this project's own choice",
    ),
    "longest_stay": Rule(
        what="the evening went on",
        why="this scene's longest stay was over",
        source=SCORE,
    ),
    "sleep_came": Rule(
        what="the evening went on, more quietly",
        why="sleep had lasted as long as the scene waits for",
        source=SCORE,
    ),
    "touched": Rule(what="a touch led on", why="this scene goes on at a touch", source=SCORE),
    "chosen": Rule(what="a door was chosen", why="this scene has a door to choose", source=SCORE),
    "breather_due": Rule(
        what="a breather: the real room for a moment",
        why="immersion never lasts longer than its scene allows",
        source=DESIGN,
    ),
    "breather_over": Rule(
        what="the story went on",
        why="the breather had lasted; the scene takes up what was left of its stay",
        source=DESIGN,
    ),
    "sensor_lost_stops_waiting": Rule(
        what="the evening went on",
        why="a sensor was lost, so what was waiting for sleep stopped waiting",
        source=DESIGN,
    ),
    "stop": Rule(
        what="someone stopped it: dark and quiet for the rest of the night",
        why="anyone may stop anything, at any time",
        source=DESIGN,
    ),
    "no": Rule(
        what="a no: the machine's part ended and the told evening went on",
        why="a no is honoured and never argued with",
        source=DESIGN,
    ),
    "told_lapsed": Rule(
        what="the told light went out",
        why="after a no, the told light stays an hour at most",
        source="this project's own choice",
    ),
    "pause": Rule(what="paused: dark and quiet", why="someone asked for a pause", source=DESIGN),
    "resume": Rule(what="went on after the pause", why="someone asked to go on", source=DESIGN),
    "pause_lapsed": Rule(
        what="the pause became the night",
        why="a pause lasts 15 minutes at most",
        source=DESIGN,
    ),
    "override": Rule(
        what="a guardian quieted the room",
        why="a guardian's word from elsewhere may only quieten",
        source=DESIGN,
    ),
    "emergency_fault": Rule(
        what="something of the house failed: everything faded, and an adult was told",
        why="where the house cannot keep what it promised, the room is left to itself",
        source="care rule 5",
    ),
    "emergency_call": Rule(
        what="someone called for help: everything faded, and an adult was told",
        why="who calls gets a person; the house does nothing but step back",
        source="care rule 5",
    ),
    "emergency_distress": Rule(
        what="heart and movement were high for a while: everything faded, and an adult was told",
        why="it may be a bad dream or nothing at all; no voice, light or waking follows by itself",
        source="care rule 5",
    ),
    "lights_out": Rule(what="lights out", why="it was time, as the plan says", source=PLAN),
    "someone_sleeps": Rule(
        what="something quieter came instead",
        why="what should have come is more than a sleeper in the room may have",
        source="WHO 1999 (sound, bedrooms); Brown et al. 2022 (light)",
    ),
    "dawn": Rule(
        what="the dawn began",
        why="it takes half an hour, up to the planned wake",
        source=PLAN,
    ),
    "dawn_put_off": Rule(what="the dawn was put off", why="the wake was moved", source=PLAN),
    "touch_at_night": Rule(
        what="a touch in the night: answered by a dim glow",
        why="who touches the page at night gets a dim light, and a child's guardians are told",
        source="care rule 5",
    ),
    "voice_at_night": Rule(
        what="a familiar voice answered",
        why="someone who had touched the page asked for it; no voice ever starts by itself",
        source="care rule 5",
    ),
    "sensor_lost": Rule(
        what="a sensor was lost",
        why="it gave nothing; what is not measured is not guessed",
        source=DESIGN,
    ),
    "sensor_returned": Rule(what="the sensor was back", why="it gave something", source=DESIGN),
    "output_lost": Rule(
        what="a lamp or speaker did not answer",
        why="the evening goes on without it",
        source=DESIGN,
    ),
    "output_returned": Rule(
        what="the lamp or speaker answered again", why="it was asked again", source=DESIGN
    ),
    "refused": Rule(
        what="something too bright or too loud was refused",
        why="the strictest limit in the room binds everyone",
        source="docs/reference/limits.md",
    ),
    "gap_longer_than_lease": Rule(
        what="the hub had been away; the night went on in quiet",
        why="a gap longer than a lease resumes in quiet",
        source=DESIGN,
    ),
    "restarted": Rule(
        what="the night was taken up again and kept dark and quiet",
        why="what was written before could not be trusted",
        source=DESIGN,
    ),
    "up": Rule(what="someone was up", why="they said so", source="the people here"),
}
