"""Anything that may happen in a night, for hypothesis."""

from hypothesis import strategies as st

from evenfall.records.night import (
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    No,
    OutputLost,
    OutputReturned,
    Override,
    Pause,
    Refused,
    Restarted,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.programme import Programme


def any_event(programme: Programme) -> st.SearchStrategy[AnyEvent]:
    """One event, beats most of all; stages may say anything, or nothing."""
    who = st.integers(0, programme.sleepers - 1)
    beat = st.builds(Beat, st.lists(st.integers(0, 6), max_size=programme.sleepers + 1).map(tuple))
    asleep = st.just(Beat((3,) * programme.sleepers))
    return st.one_of(
        beat,
        beat,
        asleep,
        asleep,
        st.just(Begin()),
        st.builds(Touch, who),
        st.builds(Voice, who, st.sampled_from(["", "v-1"])),
        st.builds(Choice, st.sampled_from(["left", "right"])),
        st.just(Stop("a")),
        st.builds(No, who),
        st.just(Pause()),
        st.just(Resume()),
        st.builds(SensorLost, who),
        st.builds(SensorReturned, who),
        st.just(OutputLost("lamp")),
        st.just(OutputReturned("lamp")),
        st.builds(LightsOut, who),
        st.builds(Dawn, st.booleans()),
        st.builds(BeatsMissed, st.integers(1, 9)),
        st.just(Override("mara")),
        st.builds(Emergency, st.sampled_from(["fault", "call", "distress"]), who),
        st.just(Refused("lamp", "too bright")),
        st.just(Restarted("another kernel")),
    )


def without_stop(events: list[AnyEvent]) -> list[AnyEvent]:
    """The same without what ends everything at once, so that deep states are reached."""
    return [e for e in events if not isinstance(e, Stop | Restarted | Override | Emergency)]
