"""What waits in a room: a stop before all else, a no before the rest, and never too much."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.records.night import (
    AnyEvent,
    Begin,
    Choice,
    Dawn,
    LightsOut,
    No,
    Pause,
    Resume,
    Stop,
    Touch,
    Up,
    Voice,
)
from evenfall.runtime.people import WAITING_MAX, People

SLEEPER = st.integers(-1, 3)
EVENTS: st.SearchStrategy[AnyEvent] = st.one_of(
    st.builds(Begin),
    st.builds(Pause),
    st.builds(Resume),
    st.builds(Touch, SLEEPER),
    st.builds(No, SLEEPER),
    st.builds(LightsOut, SLEEPER),
    st.builds(Up, SLEEPER),
    st.builds(Choice, st.sampled_from(["left", "right"])),
    st.builds(Voice, SLEEPER, st.sampled_from(["v-1", "v-2"])),
    st.just(Dawn(due=False)),
)
ASKED = st.lists(EVENTS, max_size=80)


def asked(events: list[AnyEvent]) -> tuple[People, int]:
    """A room that was asked, and how much of it was refused."""
    people, refused = People(), 0
    for event in events:
        try:
            people.put_nowait(event)
        except asyncio.QueueFull:
            refused += 1
    return people, refused


def taken(people: People) -> list[AnyEvent]:
    return [people.get_nowait() for _ in range(people.qsize())]


@pytest.mark.safety("H-01", "H-65")
@given(before=ASKED, after=ASKED)
def test_whatever_waits_a_stop_is_next_and_nothing_loud_is_left(
    before: list[AnyEvent], after: list[AnyEvent]
) -> None:
    people, _ = asked([*before, Stop("noor")])
    assert people.get_nowait() == Stop("noor")
    assert {type(one) for one in taken(people)} <= {No, LightsOut, Up, Dawn}
    people, _ = asked([*before, Stop("noor"), *after, Stop("mara")])
    assert people.get_nowait() == Stop("noor")
    assert not any(isinstance(one, Stop) for one in taken(people))


@given(events=ASKED)
def test_a_no_waits_for_nothing_but_a_stop(events: list[AnyEvent]) -> None:
    people, _ = asked([*events, No(1)])
    waiting = taken(people)
    assert all(isinstance(one, No) for one in waiting[: waiting.index(No(1))])


@given(events=ASKED)
def test_what_waits_is_bounded_and_otherwise_in_the_order_it_was_asked(
    events: list[AnyEvent],
) -> None:
    people, refused = asked(events)
    waiting = taken(people)
    assert (
        len(waiting) <= WAITING_MAX + 10
    )  # five sleepers' noes and touches are taken all the same
    assert all(waiting.count(one) == 1 for one in waiting if isinstance(one, No | Touch))
    ordered = [one for one in waiting if not isinstance(one, No | Touch)]
    asked_for = [one for one in events if not isinstance(one, No | Touch)]
    assert ordered == asked_for[: len(ordered)]
    assert refused == len(asked_for) - len(ordered)


@pytest.mark.safety("H-65")
def test_a_crowd_of_touches_is_one_touch_a_sleeper() -> None:
    people, refused = asked([Touch(number % 2) for number in range(20_000)])
    assert (taken(people), refused) == ([Touch(0), Touch(1)], 0)


def test_where_too_much_waits_touches_and_stops_are_still_taken() -> None:
    people, refused = asked([Begin()] * 100)
    assert (people.qsize(), refused) == (WAITING_MAX, 100 - WAITING_MAX)
    people.put_nowait(Touch(0))
    people.put_nowait(No(0))
    people.put_nowait(Stop("noor"))
    assert taken(people) == [Stop("noor"), No(0)]


def test_whoever_waits_for_the_queue_is_woken() -> None:
    async def story() -> None:
        people = People()
        async with asyncio.timeout(5):
            waiting = asyncio.create_task(people.get())
            await asyncio.sleep(0)  # it waits now
            people.put_nowait(Touch(0))
            people.put_nowait(Stop("noor"))
            assert await waiting == Stop("noor")
            assert people.empty()

    asyncio.run(story())
