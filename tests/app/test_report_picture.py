"""The pictures: true positions, local labels, exact values, and a PNG with its text."""

import io
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.app.report_samples import (
    ANA,
    AUTUMN,
    AUTUMN_MORNING,
    AUTUMN_PLAN,
    HOSTILE,
    IVO,
    LISBON,
    MORNING,
    NOOR,
    PLAN,
    later,
)

from evenfall.app.report import (
    household_data,
    household_svg,
    morning_page,
    night_data,
    night_svg,
    plan_data,
    plan_svg,
    png_of,
)
from evenfall.app.report.axis import axis_over, clock_changes, hour_ticks, in_utc
from evenfall.app.report.data import begins_of, runs_of
from evenfall.app.report.palette import DAWN, DUSK, Palette, contrast_ratio
from evenfall.app.report.png import SCALE
from evenfall.app.report.words import about, difference, length
from evenfall.formats.errors import EvenfallError
from evenfall.records.recording import MovementTrack

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text")]


def titles(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}title")]


@pytest.mark.parametrize("palette", [DAWN, DUSK], ids=["dawn", "dusk"])
def test_words_and_marks_have_the_contrast_they_need(palette: Palette) -> None:
    for ground in palette.grounds:
        assert all(contrast_ratio(text, ground) >= 4.5 for text in palette.texts)
        assert all(contrast_ratio(mark, ground) >= 3 for mark in palette.marks)
    assert contrast_ratio(palette.on_accent, palette.accent) >= 4.5


def test_rem_has_a_colour_of_its_own() -> None:
    others = {DAWN.stage(stage) for stage in ("W", "N1", "N2", "N3", "S")}
    assert DAWN.stage("R") not in others


def test_rows_stand_in_the_fields_order() -> None:
    labels = [text for text in texts(night_svg(MORNING, ANA)) if re.search(r"  \S+$", text)]
    assert [label.split()[-1] for label in labels] == ["W", "S", "W", "R", "N1", "N2", "N3"]


def test_every_run_tells_its_exact_times() -> None:
    told = titles(night_svg(MORNING, ANA))
    assert "awake 22:30 to 23:01, 31 min" in told
    assert "not scored 03:11:30 to 03:15:30, 4 min" in told
    assert "planned: lights out 22:30" in told


def test_a_picture_tells_itself_in_words() -> None:
    root = ET.fromstring(night_svg(MORNING, ANA))
    assert root.get("role") == "img"
    label = root.get("aria-label") or ""
    assert "Everything here is simulated." in label
    assert "Planned: wind-down 21:50, lights out 22:30, wake 06:45." in label
    assert "REM 2 h" in label


def test_a_picture_carries_its_data() -> None:
    root = ET.fromstring(night_svg(MORNING, ANA))
    kept = root.findtext(f"{SVG}metadata")
    assert kept
    assert msgspec.json.decode(kept) == night_data(MORNING, ANA)


def test_a_cut_out_picture_keeps_its_mark() -> None:
    for svg in (night_svg(MORNING, NOOR), household_svg((MORNING,), PLAN)):
        assert "simulated" in texts(svg)
    assert "simulated" not in night_svg(AUTUMN_MORNING, AUTUMN)


def test_the_data_hold_none_for_what_nobody_noted() -> None:
    data = night_data(MORNING, IVO)
    assert data["happened"] == {"wind_down": None, "lights_out": None, "wake": None}
    assert "hypnogram" not in data
    assert "movement" not in data


def test_the_data_of_a_child_hold_no_stages() -> None:
    staged = msgspec.structs.replace(NOOR, hypnogram=ANA.hypnogram, reference=ANA.reference)
    data = night_data(MORNING, staged)
    assert "hypnogram" not in data
    assert "reference" not in data
    assert "movement" in data


def test_unmeasured_movement_is_neither_still_nor_moving() -> None:
    assert any(title.startswith("not measured") for title in titles(night_svg(MORNING, NOOR)))


def test_clocks_going_back_widen_the_night() -> None:
    svg = night_svg(AUTUMN_MORNING, AUTUMN)
    labels = [text for text in texts(svg) if re.fullmatch(r"\d\d:\d\d", text)]
    assert labels == ["22:00", "00:00", "02:00", "04:00", "06:00"]
    assert "clocks go back 1 h" in texts(svg)
    axis = axis_over([AUTUMN.plan.lights_out, AUTUMN.plan.wake], LISBON, 0, 900)
    every = hour_ticks(axis, 1)
    assert [tick.label for tick in every] == [
        *("23:00", "00:00", "01:00", "01:00", "02:00"),
        *("03:00", "04:00", "05:00", "06:00"),
    ]
    gaps = {round(b.x - a.x, 6) for a, b in pairwise(every)}
    assert len(gaps) == 1  # an hour is as wide as an hour
    assert [change.minutes for change in clock_changes(axis)] == [-60]


def test_clocks_going_forward_leave_an_hour_out() -> None:
    evening = datetime(2026, 3, 28, 23, tzinfo=LISBON)
    morning = datetime(2026, 3, 29, 7, tzinfo=LISBON)
    axis = axis_over([evening, morning], LISBON, 0, 900)
    labels = [tick.label for tick in hour_ticks(axis, 1)]
    assert labels == ["23:00", "00:00", *(f"{hour:02}:00" for hour in range(2, 8))]
    assert [change.minutes for change in clock_changes(axis)] == [60]


def test_a_night_read_back_from_json_still_knows_its_zone() -> None:
    again = msgspec.json.decode(msgspec.json.encode(AUTUMN), type=type(AUTUMN))
    assert isinstance(again.plan.wake.tzinfo, timezone)
    night = msgspec.structs.replace(AUTUMN_MORNING, members=(again,))
    assert "clocks go back 1 h" in morning_page((night,), AUTUMN_PLAN)
    assert night_svg(night, again, LISBON) == night_svg(AUTUMN_MORNING, AUTUMN, LISBON)


def test_a_time_in_the_repeated_hour_says_which() -> None:
    second = datetime(2026, 10, 25, 1, 20, fold=1, tzinfo=LISBON)
    member = msgspec.structs.replace(AUTUMN, lights_out_actual=second)
    svg = night_svg(AUTUMN_MORNING, member)
    assert "happened: lights out 01:20 (second time)" in titles(svg)
    assert difference(second - timedelta(hours=2), second) == "about three hours later"


def test_a_recording_of_another_day_is_refused_in_words() -> None:
    track = MovementTrack(start=later(NOOR, 9), epoch_s=30, moving=(True,), source="a wrist sensor")
    with pytest.raises(EvenfallError, match="within 48 hours of each other"):
        night_svg(MORNING, msgspec.structs.replace(NOOR, movement=track))


def test_a_naive_start_is_local_time() -> None:
    assert ANA.hypnogram
    naive = ANA.hypnogram.start.replace(tzinfo=None)
    hypnogram = msgspec.structs.replace(ANA.hypnogram, start=naive)
    member = msgspec.structs.replace(ANA, hypnogram=hypnogram)
    assert night_svg(MORNING, member) == night_svg(MORNING, ANA)


def test_everyone_is_on_the_households_picture() -> None:
    svg = household_svg((MORNING,), PLAN)
    assert {"Noor", "Ana", "Ivo", "Sleep was not measured."} <= set(texts(svg))
    alone = msgspec.structs.replace(MORNING, members=(NOOR,))
    assert texts(household_svg((alone,), PLAN)).count("No night was kept.") == 2
    data = household_data((MORNING,), PLAN)
    assert isinstance(data["nights"], list)
    assert len(data["nights"]) == 3


def test_tonights_picture_has_a_row_for_everyone() -> None:
    assert "wind-down 19:20, story 19:40, lights out 20:00, wake 07:00" in texts(plan_svg(PLAN))
    members = plan_data(PLAN)["members"]
    assert isinstance(members, list)
    assert members[0]["planned"]["wake"] == "2026-11-21T07:00:00+00:00"


@pytest.mark.parametrize("name", [HOSTILE, "a" * 80, "👩‍👩‍👧" * 20, "\u202eevil", "]]>&<!--"])
def test_any_name_makes_a_wellformed_picture(name: str) -> None:
    member = msgspec.structs.replace(
        ANA, name=name, plan=msgspec.structs.replace(ANA.plan, name=name)
    )
    plan = msgspec.structs.replace(PLAN, members=(member.plan,), household=name)
    morning = msgspec.structs.replace(MORNING, members=(member,))
    for svg in (night_svg(morning, member), plan_svg(plan), household_svg((morning,), plan)):
        root = ET.fromstring(svg)
        assert not list(root.iter(f"{SVG}script"))
        assert png_of(svg).startswith(b"\x89PNG")


@given(st.text(max_size=80))
def test_any_text_is_wellformed(name: str) -> None:
    member = msgspec.structs.replace(IVO, name=name)
    ET.fromstring(night_svg(MORNING, member))


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize(
    "svg",
    [night_svg(MORNING, ANA), household_svg((MORNING,), PLAN), plan_svg(PLAN)],
    ids=["night", "household", "plan"],
)
def test_a_png_has_the_size_of_its_picture(svg: str) -> None:
    root = ET.fromstring(svg)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    png = png_of(svg)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    image = opened(png)
    assert image.width == round(width * SCALE)
    assert abs(image.height - height * SCALE) <= 1


@pytest.mark.parametrize("family", ["Evenfall Sans", "Evenfall Serif"])
def test_text_is_really_drawn(family: str) -> None:
    def drawn(word: str) -> Image.Image:
        text = f'<text x="4" y="30" font-family="{family}" font-size="24">{word}</text>'
        size = 'width="200" height="40"'
        ground = '<rect width="200" height="40" fill="#fff"/>'
        return opened(png_of(f'<svg xmlns="{SVG[1:-1]}" {size}>{ground}{text}</svg>'))

    empty, one, other = drawn(""), drawn("Łucja"), drawn("Zoë")
    assert empty.getcolors() == [(200 * 40 * SCALE**2, (255, 255, 255))]
    assert one.tobytes() != empty.tobytes()
    assert one.tobytes() != other.tobytes()


def test_the_bundled_fonts_are_small_and_licensed() -> None:
    folder = files("evenfall.app.report") / "fonts"
    sizes = {each.name: len(each.read_bytes()) for each in folder.iterdir()}
    assert max(sizes.values()) < 40 * 1024
    licence = (folder / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Braille Institute" in licence
    assert "Literata Project Authors" in licence


def test_the_picture_in_the_page_is_the_file_to_keep() -> None:
    page = morning_page((MORNING,), PLAN)
    assert re.findall(r'<a class="keep" download="([^"]+)" hidden>', page) == [
        "2026-11-20-noor.svg",
        "2026-11-20-ana.svg",
    ]
    inside = re.findall(r"<svg.*?</svg>", page, re.S)
    kept = inside[1].replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1)
    assert kept == night_svg(MORNING, ANA, LISBON)


def test_a_strip_keeps_every_epoch() -> None:
    assert ANA.hypnogram
    strip = night_data(MORNING, ANA)["hypnogram"]
    assert isinstance(strip, dict)
    epochs = [stage for stage, count in strip["runs"] for _ in range(count)]
    assert tuple(epochs) == ANA.hypnogram.stages
    assert strip["start"] == "2026-11-20T22:30:00+00:00"


def test_the_beginning_stands_between_wind_down_and_lights_out() -> None:
    svg = plan_svg(PLAN)
    assert titles(svg).count("planned: the story begins 19:40") == 1
    assert "story begins" in texts(svg)
    assert "planned: the story begins 19:40" in titles(household_svg((MORNING,), PLAN))
    assert "story begins" not in texts(night_svg(MORNING, ANA))


def test_whoever_is_not_yet_winding_down_has_no_beginning_of_their_own() -> None:
    early = msgspec.structs.replace(PLAN.rooms[0], begins=NOOR.plan.wind_down - timedelta(hours=1))
    plan = msgspec.structs.replace(PLAN, rooms=(early,))
    assert begins_of(PLAN) == {"noor": PLAN.rooms[0].begins}
    assert begins_of(plan) == {}
    assert "story begins" not in texts(plan_svg(plan))


def test_a_picture_names_its_source_and_the_data_cite_it() -> None:
    assert ANA.hypnogram
    svg = night_svg(MORNING, ANA)
    assert "Hypnogram: Cole-Kripke" in texts(svg)
    assert not any("Sleep 15:461" in text for text in texts(svg))
    strip = night_data(MORNING, ANA)["hypnogram"]
    assert isinstance(strip, dict)
    assert strip["source"] == ANA.hypnogram.source


def test_the_same_night_draws_the_same() -> None:
    svg = night_svg(MORNING, ANA)
    assert svg == night_svg(MORNING, ANA)
    assert png_of(svg) == png_of(svg)
    assert household_svg((MORNING,), PLAN) == household_svg((MORNING,), PLAN)


@given(st.lists(st.sampled_from(["W", "S", None]), max_size=60), st.integers(0, 20_000))
def test_runs_lose_no_time(values: list[str | None], minutes: int) -> None:
    start = datetime(2026, 10, 20, tzinfo=LISBON) + timedelta(minutes=minutes)
    runs = runs_of(start, 30, values, LISBON)
    assert sum(run.minutes for run in runs) == len(values) / 2
    assert all(one.end == two.start for one, two in pairwise(runs))
    assert all(one.value != two.value for one, two in pairwise(runs))
    assert not runs or runs[0].start == in_utc(start, LISBON)


@given(st.integers(0, 3 * 24 * 60), st.integers(0, 3 * 24 * 60))
def test_later_stands_to_the_right(one: int, other: int) -> None:
    begin = datetime(2026, 10, 24, 12, tzinfo=UTC)
    axis = axis_over([begin, begin + timedelta(hours=20)], LISBON, 0, 100)
    first, second = (axis.x(begin + timedelta(minutes=m)) for m in (one, other))
    assert (first < second) == (one < other)


@given(st.integers(-20 * 60, 20 * 60))
def test_earlier_and_later_are_never_mixed_up(minutes: int) -> None:
    planned = datetime(2026, 1, 1, tzinfo=UTC)
    said = difference(planned, planned + timedelta(minutes=minutes))
    assert said.endswith("later" if minutes > 0 else "earlier" if minutes else "as planned")


@given(st.integers(1, 20 * 60))
def test_a_length_is_exact_to_the_minute(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    assert length(minutes) == " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


@given(st.integers(1, 20 * 60))
def test_every_difference_has_words(minutes: int) -> None:
    assert re.fullmatch(r"[a-z0-9 -]+", about(minutes))
