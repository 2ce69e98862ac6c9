"""Every relative link in the documents leads somewhere, headings included."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FRONT = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = [REPOSITORY / name for name in FRONT] + sorted(
    path for folder in ("docs", "changelog") for path in (REPOSITORY / folder).rglob("*.md")
)

LINK = re.compile(r"""(?:\]\(|(?:src|href|srcset)=")<?([^)\s">]+)""")
CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
ELSEWHERE = ("http://", "https://", "mailto:")


def links(text: str) -> list[str]:
    """The links of a page that stay in this repository."""
    found = LINK.findall(CODE.sub("", text))
    return [link for link in found if not link.startswith(ELSEWHERE)]


def anchors(text: str) -> set[str]:
    """The names a page's headings can be linked by."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    plain = [re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(prose)]
    return {title.strip().replace(" ", "-") for title in plain}


def fault(page: Path, link: str) -> str:
    """What is wrong with a link, or '' if it leads somewhere."""
    target, _, anchor = link.partition("#")
    path = (page.parent / target).resolve() if target else page
    if not path.exists():
        return f"{page.name} links to {link}, and there is no such file"
    if not path.is_relative_to(REPOSITORY) and page.is_relative_to(REPOSITORY):
        return f"{page.name} links to {link}, outside the repository"
    if anchor and path.suffix == ".md" and anchor not in anchors(path.read_text()):
        return f"{page.name} links to {link}, and that page has no such heading"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(page: Path) -> None:
    found = [fault(page, link) for link in links(page.read_text())]
    assert [words for words in found if words] == []


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("[a](gone.md)", "no such file"),
        ("[a](there.md#nowhere)", "no such heading"),
        ("[a](#nowhere)", "no such heading"),
        ('<img src="gone.svg">', "no such file"),
    ],
)
def test_a_planted_dead_link_is_seen(tmp_path: Path, link: str, words: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{link}\n")
    (tmp_path / "there.md").write_text("# There\n")
    assert [words in fault(page, found) for found in links(page.read_text())] == [True]


def test_living_links_and_code_are_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `page`, told twice\n\n[a](there.md#it-is-here) [b](https://evenfall.example) "
        "[c](#a-page-told-twice) `[d](gone.md)`\n\n```\n[e](gone.md)\n```\n"
    )
    (tmp_path / "there.md").write_text("# There\n\n## It is here\n")
    assert [fault(page, link) for link in links(page.read_text())] == ["", ""]
