"""Distress is suspected against a person's own nights, and what is not measured is never fine."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.adapters.importers import read_recording
from evenfall.records.recording import NightWindow, Recording
from evenfall.sense.distress import (
    LEVEL_EPOCHS,
    NIGHTS_MIN,
    NOTHING,
    OVER_EPOCHS,
    SUSPECTED_EPOCHS,
    DistressWatch,
    Felt,
    Status,
    felt,
    is_alike,
    may_feel,
    night_felt,
    suspected_at,
    usual,
    usual_of,
)

CALM = tuple(Felt(60.0 + index % 5, float(index % 7 == 0) * 12.0) for index in range(600))
"""An ordinary night's epochs: a heart between 60 and 64, and a movement now and then."""

KNOWN = usual([CALM] * NIGHTS_MIN)
WILD = Felt(150.0, 900.0)
HOUR = 120


def said(felt_: Sequence[Felt], known: object = KNOWN) -> list[Status]:
    watch = DistressWatch(known)  # type: ignore[arg-type]
    return [watch.feed(one) for one in felt_]


def recording(**more: object) -> Recording:
    plain: dict[str, object] = {
        "id": "x", "device": "a wrist", "format": "made up", "source": "x",
        "start": datetime(2026, 11, 20, 20, tzinfo=UTC), "start_is_known": False, "epoch_s": 30.0,
        "counts": (1.0, None, 3.0), "counts_unit": "watch-smoothed",
        "heart_rate_feature": (60.0, 61.0, None),
    }  # fmt: skip
    return Recording(**{**plain, **more})  # type: ignore[arg-type]


@pytest.mark.safety("H-101")
def test_both_high_for_five_minutes_is_suspected_and_one_alone_never_is() -> None:
    told = said([*CALM[:60], *[WILD] * 20])
    first = told.index("suspected")
    assert first == 60 + SUSPECTED_EPOCHS - 1
    assert set(told[60:first]) == {"raised"}
    assert "suspected" not in said([*CALM[:60], *[Felt(150.0, 0.0)] * 60])
    assert "suspected" not in said([*CALM[:60], *[Felt(62.0, 900.0)] * 60])
    assert "suspected" not in said([*CALM[:60], *[WILD] * (SUSPECTED_EPOCHS - 1), *CALM])


def test_an_episode_is_suspected_once_and_the_next_one_again() -> None:
    wavers = [*[WILD] * 12, *CALM[:3], *[WILD] * 12]
    rest = CALM[: LEVEL_EPOCHS + OVER_EPOCHS + 5]
    assert len(suspected_at(KNOWN, [*CALM[:60], *wavers, *rest])) == 1
    assert len(suspected_at(KNOWN, [*CALM[:60], *wavers, *rest, *wavers])) == 2


@pytest.mark.safety("H-102")
def test_who_is_not_known_is_never_said_to_be_anything() -> None:
    assert usual([]) is None and usual([CALM] * (NIGHTS_MIN - 1)) is None
    assert usual([CALM, CALM, (NOTHING,) * 600]) is None
    assert set(said([*CALM, *[WILD] * 60], None)) == {"not-known"}


@pytest.mark.safety("H-102")
@pytest.mark.parametrize(
    "gone", [NOTHING, Felt(None, 3.0), Felt(60.0, None), Felt(float("nan"), 3.0), Felt(60.0, -1.0)]
)
def test_a_lost_sensor_starts_everything_over_and_is_not_known(gone: Felt) -> None:
    nearly = [*CALM[:60], *[WILD] * (SUSPECTED_EPOCHS - 1)]
    told = said([*nearly, gone, *[WILD] * (LEVEL_EPOCHS + SUSPECTED_EPOCHS)])
    assert set(told[len(nearly) : len(nearly) + LEVEL_EPOCHS]) == {"not-known"}
    assert told.index("suspected") == len(nearly) + LEVEL_EPOCHS + SUSPECTED_EPOCHS - 1
    assert set(said([*CALM[:60], *[gone] * 200])[60:]) == {"not-known"}


@pytest.mark.safety("H-102")
@given(
    st.lists(
        st.one_of(
            st.just(NOTHING),
            st.builds(Felt, st.floats(0, 250), st.one_of(st.none(), st.floats(0, 1e4))),
            st.builds(Felt, st.floats(), st.floats()),
        ),
        max_size=80,
    )
)
def test_whatever_a_sensor_says_what_it_does_not_say_is_not_known(night: list[Felt]) -> None:
    told = said(night)
    for one, status in zip(night, told, strict=True):
        assert status == "not-known" or None not in one
    assert "fine" not in " ".join(told)


def test_the_usual_is_a_median_that_one_wild_night_does_not_move() -> None:
    mostly = usual([CALM, CALM, CALM, [WILD] * 600])
    assert mostly is not None and KNOWN is not None
    assert mostly.heart == pytest.approx(KNOWN.heart, abs=2)
    assert (mostly.nights, KNOWN.nights, KNOWN.heart) == (4, 3, 62.0)
    still = usual_of([[Felt(60.0, 0.0)] * 100])
    assert still is not None and still.heart_spread == 3.0 and still.movement_spread == 0.5
    assert usual_of([[NOTHING] * 100]) is None


@pytest.mark.safety("H-101")
def test_in_bed_sensing_is_not_taken_from_a_child_nor_anything_from_an_infant() -> None:
    assert may_feel(4, "wrist") and not may_feel(17.9, "bed") and may_feel(18, "bed")
    assert not may_feel(0.9, "wrist")
    assert felt(recording(), 4) == ((60.0, 1.0), (61.0, None), (None, 3.0))
    assert felt(recording(), 0.9) == ()
    assert felt(recording(counts_unit=None), 40) == ()  # where it was worn, nobody says


def test_what_has_not_both_or_is_on_another_grid_is_not_watched() -> None:
    assert felt(recording(heart_rate_feature=None), 40) == ()
    assert felt(recording(epoch_s=60.0), 40) == ()
    window = NightWindow(
        night="2026-11-20", first_epoch=1, last_epoch=2, bed_times_known=True, how="x"
    )
    assert night_felt(recording(), window, 40) == ((61.0, None),)
    assert is_alike(recording(), recording(id="y"))
    assert not is_alike(recording(), recording(device="another"))


@pytest.mark.realdata
def test_on_real_nights_a_suspicion_is_rare(data_folder: Path) -> None:
    """20 adults, a night each: every hour held against the rest of the same night (benchmarks).

    A night's own rest is no earlier night, and nobody scored who was distressed: this counts
    suspicions in nights of which nothing of the kind is told.
    """
    counted: list[int] = []
    for path in sorted((data_folder / "watch").glob("*.csv")):
        one = read_recording(path)
        assert one.scorer is not None
        asleep = [i for i, stage in enumerate(one.scorer.stages) if stage not in (None, "W")]
        if len(asleep) < 2 * HOUR:
            continue
        night = felt(one, 35)[asleep[0] : asleep[-1] + 1]
        watch, before, begun = DistressWatch(None), "", 0
        for epoch, now in enumerate(night):
            if epoch % HOUR == 0:
                watch.usual = usual_of([night[:epoch], night[epoch + HOUR :]])
            status = watch.feed(now)
            begun += status == "suspected" != before
            before = status
        counted.append(begun)
    assert len(counted) >= 20
    assert sum(counted) / len(counted) <= 0.25
    assert sum(one == 0 for one in counted) / len(counted) >= 0.75
