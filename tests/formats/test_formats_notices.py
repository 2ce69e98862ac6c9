"""How a devices file says who is called: adults of this home only, and no secret repeated."""

from pathlib import Path

import pytest

from evenfall.formats.devices import read_devices
from evenfall.formats.errors import Fault, FormatError
from evenfall.formats.household import read_household
from evenfall.records.household import Household

DEMO = Path(__file__).parents[2] / "src" / "evenfall" / "app" / "demo" / "household.yaml"
HOUSEHOLD: Household = read_household(DEMO.read_text(encoding="utf-8"), "household.yaml").record

NOTICES = """\
devices: 1
home_assistant: {url: "http://homeassistant.local:8123", token_file: home-assistant.token}
notices:
  - member: mara
    home_assistant: notify.mobile_app_maras_phone
  - member: tomas
    apprise_file: tomas.apprise
"""


def faults_in(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FormatError) as raised:
        read_devices(text, "devices.yaml", HOUSEHOLD)
    return raised.value.faults


def test_adults_are_read_with_their_phones() -> None:
    mara, tomas = read_devices(NOTICES, "devices.yaml", HOUSEHOLD).record.notices
    assert (mara.member, mara.home_assistant) == ("mara", "notify.mobile_app_maras_phone")
    assert (tomas.member, tomas.apprise_file) == ("tomas", "tomas.apprise")


@pytest.mark.parametrize(
    ("old", "new", "at", "found", "mend"),
    [
        ("member: mara", "member: noor", (4, 13), "noor, who is a child here", "to be called"),
        ("member: mara", "member: mra", (4, 13), "mra, who does not live", "write member: mara"),
        ("tomas.apprise", '""', (7, 19), 'apprise_file is ""', "like mara.apprise"),
        (
            "\n    apprise_file: tomas.apprise",
            "",
            (6, 5),
            "tomas with neither home_assistant nor apprise_file",
            "add a line",
        ),
        (
            "apprise_file: tomas.apprise",
            "apprise_file: tomas.apprise\n    home_assistant: notify.tomas",
            (7, 5),
            "tomas with both",
            "an entry of its own",
        ),
        (
            "apprise_file: tomas.apprise",
            "home_assistant: notify.mobile_app_maras_phone",
            (7, 21),
            "for the second time; the first is in line 5",
            "take one of the two out",
        ),
        (
            "notify.mobile_app_maras_phone",
            "mobile_app_maras_phone",
            (5, 21),
            'home_assistant is "mobile_app_maras_phone"',
            "notify.mobile_app_maras_phone",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place_and_mend(
    old: str, new: str, at: tuple[int, int], found: str, mend: str
) -> None:
    assert NOTICES.count(old) == 1
    (fault,) = faults_in(NOTICES.replace(old, new))
    assert (fault.place.line, fault.place.column) == at
    assert found in fault.found
    assert mend in fault.mend


def test_a_home_assistant_nobody_said_the_place_of_is_told_once() -> None:
    lines = NOTICES.splitlines(keepends=True)
    text = "".join([lines[0], *lines[2:]]) + "  - {member: mara, home_assistant: notify.more}\n"
    (fault,) = faults_in(text)
    assert (fault.place.line, fault.place.column) == (4, 21)
    with_lamp = text + "connections: [{output: nest-lamp, home_assistant: light.bed}]\n"
    (fault,) = faults_in(with_lamp)
    assert fault.found == "light.bed, and no Home Assistant to find it in"


def test_an_address_in_the_file_is_not_repeated() -> None:
    (fault,) = faults_in(NOTICES.replace("tomas.apprise", "ntfy://hush-hush"))
    assert fault.found == "an address where the name of its file belongs"
    assert "hush" not in str(fault)
