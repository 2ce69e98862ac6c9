"""A lamp and a speaker, measured by a person with a meter: what is asked, kept and refused."""

import stat
from pathlib import Path

import pytest
from tests.support.broken_texts import DEMO
from tests.support.command_line import Ran, evenfall

from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.cli import measuring
from evenfall.formats.household import read_household
from evenfall.records.household import Calibration

ANSWERS = "meter\nwarm\n0\n2.1\n5,0\n10\n20\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "FADE_S", 0.02)
    monkeypatch.setattr(measuring, "SETTLE_S", 0.02)


def at_home(folder: Path, twin: WledTwin, household: str = DEMO) -> Path:
    (folder / "household.yaml").write_text(household, encoding="utf-8")
    (folder / "household.yaml").chmod(0o600)
    (folder / "devices.yaml").write_text(
        f'devices: 1\nconnections:\n  - {{output: nest-lamp, wled: "{twin.url}"}}\n'
    )
    return folder


def measured(home: Path, typed: str = ANSWERS, *words: str) -> Ran:
    return evenfall("--home", home, "lamps", "--measure", "nest-lamp", *words, typed=typed)


def calibration(home: Path) -> Calibration:
    text = (home / "household.yaml").read_text(encoding="utf-8")
    return read_household(text, "household").record.rooms[0].outputs[0].calibration


def test_it_goes_up_once_by_steps_and_is_then_as_it_was(tmp_path: Path) -> None:
    with WledTwin() as twin:
        home = at_home(tmp_path, twin)
        twin.switch_by_hand(True, 40)
        ran = measured(home)
        assert (ran.code, ran.err.count("it shows")) == (0, 1), ran.said
        levels = [one["bri"] if one["on"] else 0 for one in twin.heard]
        assert levels == [0, 26, 64, 128, 255, 40]


def test_the_upper_bound_is_kept_and_the_rest_of_the_text_stays(tmp_path: Path) -> None:
    with WledTwin() as twin:
        home = at_home(tmp_path, twin)
        ran = measured(home)
    assert "nest-lamp gives between 4.8 and 14.7 lx mEDI at its fullest." in ran.said
    assert calibration(home) == Calibration(kind="measured", light_at_full="14.7 lx mEDI")
    new, old = (home / "household.yaml"), (home / "household.yaml.before-measuring")
    assert old.read_text(encoding="utf-8") == DEMO
    assert [stat.S_IMODE(one.stat().st_mode) for one in (new, old)] == [0o600, 0o600]
    added = set(new.read_text(encoding="utf-8").splitlines()) - set(DEMO.splitlines())
    assert {one.strip() for one in added} == {"kind: measured", "light_at_full: 14.7 lx mEDI"}


def test_lamps_says_how_each_figure_is_known(tmp_path: Path) -> None:
    with WledTwin() as twin:
        home = at_home(tmp_path, twin, DEMO.replace("kind: declared", "kind: assumed"))
        assumed = evenfall("--home", home, "lamps").said
        assert "Nobody has measured it" in assumed and "150 lx mEDI" in assumed
        assert measured(home).code == 0
        assert "At its fullest it gives 14.7 lx mEDI at the pillow, measured." in (
            evenfall("--home", home, "lamps").said
        )
        (shown,) = evenfall("--home", home, "lamps", "--json").json()["lamps"]
        assert (shown["calibration"], shown["at_full"]) == ("measured", 14.7)


def test_json_has_the_bounds_and_every_reading(tmp_path: Path) -> None:
    with WledTwin() as twin:
        ran = measured(at_home(tmp_path, twin), "phone\n\n0\n1\n2\n4\n9\n", "--json").json()
    assert (ran["measured"], ran["written"], len(ran["readings"])) == ("nest-lamp", True, 4)
    assert ran["most"] == 43.2  # the first reading decides: 1 lux may be 2, and a phone half blind
    assert ran["calibration"]["light_at_full"] == "43.2 lx mEDI"


def test_what_is_not_understood_is_asked_again(tmp_path: Path) -> None:
    with WledTwin() as twin:
        typed = "tape\nmeter\nblue\nw\nbright\n0\n\n2,1\n5\n-3\n10\n1.2.3\n20\n"
        ran = measured(at_home(tmp_path, twin), typed)
    assert ran.code == 0, ran.said
    assert ran.err.count("At step 26") == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("meter\nwarm\n30\n", "30 lux with the lamp off"),
        ("meter\nwarm\n1\n1\n1\n1\n1\n", "no more with nest-lamp on than off"),
        ("meter\nwarm\n0\n2\n", "nobody to read the meter"),
    ],
)
def test_what_cannot_be_measured_is_told_and_the_lamp_is_off(
    tmp_path: Path, typed: str, said: str
) -> None:
    with WledTwin() as twin:
        home = at_home(tmp_path, twin)
        twin.switch_by_hand(True, 40)
        ran = measured(home, typed)
        assert (ran.code, said in ran.said) == (2, True), ran.said
        assert not twin.heard[-1]["on"]
    assert (home / "household.yaml").read_text(encoding="utf-8") == DEMO
    assert not (home / "household.yaml.before-measuring").exists()


def test_ctrl_c_leaves_it_dark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(measuring, "_number", interrupted)
    with WledTwin() as twin:
        ran = measured(at_home(tmp_path, twin))
        assert (ran.code, "nest-lamp is dark" in ran.said) == (130, True)
        assert not twin.heard[-1]["on"]


def test_a_text_written_another_way_is_left_alone_and_the_lines_are_shown(tmp_path: Path) -> None:
    one_line = "outputs: [{id: nest-lamp, kind: light}, {id: nest-speaker, kind: sound}]\n"
    begin = DEMO.index("    outputs:\n      - id: nest-lamp")
    end = DEMO.index("  - id: loft")
    with WledTwin() as twin:
        text = f"{DEMO[:begin]}    {one_line}{DEMO[end:]}"
        home = at_home(tmp_path, twin, text)
        ran = measured(home)
    assert "Put this below the output's kind: calibration: kind: measured" in ran.said
    assert (home / "household.yaml").read_text(encoding="utf-8") == text
