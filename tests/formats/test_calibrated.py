"""A calibration written into a household's own text."""

import pytest
from tests.support.broken_texts import DEMO

from evenfall.formats.calibrated import calibration_lines, with_calibration
from evenfall.formats.household import read_household
from evenfall.records.household import Calibration

LAMP = Calibration(kind="measured", light_at_full="14.7 lx mEDI")
BOX = Calibration(kind="measured", sound_at_full="70.5 dBA")


def changed(output: str, measured: Calibration, text: str = DEMO) -> str | None:
    return with_calibration(text, read_household(text, "demo"), output, measured)


@pytest.mark.parametrize(
    ("output", "measured"), [("nest-lamp", LAMP), ("nest-speaker", BOX), ("loft-lamp", LAMP)]
)
def test_one_calibration_is_new_and_every_note_stays(output: str, measured: Calibration) -> None:
    text = changed(output, measured)
    assert text is not None
    outputs = {
        one.id: one.calibration
        for room in read_household(text, "new").record.rooms
        for one in room.outputs
    }
    before = {
        one.id: one.calibration
        for room in read_household(DEMO, "demo").record.rooms
        for one in room.outputs
    }
    assert outputs == before | {output: measured}
    notes = [line for line in DEMO.splitlines() if "#" in line]
    assert [line for line in text.splitlines() if "#" in line] == notes
    assert changed(output, measured, text) == text


def test_a_calibration_on_one_line_is_replaced_whole() -> None:
    before = "        calibration:\n          kind: declared\n          light_at_full: 20 lx mEDI\n"
    flow = "        calibration: {kind: declared, light_at_full: 20 lx mEDI}\n\n        # a note\n"
    text = changed("nest-lamp", LAMP, DEMO.replace(before, flow))
    after = "".join(f"        {line}\n" for line in calibration_lines(LAMP))
    assert text == DEMO.replace(before, after + "\n        # a note\n")


def test_what_a_machine_would_spoil_is_left_alone() -> None:
    begin, end = DEMO.index("      - id: loft-lamp"), DEMO.index("# Everyone who lives here")
    one_line = DEMO[:begin] + "      - {id: loft-lamp, kind: light}\n\n" + DEMO[end:]
    assert changed("loft-lamp", LAMP, one_line) is None
