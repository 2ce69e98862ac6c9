"""`night --from` and `import` on real recordings: what they give back, and what they never do."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pytest
from tests.support.broken_texts import DEMO
from tests.support.command_line import demo_home, evenfall, refused

pytestmark = pytest.mark.realdata

WATCH = ("1360686", "1449548", "1818471", "2598705", "3509524", "4314139", "8173033")
AWD = "actigraphy/example_01.AWD"
EDF = "sleep-edf/SC4001EC-Hypnogram.edf"


def member_of(folder: Path, file: Path, *words: str) -> dict[str, Any]:
    """The morning of the one whose recording it was."""
    ran = evenfall("--home", folder, "night", "--from", file, *words, "--json")
    assert ran.code == 0, ran.said
    (morning,) = ran.json()["mornings"]
    assert morning["simulated"] is False
    assert file.name in morning["source"]
    return next(one for one in morning["members"] if one["measured"] != "not measured")


def everywhere(data: object) -> Iterator[tuple[str, object]]:
    """Every named value in some JSON, however deep."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield name, value
            yield from everywhere(value)
    elif isinstance(data, list):
        for value in data:
            yield from everywhere(value)


def rewritten(source: Path, to: Path, change: str) -> Path:
    """A watch night without its scorer's column, or with its counts in another order."""
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file))
    fields = list(rows[0])
    if change == "unscored":
        fields.remove("psg_stage")
    else:
        counts = [row["activity_count"] for row in rows]
        Random(7).shuffle(counts)
        for row, count in zip(rows, counts, strict=True):
            row["activity_count"] = count
    path = to / source.name
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fields, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("name", ["watch/1360686.csv", "watch/7749105.csv", AWD, EDF])
def test_every_statistic_says_how_it_is_known(data_folder: Path, tmp_path: Path, name: str) -> None:
    member = member_of(tmp_path, data_folder / name, "--age", "42")
    statistics = {one["name"]: one for one in member["statistics"]}
    assert {"TIB", "SOL", "WASO", "TST", "SE"} <= set(statistics)
    assert all(one["source"] and one["words"] for one in statistics.values())
    assert statistics["TST"]["value"] > 30
    scored_beside = name.startswith("watch")
    assert (member["agreement"] is not None) == scored_beside
    assert (statistics["TIB"]["value"] is not None) == scored_beside
    if scored_beside:
        assert member["agreement"]["epochs"] > 100
        assert member["agreement"]["reference"] == member["reference"]["source"]


@pytest.mark.parametrize("name", WATCH[:3])
def test_a_scorers_stages_are_never_used(data_folder: Path, tmp_path: Path, name: str) -> None:
    source = data_folder / "watch" / f"{name}.csv"
    seen = member_of(tmp_path / "seen", source)
    blind = member_of(tmp_path / "blind", rewritten(source, tmp_path, "unscored"))
    assert seen["hypnogram"]["stages"] == blind["hypnogram"]["stages"]
    assert seen["reference"] and seen["agreement"]
    assert blind["reference"] is blind["agreement"] is None


def test_counts_in_another_order_agree_visibly_worse(data_folder: Path, tmp_path: Path) -> None:
    kappas: dict[str, list[float]] = {"real": [], "shuffled": []}
    for name in WATCH:
        source = data_folder / "watch" / f"{name}.csv"
        shuffled = rewritten(source, tmp_path, "shuffled")
        for how, file in (("real", source), ("shuffled", shuffled)):
            kappas[how].append(member_of(tmp_path / "home", file)["agreement"]["kappa"])
    assert median(kappas["real"]) > 0.25
    assert abs(median(kappas["shuffled"])) < 0.08
    assert all(real > other for real, other in zip(*kappas.values(), strict=True))


@pytest.mark.safety("H-24")
@pytest.mark.parametrize("words", [("--age", "8"), ("--member", "noor")])
@pytest.mark.parametrize("name", ["watch/1360686.csv", "actigraphy/example_02.AWD"])
def test_a_child_is_shown_still_or_moving_and_never_staged(
    data_folder: Path, tmp_path: Path, words: tuple[str, ...], name: str
) -> None:
    if "noor" in words and name.endswith("AWD"):
        words = ("--age", "4")  # that recording is older than anyone in the demo
    home = demo_home(tmp_path)
    child = member_of(home, data_folder / name, *words)
    assert child["hypnogram"] is child["reference"] is child["agreement"] is None
    assert any(child["movement"]["moving"]) and not all(child["movement"]["moving"])
    measured = {one["name"]: one["value"] for one in child["statistics"]}
    measured.pop("TIB", None)
    assert set(measured.values()) <= {None}
    (report,) = home.glob("reports/*/morning.json")
    names = {name for name, value in everywhere(json.loads(report.read_text())) if value}
    assert "stages" not in names and "movement" in names
    shown = evenfall("--home", home, "morning").out
    assert "still or moving only" in shown and "▂" not in shown


@pytest.mark.safety("H-21")
def test_whoever_wears_nothing_is_not_measured(data_folder: Path, tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    file = data_folder / "watch" / "1360686.csv"
    ran = evenfall("--home", home, "night", "--from", file, "--json")
    mara, tomas = ran.json()["mornings"][0]["members"]
    assert (mara["member"], mara["measured"] != "not measured") == ("mara", True)
    assert tomas["measured"] == "not measured"
    assert tomas["hypnogram"] is tomas["movement"] is None
    assert {one["value"] for one in tomas["statistics"]} <= {None}


def test_without_a_household_the_night_is_a_guests_and_can_be_given_back(
    data_folder: Path, tmp_path: Path
) -> None:
    file = data_folder / "watch" / "1360686.csv"
    ran = evenfall("--home", tmp_path, "night", "--from", file, "--date", "2026-11-20")
    assert ran.code == 0 and "35 years old: an assumption; --age" in " ".join(ran.err.split())
    resumed = evenfall("--home", tmp_path, "night", "--resume", "2026-11-20-guest-room-1", "--json")
    assert resumed.code == 0
    assert resumed.json()["mornings"][0]["members"][0]["hypnogram"]
    assert evenfall("--home", tmp_path, "why", "02:13").code == 0
    assert not (tmp_path / "household.yaml").exists()


def test_a_recording_older_than_its_member_suggests_an_age(
    data_folder: Path, tmp_path: Path
) -> None:
    home = demo_home(tmp_path)
    for words in ([], ["--member", "noor"]):
        said = refused(evenfall("--home", home, "night", "--from", data_folder / AWD, *words))
        assert "born" in said and "--age 35" in said
    both = evenfall("--home", home, "night", "--from", data_folder / AWD, "--age", "9",
                    "--member", "noor")  # fmt: skip
    assert "leave one of them out" in refused(both)
    assert "one of mara, tomas, ilay, noor" in refused(
        evenfall("--home", home, "night", "--from", data_folder / AWD, "--member", "zed")
    )


def test_a_recording_from_before_a_siblings_birth_is_replayed_without_them(
    data_folder: Path, tmp_path: Path
) -> None:
    home = demo_home(tmp_path, DEMO.replace("born: 1988-04", "born: 1960-04"))
    ran = evenfall("--home", home, "night", "--from", data_folder / EDF, "--json")
    (morning,) = ran.json()["mornings"]
    assert "Not born yet on that night: Ilay, Noor." in morning["notes"]
    assert [one["member"] for one in morning["members"]] == ["tomas", "mara"]


def test_the_nights_of_a_recording_are_named_by_their_dates(
    data_folder: Path, tmp_path: Path
) -> None:
    nights = evenfall("--home", tmp_path, "import", data_folder / AWD, "--json").json()["nights"]
    dates = [one["window"]["night"] for one in nights]
    assert len(dates) == 10 and dates == sorted(dates)
    shown = evenfall("--home", tmp_path, "import", data_folder / AWD)
    assert f"--date {dates[-1]}" in shown.said and shown.out.count("How found") == 1
    hours = [line.split()[1] for line in shown.out.splitlines() if line.strip()[:4] == "1918"]
    assert all(3 <= float(one) <= 16 for one in hours) and len(hours) == 10
    second = evenfall("--home", tmp_path, "night", "--from", data_folder / AWD, "--date",
                      dates[1], "--json")  # fmt: skip
    assert second.json()["mornings"][0]["night"] == dates[1]
    for file, date in ((AWD, "1918-03-01"), (EDF, "2020-01-01")):
        said = refused(
            evenfall("--home", tmp_path, "night", "--from", data_folder / file, "--date", date)
        )
        assert f"no night of {date}" in said and "write --date 19" in said


@pytest.mark.safety("H-25")
def test_no_recording_brings_a_programme_to_an_infants_room(
    data_folder: Path, tmp_path: Path
) -> None:
    home = demo_home(tmp_path, DEMO.replace("born: 2022-06", "born: 2026-03"))
    file = data_folder / "watch" / "1360686.csv"
    for words in (["--member", "noor"], ["--member", "ilay"], ["--age", "0"]):
        ran = evenfall("--home", home, "night", "--from", file, "--date", "2026-11-20", *words)
        said = refused(ran)
        assert "first birthday" in said and "evenfall import" in said
        assert ("--lights-out guest" not in said) and not (home / "reports").exists()
