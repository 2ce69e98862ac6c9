"""The frames the page's own tests check (`ui/tests/guard.test.ts`) are the real signer's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.page_frames import FILE, STORY, text

from evenfall.guard.signing import Signer


@pytest.mark.safety("H-97")
def test_the_page_is_tried_on_frames_as_the_guard_signs_them_today() -> None:
    kept = FILE.read_text(encoding="utf-8")
    assert kept == text(), "write it anew: python -m tests.support.page_frames"


@pytest.mark.safety("H-97")
def test_a_count_rises_whatever_the_clock_does_and_catches_up_when_it_is_set_right() -> None:
    """A machine that came up with a clock behind must not be taken for a replay all night."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    signer = Signer(b"k" * 32, 0)
    clock = [noon, noon, noon - timedelta(hours=3), noon + timedelta(hours=8)]
    counts = [json.loads(signer.signed("nest", STORY, now).signed)["count"] for now in clock]
    assert counts == sorted(set(counts))
    later = json.loads(Signer(b"k" * 32, 0).signed("nest", STORY, clock[-1]).signed)["count"]
    assert counts[-1] == later, "a guard that started anew signs where the old one would"
