"""A child touches the page at night, and an adult's phone says so: the whole way, served."""

from pathlib import Path

import pytest
from tests.app.test_devices_served import hub, run
from tests.support.command_line import Ran, demo_home, evenfall, refused
from tests.support.doorbell import Doorbell, doorbell

from evenfall.adapters.notices.room import NOBODY

pytest.importorskip("apprise", reason="no Apprise here: pip install 'evenfall[notices]'")
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

DEVICES = "devices: 1\nnotices:\n  - {member: mara, apprise_file: mara.apprise}\n"


def phone(folder: Path, bell: Doorbell) -> None:
    (folder / "devices.yaml").write_text(DEVICES, encoding="utf-8")
    (folder / "mara.apprise").write_text(bell.address + "\n", encoding="utf-8")
    (folder / "mara.apprise").chmod(0o600)


@pytest.mark.safety("H-29")
def test_a_touch_at_night_is_a_notice_on_an_adults_phone(tmp_path: Path) -> None:
    async def story() -> None:
        with doorbell() as bell:
            phone(tmp_path, bell)
            async with hub(tmp_path, at="19:30", speed=1.0) as served:
                before = await served.until(lambda view: view["call"] == "ready")
                assert NOBODY not in before["faults"]
                for member in ("noor", "ilay"):
                    await served.do("lights-out", member=member)
                await served.do("touch", member="noor")
                await served.until(lambda view: view["call"] == "called")
                (said,) = bell.messages
                assert said == "In a rehearsal, Noor touched the page at 19:30."
                await served.do("touch")
            assert bell.messages[1:] == [  # what waits for its minute goes out as the hub ends
                "Again: In a rehearsal, Noor or Ilay touched the page at 19:30."
            ]

    run(story)


@pytest.mark.safety("H-29")
def test_a_phone_out_of_reach_and_a_home_without_one_say_so_on_the_page(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:30", speed=1.0) as served:
            before = await served.until(lambda view: view["call"] == "nobody")
            assert NOBODY in before["faults"]
            assert NOBODY not in (await served.room("loft"))["faults"]
            for member in ("noor", "ilay"):
                await served.do("lights-out", member=member)
            assert NOBODY not in (await served.room())["faults"]
            touched = await served.do("touch")
            assert any("no adult's phone is known" in said for said in touched["faults"])
            assert touched["call"] == "nobody"

    run(story)


# --- The command -----------------------------------------------------------------------------


def lamps(home: Path, *words: str) -> Ran:
    return evenfall("--home", home, "lamps", *words)


def test_lamps_says_who_is_called_and_tries_it(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    assert "nest: a touch at night calls nobody yet" in lamps(home).said
    with doorbell() as bell:
        phone(home, bell)
        assert "A touch at night calls mara" in lamps(home).said
        assert list(lamps(home, "--json").json()["calls"]) == ["mara"]
        assert "It took the notice." in lamps(home, "--call", "mara").said
        assert bell.messages[0].startswith("This is a trial")
        bell.answers = 500
        ran = lamps(home, "--call", "mara", "--json")
        assert ran.code == 1
        assert ran.json()["ways"][0]["taken"] is False
    assert "hush" not in ran.out + ran.err


def test_whom_nobody_can_call_is_told_with_its_mend(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    assert "no way to call 'mara'" in refused(lamps(home, "--call", "mara"))
    (home / "devices.yaml").write_text(DEVICES, encoding="utf-8")
    assert "mara.apprise" in refused(lamps(home))
    (home / "mara.apprise").write_text("hush-hush\n", encoding="utf-8")
    said = refused(lamps(home))
    assert "does not understand" in said
    assert "hush" not in said


def test_the_doctor_looks_who_is_called_and_who_may_read_it(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    assert "calls nobody yet" in evenfall("--home", home, "doctor").said
    with doorbell() as bell:
        phone(home, bell)
        assert "mara: has a phone to be called on" in evenfall("--home", home, "doctor").said
        (home / "mara.apprise").chmod(0o644)
        ran = evenfall("--home", home, "doctor")
    assert ran.code == 1
    assert "others on this machine may read it" in ran.said
