"""A change comes with a line of news: one fragment a change, `<issue>.<slug>.md`."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "changelog"
NAME = re.compile(r"[1-9][0-9]*\.[a-z0-9]+(-[a-z0-9]+)*\.md")


def faults(folder: Path) -> list[str]:
    """What is wrong with a folder of fragments."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name == "README.md":
            continue
        if not NAME.fullmatch(path.name):
            found.append(f"{path.name}: expected <issue>.<slug>.md, like 12.dawn.md")
        elif not path.read_text().strip():
            found.append(f"{path.name}: expected a line of news, found nothing")
    return found


def test_every_fragment_is_named_for_its_issue_and_says_something() -> None:
    assert faults(FOLDER) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dawn.md", "News."),
        ("12.md", "News."),
        ("0.dawn.md", "News."),
        ("12.Dawn.md", "News."),
        ("12.dawn.txt", "News."),
        ("12.dawn.md", " \n"),
    ],
)
def test_a_planted_bad_fragment_is_seen(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert len(faults(tmp_path)) == 1
