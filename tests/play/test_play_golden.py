"""The golden nights: every built-in evening through every scripted night, change by change.

When the kernel, a score or a script was meant to change, make them anew and read the difference:

    .venv/bin/python tools/golden_nights.py && git diff tests/golden/nights
"""

from pathlib import Path

import pytest
from tests.support.golden import FOLDER, GoldenNight, golden_nights, path_of, play, read

NIGHTS = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", NIGHTS, ids=[path.stem for path in NIGHTS])
def test_a_night_goes_as_it_was_written_down(path: Path) -> None:
    night, changes = read(path)
    assert play(night) == changes


def test_every_script_of_every_evening_is_written_down() -> None:
    made = golden_nights()
    assert sorted(path_of(night) for night in made) == NIGHTS
    assert [read(path_of(night))[0] for night in made] == made


def of(*scripts: str) -> list[GoldenNight]:
    return [night for night in golden_nights() if night.script in scripts]


@pytest.mark.safety("H-10")
def test_a_forgotten_pause_is_over_after_fifteen_minutes_in_every_evening() -> None:
    for night in of("pause-lapses"):
        lapsed = [change for change in play(night) if "pause_lapsed" in change["rules"]]
        assert [(c["beat"], c["scene"], c["mode"]) for c in lapsed] == [(69, "night", "running")]


@pytest.mark.safety("H-11")
def test_after_a_long_gap_every_evening_goes_on_in_quiet() -> None:
    for night in of("gap"):
        after = [c for c in play(night) if "gap_longer_than_lease" in c["rules"]]
        assert [(c["beat"], c["scene"]) for c in after] == [(44, "night")]
        assert "light 0 lx" in after[0]["room"]


@pytest.mark.safety("H-27")
def test_a_lost_sensor_keeps_no_evening_from_the_night() -> None:
    for night in of("sensor-lost"):
        changes = play(night)
        assert any("sensor_lost" in change["rules"] for change in changes)
        quiet = next(change["beat"] for change in changes if change["scene"] == "night")
        plain = play(next(one for one in of("plain") if one.evening == night.evening))
        assert quiet <= next(change["beat"] for change in plain if change["scene"] == "night")


@pytest.mark.safety("H-29")
def test_a_touch_at_two_is_answered_dimly_and_without_a_sound() -> None:
    for night in of("two-am-touch"):
        answers = [change for change in play(night) if "touch_at_night" in change["rules"]]
        assert [change["beat"] for change in answers] == [840, 846]
        for answer in answers:
            assert answer["room"] == "light 0.8 lx over 10 s, sound 0 dBA over 3 s"
