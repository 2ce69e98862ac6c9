"""The devices file: what no single field can know, and that no error repeats a secret."""

import re
from pathlib import Path

import pytest

from evenfall.formats.devices import read_devices
from evenfall.formats.errors import Fault, FormatError
from evenfall.formats.household import read_household
from evenfall.records.household import Household

DEMO = Path(__file__).parents[2] / "src" / "evenfall" / "app" / "demo" / "household.yaml"
HOUSEHOLD: Household = read_household(DEMO.read_text(encoding="utf-8"), "household.yaml").record

DEVICES = """\
devices: 1
home_assistant:
  url: http://homeassistant.local:8123
  token_file: home-assistant.token
  automation: automation.evenfall_heartbeat
connections:
  - output: nest-lamp
    home_assistant: light.bed_light
  - output: nest-speaker
    home_assistant: media_player.bedroom
    sounds: {waves: media-source://media_source/local/waves.mp3}
  - output: loft-lamp
    wled: http://loft-lamp.local
"""
SECRET = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJoIn0.c2VjcmV0"


def faults_in(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FormatError) as raised:
        read_devices(text, "devices.yaml", HOUSEHOLD)
    return raised.value.faults


def test_a_whole_home_is_read() -> None:
    document = read_devices(DEVICES, "devices.yaml", HOUSEHOLD)
    lamp, speaker, loft = document.record.connections
    assert lamp.home_assistant == "light.bed_light"
    assert dict(speaker.sounds) == {"waves": "media-source://media_source/local/waves.mp3"}
    assert (loft.home_assistant, loft.wled) == (None, "http://loft-lamp.local")
    assert document.place("connections", 2, "wled").line == 13


def test_every_devices_file_in_the_documents_is_read() -> None:
    shown = [
        block
        for page in sorted((DEMO.parents[4] / "docs").rglob("*.md"))
        for block in re.findall(r"^```yaml\n(devices: 1\n.*?)^```", page.read_text(), re.M | re.S)
    ]
    assert len(shown) >= 3
    for text in shown:
        record = read_devices(text, "devices.yaml", HOUSEHOLD).record
        assert record.connections or record.notices


def test_a_home_without_any_is_read() -> None:
    assert read_devices("devices: 1", "devices.yaml", HOUSEHOLD).record.connections == ()


# Each: what to replace, by what, the fault's place, and words of its three parts.
CHECKS = {
    "both ways": (
        "    wled: http://loft-lamp.local",
        "    home_assistant: light.loft\n    wled: http://loft-lamp.local",
        (14, 5),
        "loft-lamp with both",
        "exactly one of the two",
        "take one of them out",
    ),
    "neither way": (
        "\n    wled: http://loft-lamp.local",
        "",
        (12, 5),
        "loft-lamp with neither",
        "exactly one of the two",
        "add a line",
    ),
    "no such output": (
        "output: loft-lamp",
        "output: loft-lmap",
        (12, 13),
        "loft-lmap, which is no output of this home",
        "nest-lamp, nest-speaker or loft-lamp",
        "write output: loft-lamp",
    ),
    "an output twice": (
        "output: loft-lamp",
        "output: nest-lamp",
        (12, 13),
        "nest-lamp for the second time; the first is in line 7",
        "each output and each device once",
        "take one of the two out",
    ),
    "a lamp twice": (
        "wled: http://loft-lamp.local",
        "home_assistant: light.bed_light",
        (13, 21),
        "light.bed_light for the second time; the first is in line 8",
        "once",
        "the one that was meant",
    ),
    "a player for a lamp": (
        "light.bed_light",
        "media_player.kitchen",
        (8, 21),
        "media_player.kitchen for nest-lamp, which gives light",
        "a light for an output of kind light",
        "correct the output's kind",
    ),
    "a light for a speaker": (
        "media_player.bedroom",
        "light.other",
        (10, 21),
        "light.other for nest-speaker, which gives sound",
        "a media_player for an output of kind sound",
        "correct the output's kind",
    ),
    "a WLED speaker": (
        "home_assistant: media_player.bedroom\n    sounds: "
        "{waves: media-source://media_source/local/waves.mp3}",
        "wled: http://speaker.local",
        (10, 5),
        "a WLED lamp for nest-speaker",
        "a media_player",
        "home_assistant: media_player",
    ),
    "sounds for a lamp": (
        "    wled: http://loft-lamp.local",
        "    wled: http://loft-lamp.local\n    sounds: {waves: x}",
        (14, 5),
        "sounds for loft-lamp",
        "only for a speaker",
        "take sounds out",
    ),
    "no entity": (
        "light.bed_light",
        "switch.bed",
        (8, 21),
        'home_assistant is "switch.bed"',
        "a light or media player",
        "light.bed_light",
    ),
    "no address": (
        "http://loft-lamp.local",
        "loft-lamp.local",
        (13, 11),
        'wled is "loft-lamp.local"',
        "http:// or https://",
        "like http://nest-lamp.local",
    ),
    "no address of Home Assistant": (
        "http://homeassistant.local:8123",
        "homeassistant.local:8123",
        (3, 8),
        'url is "homeassistant.local:8123"',
        "http:// or https://",
        "like http://homeassistant.local:8123",
    ),
    "no token file": (
        "home-assistant.token",
        '""',
        (4, 15),
        'token_file is ""',
        "the name of a file",
        "home-assistant.token",
    ),
    "no automation": (
        "automation.evenfall_heartbeat",
        "evenfall",
        (5, 15),
        'automation is "evenfall"',
        "an automation of Home Assistant",
        "automation.evenfall_heartbeat",
    ),
}


@pytest.mark.parametrize("check", CHECKS)
def test_what_does_not_fit_is_told_with_its_place_and_mend(check: str) -> None:
    old, new, at, found, expected, mend = CHECKS[check]
    assert DEVICES.count(old) == 1
    (fault,) = faults_in(DEVICES.replace(old, new))
    assert (fault.place.file, fault.place.line, fault.place.column) == ("devices.yaml", *at)
    assert found in fault.found
    assert expected in fault.expected
    assert mend in fault.mend


def test_a_home_assistant_nobody_said_the_place_of_is_told_once() -> None:
    lines = DEVICES.splitlines(keepends=True)
    (fault,) = faults_in("".join([lines[0], *lines[5:]]))
    assert fault.place.line == 4
    assert fault.found == "light.bed_light, and no Home Assistant to find it in"


def test_every_fault_is_told_at_once_in_the_order_of_the_text() -> None:
    text = DEVICES.replace("http://homeassistant", "homeassistant").replace("loft-lamp", "attic")
    found = faults_in(text)
    assert [fault.place.line for fault in found] == [3, 12]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("home-assistant.token", SECRET),
        ("token_file: home-assistant.token", f"token: {SECRET}"),
        ("http://homeassistant.local:8123", f"http://user:{SECRET}@homeassistant.local"),
        ("http://loft-lamp.local", f"http://loft-lamp.local/?key={SECRET}"),
    ],
)
def test_no_error_repeats_a_secret(old: str, new: str) -> None:
    told = "\n".join(str(fault) for fault in faults_in(DEVICES.replace(old, new)))
    assert "eyJ" not in told
    assert "c2VjcmV0" not in told
