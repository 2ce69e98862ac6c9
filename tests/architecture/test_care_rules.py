"""The eleven care rules: each is held by a control with a test, and none is only for later.

What is about the whole house and no single module is tried here; what is one module's is tried
beside it. docs/why/care-rules.md says of each where it is enforced.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
import yaml
from tests.support.broken_texts import DEMO

from evenfall.formats.devices import read_devices
from evenfall.formats.errors import FormatError
from evenfall.formats.household import read_household
from evenfall.formats.language import LANGUAGES
from evenfall.plan.age import age_months
from evenfall.plan.tonight import plan_tonight
from evenfall.records.devices import Devices
from evenfall.records.household import Household, Member, OutputKind
from evenfall.records.programme import Programme
from evenfall.records.score import Score
from evenfall.safety.rooms import NOTHING, house_rules

REPOSITORY = Path(__file__).resolve().parents[2]
CASE = yaml.safe_load((REPOSITORY / "docs" / "safety-case.yaml").read_text(encoding="utf-8"))
PAGE = (REPOSITORY / "docs" / "why" / "care-rules.md").read_text(encoding="utf-8")
HOUSEHOLD = read_household(DEMO, "demo").record
RULES = range(1, 12)


# --- Every rule --------------------------------------------------------------------------------


def of_rule(number: int) -> list[dict[str, Any]]:
    return [one for one in CASE["hazards"] if one.get("care_rule") == number]


@pytest.mark.parametrize("number", RULES)
def test_every_rule_is_held_by_a_control_with_a_test(number: int) -> None:
    held = [one for one in of_rule(number) if one.get("control") and one.get("tests")]
    assert held, f"care rule {number} is only for later"


@pytest.mark.parametrize("number", RULES)
def test_every_rule_has_its_paragraph_and_names_a_hazard_of_its_own(number: int) -> None:
    heading = f"## {number}. {CASE['care_rules'][number]}\n"
    assert heading in PAGE
    paragraph = PAGE.split(heading)[1].split("\n## ")[0]
    named = set(re.findall(r"H-[0-9]{2,3}", paragraph))
    assert named
    assert named <= {one["id"] for one in of_rule(number)}


# --- 1 · under twelve months, counted from when the birth was due ------------------------------


def born(month: str, due: str | None = None) -> Household:
    members = tuple(
        msgspec.structs.replace(one, born=month, due=due) if one.id == "noor" else one
        for one in HOUSEHOLD.members
    )
    return msgspec.structs.replace(HOUSEHOLD, members=members)


@pytest.mark.safety("H-125")
@pytest.mark.parametrize(
    ("due", "runs"), [(None, True), ("2025-09", True), ("2025-11", False), ("2026-02", False)]
)
def test_a_baby_born_early_is_a_year_old_when_it_was_due_to_be(due: str | None, runs: bool) -> None:
    night, household = date(2026, 11, 20), born("2025-09", due)
    plan = plan_tonight(household, night, ZoneInfo(household.zone))
    nest = next(one for one in plan.rooms if one.room == "nest")
    assert (nest.score is not None) is runs
    rules = next(one for one in house_rules(household, night).rooms if one.room == "nest")
    assert (rules.limits != NOTHING) is runs


@pytest.mark.safety("H-125")
def test_after_two_years_the_birth_counts_for_everyone() -> None:
    early = Member(id="a", name="A", born="2024-06", due="2024-09", room="nest")
    assert age_months(early, date(2026, 8, 1)) == 23
    assert age_months(early, date(2026, 9, 1)) == 27


@pytest.mark.parametrize("due", ["2025-08", "2026-04"])
def test_a_due_month_no_early_baby_has_is_refused(due: str) -> None:
    text = DEMO.replace("born: 2022-06", f"born: 2025-09\n    due: {due}", 1)
    with pytest.raises(FormatError, match="for a baby born early"):
        read_household(text, "a home")


# --- 2 · nothing in or near a sleeping child's bed ---------------------------------------------

IN_BED = ("sensor", "sensors", "bed", "mattress", "wearable", "headband", "motion")


@pytest.mark.safety("H-120")
@pytest.mark.parametrize("word", IN_BED)
def test_no_file_of_a_home_has_a_word_for_something_in_a_bed(word: str) -> None:
    for text in (f"devices: 1\n{word}: bed-1\n", f"devices: 1\nconnections: [{{{word}: bed-1}}]\n"):
        with pytest.raises(FormatError, match=word):
            read_devices(text, "devices.yaml", HOUSEHOLD)
    with pytest.raises(FormatError, match=word):
        read_household(DEMO.replace("born: 2022-06", f"born: 2022-06\n    {word}: x", 1), "a home")


@pytest.mark.safety("H-120")
def test_after_lights_out_the_page_sends_the_screen_off_the_bed_in_every_language() -> None:
    words = REPOSITORY / "ui" / "src" / "lib" / "words"
    assert "faceDown: 'Face down, off the bed" in (words / "en.ts").read_text(encoding="utf-8")
    assert re.search(r"faceDown: '.*fora da cama", (words / "pt.ts").read_text(encoding="utf-8"))


# --- 3 · silence is never called well ----------------------------------------------------------

REASSURING = re.compile(
    r"\b(all is well|everything is (fine|all right|ok)|is (fine|safe|well)\b|sleeping (well|safely)"
    r"|breathing (well|normally|fine)|nothing is wrong|no problems?"
    r"|est[áa] tudo bem|dorme bem(?! com)|respira bem|nada de errado|(dorme|está) em segurança)",
    re.IGNORECASE,
)


def family_sentences() -> Iterator[str]:
    """Every sentence a family can be told, by the house or by its pages."""
    for speech in LANGUAGES.values():
        yield from speech.sentences.values()
        yield from (*speech.book, *speech.book.values())
    for file in sorted((REPOSITORY / "ui" / "src" / "lib" / "words").glob("??.ts")):
        yield from re.findall(r"['`]((?:[^'`\\]|\\.)+)['`]", file.read_text(encoding="utf-8"))


@pytest.mark.safety("H-121")
def test_no_sentence_of_the_house_calls_a_sleeper_well() -> None:
    said = list(family_sentences())
    assert len(said) > 500
    assert [one for one in said if REASSURING.search(one)] == []


@pytest.mark.safety("H-121")
@pytest.mark.parametrize(
    "planted", ["Noor is fine.", "Everything is fine in the nest.", "Ilay is sleeping well."]
)
def test_a_planted_reassurance_is_seen(planted: str) -> None:
    assert REASSURING.search(planted)


# --- 4 · never heat ----------------------------------------------------------------------------


@pytest.mark.safety("H-123")
def test_there_is_no_output_but_light_and_sound() -> None:
    assert get_args(OutputKind) == ("light", "sound")
    text = DEMO.replace("kind: light", "kind: warmth", 1)
    assert text != DEMO
    with pytest.raises(FormatError, match="warmth"):
        read_household(text, "a home")


@pytest.mark.safety("H-123")
@pytest.mark.parametrize("entity", ["climate.nest", "switch.heater", "fan.nest", "water_heater.a"])
def test_what_heats_or_switches_cannot_be_connected(entity: str) -> None:
    text = f"devices: 1\nconnections: [{{output: nest-lamp, home_assistant: {entity}}}]\n"
    with pytest.raises(FormatError):
        read_devices(text, "devices.yaml", HOUSEHOLD)


# --- 7 · no word for a flash, a pulse or a stimulus --------------------------------------------

STIMULI = re.compile(
    r"flash|strobe|pulse|puls(ate|ing)|flicker|blink|stimul|phase_lock|binaural|cue|target_stage",
    re.IGNORECASE,
)


def words_of(*kinds: type) -> set[str]:
    """Every field and every value a record and its parts may have."""
    found: set[str] = set()

    def read(schema: object) -> None:
        if isinstance(schema, dict):
            found.update(schema.get("properties", ()))
            found.update(str(one) for one in schema.get("enum", ()))
            for part in schema.values():
                read(part)
        elif isinstance(schema, list):
            for part in schema:
                read(part)

    read(list(msgspec.json.schema_components(kinds)))
    return found


@pytest.mark.safety("H-122")
def test_no_author_no_family_and_no_device_has_a_word_for_a_stimulus() -> None:
    """So it is blocked for everyone, whatever is known of them and whatever is not."""
    words = words_of(Score, Programme, Household, Devices)
    assert {"ramp", "stay"} & words or len(words) > 40
    assert sorted(word for word in words if STIMULI.search(word)) == []


@pytest.mark.safety("H-122")
def test_nobody_is_asked_for_a_condition_so_unknown_is_what_everyone_is() -> None:
    asked = words_of(Household)
    assert not [word for word in asked if re.search("condition|epilep|seizure|diagnos", word)]
