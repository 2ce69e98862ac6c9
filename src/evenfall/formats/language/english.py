"""What the house says, in English: the sentences every other language is held against.

A child could follow them: short, exact, no praise and no blame. Keys are the plan's own rules,
with a word more where one rule has several sentences.
"""

from collections.abc import Sequence

from evenfall.formats.language.speech import Speech
from evenfall.formats.quantity import duration_text
from evenfall.formats.words import listing

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def age_text(months: int) -> str:
    """An age as people say it.

    Example:
        >>> age_text(8), age_text(53)
        ('8 months', '4 years')
    """
    if months < 24:
        return f"{months} month{'s' * (months != 1)}"
    return f"{months // 12} years"


def _hours(hours: float) -> str:
    return f"{hours:g}"


def _names(names: Sequence[str]) -> str:
    return listing(names, "and")


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


_NEED_RANGE = "At {age_months:age}, {low_h:hours} to {high_h:hours} h of sleep a day is advised"
_IN_ORDER = "In a shared room the lights go out in order of age: "
_TOLD = "{teller} tells the story from {starts} to {ends}."
_THE_STORY = "the story in {room} from {starts} to {ends}"

_PLAN = {
    # The morning
    "wake-tonight": "Someone at home chose {wake} for {name} to wake, just this once.",
    "late-for-the-day": (
        "{name} wakes at {wake}, yet {what} starts at {starts} and the morning takes "
        "{ahead_s:length}. One of them has to move: wake earlier, or let {what} begin without "
        "{name}."
    ),
    "skip-wake": (
        "The usual waking is skipped this once, so {name} wakes at {wake}, as on a free day."
    ),
    "free-wake": (
        "{weekday:day} asks for nothing in the morning, so {name} wakes at {wake}, as on any free "
        "day."
    ),
    "commitment": (
        "{what:first} starts at {starts} and the morning takes {ahead_s:length}, so the day "
        "begins at {wake}."
    ),
    "clock-skipped": (
        "The clock jumps forward over {written} that day, so {shown} is meant."
    ),
    "clock-doubled": (
        "The clock goes back and shows {written} twice that day; the first one is meant."
    ),
    # The need
    "need.usual": f"{_NEED_RANGE}, and {{planned_s:length}} is usual.",
    "need.middle": f"{_NEED_RANGE}, and {{planned_s:length}} is the middle of that.",
    "need.own": (
        "{name} sleeps well on {planned_s:length} a day, which is inside what is advised."
    ),
    "need.clipped": (
        f"{_NEED_RANGE}. The home says {{asked_s:length}} for {{name}}, so the night is planned "
        "for {planned_s:length}, the nearest that is inside."
    ),
    "nap-not-told": (
        "Nearly every child of {age_months:age} sleeps by day, and no nap is written down for "
        "{name}, so the night is planned to hold it all. With a nap it would be shorter."
    ),
    "nap": "{name} sleeps {nap_s:length} by day, so the night needs {night_s:length}.",
    "efficiency": (
        "Nobody sleeps the whole time in bed: at {age_months:age} about {asleep} of 100 minutes "
        "are sleep, so {night_s:length} of sleep takes {in_bed_s:length} in bed."
    ),
    # The light
    "lights-out": "Counting back from {wake}, the light goes out at {lights_out}.",
    "lights-out-tonight": (
        "Someone at home chose {lights_out} for {name}'s light, just this once."
    ),
    "range-low.child": (
        "Lights out at {chosen} would give {name} less than the {low_h:hours} h a day advised "
        "before waking at {wake}, so the light goes out at {latest}. One of them has to move: "
        "lights out by {latest}, a later morning, or a nap."
    ),
    "range-low.adult": (
        "Lights out at {chosen} would give {name} less than the {low_h:hours} h a day advised "
        "before waking at {wake}, and it stays so. One of them has to move: lights out by "
        "{latest}, a later morning, or a nap."
    ),
    "evening-from": (
        "{name}'s evening begins at {begins} at the earliest, so the light goes out at "
        "{lights_out}: less sleep than planned, and still inside what is advised."
    ),
    "siblings.later": (
        f"{_IN_ORDER}{{name}}'s light waits for the younger one's, so it goes out at "
        "{lights_out}."
    ),
    "siblings.earlier": (
        f"{_IN_ORDER}{{name}}'s light does not outlast the elder one's, so it goes out at "
        "{lights_out}."
    ),
    "teller-stays-up": (
        "{name} tells a story first, so their light goes out at {lights_out}: still inside what "
        "is advised."
    ),
    # The evening
    "wind-down": (
        "Winding down takes {takes_s:length}, so {name}'s evening turns towards sleep at {starts}."
    ),
    "wind-down.steps": (
        "With {steps:names}, {name}'s evening takes {takes_s:length}, so it turns towards sleep "
        "at {starts}."
    ),
    "clock-change": (
        "The clocks change in this night. It keeps its real length, {in_bed_s:length} in bed."
    ),
    "day-sleep": "{name} sleeps into the day; this sleep is still kept under {night}.",
    "evening-conflict": (
        "{name}'s evening cannot begin before {begins}, yet {in_bed_s:length} in bed before "
        "waking at {wake} means winding down at {starts}. One of them has to move: an evening "
        "that can begin earlier, a later morning, or a shorter ritual."
    ),
    "evening-commitment": (
        "{what} starts at {starts}, yet {name}'s evening turns towards sleep at {wind_down}. One "
        "of them has to move: leave {what} out tonight, or choose tonight's lights-out or wake."
    ),
    "story-earlier": (
        "{teller} can only be in one place at a time, so {name}'s story and evening begin "
        "{earlier_s:length} earlier, with quiet before the light goes out."
    ),
    # The room
    "kind.told": "The evening is told, as wished.",
    "kind.unplugged": "The evening is unplugged, as wished.",
    "kind.immersive": "The evening is immersive, as wished.",
    "kind.told.cautious": (
        "The evening is told: {name} wishes it so, and the most cautious wish holds."
    ),
    "kind.unplugged.cautious": (
        "The evening is unplugged: {name} wishes it so, and the most cautious wish holds."
    ),
    "kind.immersive.cautious": (
        "The evening is immersive: {name} wishes it so, and the most cautious wish holds."
    ),
    "no-programme": (
        "No programme runs here: {name} has not passed the first birthday, and until then "
        "Evenfall only plans the times. Please follow current safe-sleep guidance."
    ),
    "no-immersion-under-3": (
        "{name} is too young for a dreamscape, so someone tells instead."
    ),
    "no-immersion-while-worried": (
        "Dreamscapes rest for {name} until an adult has talked to a doctor, so someone tells "
        "instead."
    ),
    "safe-sleep": (
        "Safe sleep for {name}: on the back, in a cot of their own in your room, firm, flat and "
        "with nothing else in it; smoke-free, the head uncovered, and the room at 16 to 20 °C."
    ),
    "no-common-dreamscape.differ": (
        "{names:names} did not all choose the same dreamscape, so someone tells, by the lamp and "
        "the page."
    ),
    "no-common-dreamscape.none": (
        "{names:names} chose no dreamscape, so someone tells, by the lamp and the page."
    ),
    "after-the-first-light.child": (
        "After {first}'s light goes out at {lights_out}, {name}'s story is a whisper, on paper, "
        "or in another room."
    ),
    "after-the-first-light.adult": (
        "After {first}'s light goes out at {lights_out}, {name}'s evening is a whisper, on paper, "
        "or in another room."
    ),
    # Who tells
    "teller": _TOLD,
    "teller.away": f"{_TOLD} {{first}} is away tonight.",
    "teller.busy": f"{_TOLD} {{first}} cannot be there then.",
    "teller.younger": (
        "{name} hears {younger}'s story, which {teller} tells from {starts} to {ends}."
    ),
    "untold.nobody-listed": (
        f"Nobody is written down to tell {_THE_STORY}. Write tellers: for {{name}}."
    ),
    "untold.away": (
        f"Nobody is home to tell {_THE_STORY}: {{names:names}} away tonight. Another teller would "
        "mend it."
    ),
    "untold.busy": (
        f"Nobody is free to tell {_THE_STORY}: {{names:names}} would have to be in two places. "
        "One of them has to move: another teller, an evening that can begin earlier, or a shorter "
        "story."
    ),
    "wishes-differ.evening.told": (
        "{more} would like a dreamscape for {name}, and {careful} a told evening. Tonight is told: "
        "the more careful wish holds until you agree on another."
    ),
    "wishes-differ.evening.unplugged": (
        "{more} would like more for {name} than paper, and {careful} a paper evening. Tonight is "
        "paper: the more careful wish holds until you agree on another."
    ),
    "wishes-differ.lights-out": (
        "{more} would like {name}'s light out at {other}, and {careful} at {at}. Tonight it is "
        "{at}: the more careful wish holds until you agree on another."
    ),
    "wishes-differ.allowance": (
        "{more} would like up to {other_s:length} of dreamscape a night, and {careful} up to "
        "{held_s:length}. It is {held_s:length}, the same for every child: the more careful wish "
        "holds until you agree on another."
    ),
    "wish-held.evening.told": (
        "{careful} would like a told evening for {name}, and so it is."
    ),
    "wish-held.evening.unplugged": (
        "{careful} would like a paper evening for {name}, and so it is."
    ),
    "wish-held.lights-out": (
        "{careful} would like {name}'s light out at {at}, and so it is."
    ),
    "wish-held.allowance": (
        "{careful} would like no more than {held_s:length} of dreamscape a night, and so it is, "
        "the same for every child."
    ),
    "wish-waits.evening": (
        "{more} would like more of an evening for {name} than you agreed on. What you agreed on "
        "holds until you change it together."
    ),
    "wish-waits.lights-out": (
        "{more} would like {name}'s light out later than {at}. {at} holds until you change it "
        "together."
    ),
    "wish-waits.allowance": (
        "{more} would like more dreamscape a night than {held_s:length}. What you agreed on holds "
        "until you change it together."
    ),
}  # fmt: skip

_WORRIES = {
    "worry.doctor": (
        "Noted for {name}: {signs:names}. Please talk to a doctor about it; until you have, "
        "someone tells in the evening and no dreamscape runs."
    ),
    "worry.emergency": (
        "Noted for {name}: {signs:names}. If it is so now, or comes again, call the emergency "
        "services at once; talk to a doctor in any case. Until you have, someone tells in the "
        "evening and no dreamscape runs."
    ),
    "worry.sign.snoring-most-nights": "snoring on most nights",
    "worry.sign.breathing-pauses": "pauses in breathing",
    "worry.sign.gasping": "gasping or choking in sleep",
    "worry.sign.hurt-in-sleep": "being hurt in sleep",
    "worry.sign.very-sleepy-by-day": "being very sleepy by day",
    "worry.sign.low-mood": "a low mood that stays",
    "worry.sign.turned-blue": "turning blue",
    "worry.sign.struggled-to-breathe": "struggling to breathe",
    "worry.sign.first-seizure": "a first seizure",
}
"""What a sign is called, and what to do about it (`learn/red_flags.py`)."""

_CALLS = {
    "call.touched": "{who} touched the page at {at}.",
    "call.touched.someone": "Someone touched the bedside page. They may want you.",
    "call.or": "or",
    "call.rehearsed": "In a rehearsal, {text}",
    "emergency.rehearsed": "In a rehearsal: {text}",
    "emergency.somebody": "someone",
    "emergency.call": "{names:names} called for help at {at}. {dark}",
    "emergency.call.someone": "Someone called for help at {at} where {names:names} sleep. {dark}",
    "emergency.distress": (
        "{names:names} may want you: at {at}, heart and movement had been high for a while. {dark} "
        "It is a guess, and may be nothing."
    ),
    "emergency.fault": (
        "Something of Evenfall failed at {at} where {names:names} sleep. {dark} A touch on the "
        "page may call nobody there: please look in."
    ),
    "emergency.dark": "The room was made dark and quiet, and nothing else was done.",
}
"""What an adult's phone says (`runtime/calling.py`)."""

STATISTICS = {
    "TIB": "time in bed: from lights-out to getting up",
    "SPT": "sleep period time: from first falling asleep to last waking up",
    "SOL": "sleep onset latency: from lights-out to the first half-minute of sleep",
    "WASO": "wake after sleep onset: time awake between first falling asleep and last waking up",
    "TST": "total sleep time: all the sleep between first falling asleep and last waking up",
    "SE": "sleep efficiency: the share of the time in bed that was sleep",
    "awakenings": "times awake after first falling asleep, before the last waking up",
    "N1": "time in N1, the lightest sleep",
    "N2": "time in N2, light sleep",
    "N3": "time in N3, deep sleep",
    "R": "time in R, the sleep of vivid dreams (REM)",
    "%N1": "the share of sleep that was N1",
    "%N2": "the share of sleep that was N2",
    "%N3": "the share of sleep that was N3",
    "%R": "the share of sleep that was R (REM)",
    "REM latency": "from first falling asleep to the first R (REM)",
}
"""What each of the field's own statistics is, for someone who has never heard of it."""

ENGLISH = Speech(
    sentences={
        **_PLAN,
        **_WORRIES,
        **_CALLS,
        **{f"statistic.{name}": words for name, words in STATISTICS.items()},
    },
    forms={
        "age": age_text,
        "length": duration_text,
        "hours": _hours,
        "names": _names,
        "first": _first,
        "day": _DAYS.__getitem__,
    },
)
