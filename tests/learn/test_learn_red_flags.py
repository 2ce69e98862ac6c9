"""Red flags (care rule 8): plain words and what to do, for every sign, in every language."""

import re
from datetime import UTC, datetime
from typing import get_args

import pytest

from evenfall.formats.language import LANGUAGES
from evenfall.learn.red_flags import FLAGS, open_worries, resting, what_to_do
from evenfall.records.worry import Sign, Worry

SIGNS: tuple[Sign, ...] = get_args(Sign)
SEEN = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
URGENT: tuple[Sign, ...] = ("turned-blue", "struggled-to-breathe", "first-seizure")
TO_DO = {
    "en": ("talk to a doctor", "call the emergency services at once"),
    "pt": ("com um médico", "ligue logo para o 112"),
}


def worry(sign: Sign, member: str = "noor", over: bool = False) -> Worry:
    over_utc = SEEN if over else None
    return Worry(member=member, sign=sign, noted_utc=SEEN, noted_by="mara", over_utc=over_utc)


@pytest.mark.safety("H-33")
@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_says_what_to_do_in_every_language(sign: Sign, language: str) -> None:
    doctor, emergency = TO_DO[language]
    told = what_to_do("Noor", [worry(sign)], language)
    assert told.startswith(("Noted for Noor: ", "Ficou registado sobre Noor: "))
    assert doctor in told
    assert (emergency in told) is (sign in URGENT)


@pytest.mark.safety("H-33")
def test_every_sign_has_a_source_and_the_urgent_ones_are_an_emergency() -> None:
    assert set(FLAGS) == set(SIGNS)
    assert {sign for sign, flag in FLAGS.items() if flag.then == "emergency"} == set(URGENT)
    assert all(flag.source for flag in FLAGS.values())


@pytest.mark.safety("H-33")
def test_one_emergency_among_others_comes_before_them() -> None:
    told = what_to_do("Noor", [worry("snoring-most-nights"), worry("first-seizure")])
    assert "snoring on most nights and a first seizure" in told
    assert "emergency services at once" in told


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("sign", SIGNS)
def test_it_is_no_number_no_grade_and_no_diagnosis(sign: Sign, language: str) -> None:
    told = what_to_do("Noor", [worry(sign)], language)
    assert not re.search(r"[0-9%]", told.replace("112", ""))
    assert not re.search(r"apn|epilep|asthma|asma|depress|disorder|score", told, re.IGNORECASE)


@pytest.mark.safety("H-33")
def test_what_a_doctor_was_talked_to_about_rests_nobody() -> None:
    noted = [worry("gasping"), worry("low-mood", "ilay", over=True)]
    assert resting(noted) == ("noor",)
    assert open_worries(noted) == (noted[0],)
    assert what_to_do("Ilay", noted[1:]) == ""
