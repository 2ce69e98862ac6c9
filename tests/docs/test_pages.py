"""The pages in pictures: each that docs/pages.md shows is there and small, and none is unused."""

import re
from pathlib import Path

import page_pictures
import page_story as story
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
FOLDER = ROOT / "docs" / "images" / "pages"
SHOWN = re.findall(r"\]\(images/pages/([a-z0-9-]+\.png)\)", PAGE)
KEPT = sorted(one.name for one in FOLDER.iterdir())
FOLDER_BYTES_MAX = 2_500_000


def test_every_picture_shown_is_kept_and_none_is_kept_for_nothing() -> None:
    assert SHOWN
    assert sorted(SHOWN) == KEPT


@pytest.mark.parametrize("name", KEPT)
def test_a_picture_is_a_small_png(name: str) -> None:
    picture = (FOLDER / name).read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert len(picture) <= page_pictures.BYTES_MAX


def test_all_of_them_together_are_small() -> None:
    assert sum(one.stat().st_size for one in FOLDER.iterdir()) <= FOLDER_BYTES_MAX


def test_the_page_says_what_its_data_say() -> None:
    assert page_pictures.page_text(story.HOURS, None, PAGE) == PAGE


def test_what_was_measured_stands_at_its_foot() -> None:
    _, _, foot = PAGE.partition("## Measured")
    assert "taps" in foot
    assert " ms" in foot


def test_every_picture_has_a_name_a_title_and_one_sentence_of_its_own() -> None:
    pictures = [one for hour in story.HOURS for one in hour.pictures]
    names = [one.name for one in pictures]
    assert len(names) == len(set(names))
    assert all(one.title and one.says.endswith(".") for one in pictures)
    assert all(one.screen in story.SCREENS for one in pictures)
