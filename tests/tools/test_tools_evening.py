"""The long evening's plan, its judgement and its picture; the evening itself is too long a test."""

from typing import Any
from xml.etree import ElementTree

import evening_story as story
import pytest
from evening_picture import picture, table
from evening_story import Done, Event, Expectation, Sample, Verdict
from hypothesis import given
from hypothesis import strategies as st

BEGIN = story.EVENTS[0]
END = story.EVENTS[-1]


def page(face: str = "story", **more: Any) -> dict[str, Any]:
    return {
        "face": face,
        "rms": 0.001,
        "ember": 0.5,
        "ticked": 2,
        "line": 0,
        "ticks": 9,
        "lines": 3,
        "said": [],
    } | more


def hub(**more: Any) -> dict[str, Any]:
    lease = {"light_lx": 1.0, "sound_dba": 38.0}
    return (
        {"mode": "running", "scene": "moorings", "faults": [], "call": "ready", "says": 3}
        | lease
        | more
    )


def sample(at_s: float, lamp: int | None = 51, **more: Any) -> Sample:
    return Sample(at_s, lamp, more.get("hub", hub()), more.get("page", page()))


def verdict_of(expectation: Expectation, samples: list[Sample], fault: str = "") -> Verdict:
    done = [Done(BEGIN, 10.0, fault), Done(END, 100.0)]
    causes = {one.event.do: one for one in done}
    return story._verdict(expectation, causes.get(expectation.after), done, samples)


@given(st.floats(min_value=story.SHORTEST_MIN, max_value=240.0))
def test_an_evening_of_any_length_keeps_its_order_and_its_dead_hub(minutes: float) -> None:
    plan = story.planned(minutes)
    at_s = {event.do: seconds for event, seconds in plan}
    assert [seconds for _, seconds in plan] == sorted(at_s.values())
    assert len(set(at_s.values())) == len(plan)
    assert at_s["restart"] % 60.0 == 0.0
    assert at_s["restart"] - at_s["kill"] == pytest.approx(story.DEAD_MIN * 60.0)
    assert at_s["end"] == pytest.approx(minutes * 60.0)


def test_the_whole_evening_is_frozen_for_five_minutes() -> None:
    at_s = {event.do: seconds for event, seconds in story.planned(story.WHOLE_MIN)}
    assert at_s["thaw"] - at_s["freeze"] == pytest.approx(300.0)


def test_every_expectation_follows_something_that_is_done() -> None:
    assert {one.after for one in story.EXPECTATIONS} < {one.do for one in story.EVENTS}


def test_what_comes_in_time_holds_and_what_comes_late_or_never_does_not() -> None:
    heard = Expectation("begin", "its sound is heard", 5.0, story.heard)
    silent = [sample(at_s, page=page(rms=0.0)) for at_s in (9.0, 12.0, 14.0)]
    assert verdict_of(heard, [*silent, sample(14.5)]).after_s == pytest.approx(4.5)
    late = verdict_of(heard, [*silent, sample(16.0)])
    assert (late.held, late.why) == (False, "too late")
    assert verdict_of(heard, silent).why == "never seen"
    assert not verdict_of(heard, [sample(9.0), *silent]).held  # before it began does not count


def test_what_must_stay_so_stays_until_the_end() -> None:
    runs = Expectation("begin", "it runs", 5.0, story.hub_says("mode", "running"), True)
    gone = sample(50.0, hub=None)
    assert verdict_of(runs, [sample(16.0), sample(90.0), sample(101.0, hub=None)]).held
    assert verdict_of(runs, [sample(16.0), gone]).why == "it did not stay so"
    assert verdict_of(runs, []).why == "nobody looked"


def test_what_could_not_be_done_holds_nothing() -> None:
    heard = Expectation("begin", "its sound is heard", 5.0, story.heard)
    assert verdict_of(heard, [sample(11.0)], "no button").why == "no button"
    nobody = Expectation("touch", "it answers", 5.0, story.heard)
    assert verdict_of(nobody, [sample(11.0)]).why == "it never happened"


def test_what_does_not_answer_is_neither_dark_nor_silent() -> None:
    silence = Sample(1.0, None, None, None)
    of_the_page: tuple[story.Seen, ...] = (story.quiet_page, story.silent_page, story.dark_page)
    of_all: tuple[story.Seen, ...] = (story.lamp_as_told, story.same_place, story.no_more_lost)
    for seen in (*of_the_page, *of_all, story.lamp_at_most(0)):
        assert not seen(silence)


def test_the_lamp_is_held_against_what_the_hub_wants_of_it() -> None:
    assert story.lamp_as_told(sample(1.0, lamp=51))
    assert story.lamp_as_told(sample(1.0, lamp=50))
    assert not story.lamp_as_told(sample(1.0, lamp=25))


def test_the_picture_is_one_and_the_table_has_a_row_for_each() -> None:
    done = [Done(BEGIN, 10.0), Done(Event("A <mishap>", "kill", 1.0), 30.0), Done(END, 60.0)]
    samples = [sample(float(at_s)) for at_s in range(0, 30, 2)]
    samples += [Sample(float(at_s), None, None, None) for at_s in range(30, 60, 2)]
    drawn = ElementTree.fromstring(picture(samples, done, 60.0, "An evening & its end"))
    texts = "".join(drawn.itertext())
    assert "A <mishap>" in texts
    assert "gone" in texts
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 3
    verdicts = story.judged(done, samples)
    rows = table(verdicts, done).strip().splitlines()
    assert len(rows) == 2 + len(story.EXPECTATIONS)
    assert any("**failed**" in row for row in rows)
