"""The pages: self-contained, escaped, honest about what was simulated and what nobody measured."""

import re
from html.parser import HTMLParser

import msgspec
import pytest
from tests.app.report_samples import (
    ANA,
    AUTUMN_MORNING,
    AUTUMN_PLAN,
    HOSTILE,
    IVO,
    MORNING,
    NOOR,
    PLAN,
    REAL,
)

from evenfall.app.report import morning_page, plan_page
from evenfall.records.insight import MemberMorning, Morning, Statistic
from evenfall.records.recording import Stage

VOID = {"meta", "br", "img", "link", "input", "hr"}
STAGE_NAMES = re.compile(r"\bN[123]\b|\bREM\b|stage-")
FETCHING = {"src", "srcset", "poster", "action", "xlink:href", "background"}


class Tree(HTMLParser):
    """Every start tag, the text, and whether tags close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"], ["metadata"]):
            self.text.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


PAGES = {
    "simulated": morning_page((MORNING,), PLAN),
    "real": morning_page((REAL,), PLAN),
    "mixed": morning_page((MORNING, REAL), PLAN),
    "autumn": morning_page((AUTUMN_MORNING,), AUTUMN_PLAN),
    "none": morning_page((), PLAN),
    "tonight": plan_page(PLAN),
}


def test_a_plan_page_calls_a_room_what_the_family_does_or_by_its_id() -> None:
    named = tuple(msgspec.structs.replace(each, name="The gull loft") for each in PLAN.rooms)
    page = plan_page(msgspec.structs.replace(PLAN, rooms=named))
    assert page.count("<h4><bdi>The gull loft</bdi></h4>") == len(PLAN.rooms)
    assert f"<h4><bdi>{PLAN.rooms[0].room}</bdi></h4>" in PAGES["tonight"]


def only(member: MemberMorning, morning: Morning = MORNING) -> str:
    return morning_page((msgspec.structs.replace(morning, members=(member,)),), PLAN)


def body(page: str) -> str:
    return page[page.index("<body>") : page.index("</html>")]


def without_kept_files(page: str) -> str:
    """The page without its base64, where any letters may stand in any order."""
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_tag_closes_in_order(page: str) -> None:
    tree = Tree(page)
    assert not tree.open
    assert tree.count("html") == tree.count("title") - page.count("<g><title>") == 1


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_nothing_is_fetched(page: str) -> None:
    assert "://" not in without_kept_files(page)
    assert "@import" not in page
    for tag, attributes in Tree(page).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not FETCHING & attributes.keys()
        assert (attributes.get("href") or "data:").startswith("data:")
    assert all(url.startswith("data:") for url in re.findall(r"url\(([^)]{5})", page))
    assert "default-src 'none'" in page


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_words_stay_calm(page: str) -> None:
    said = " ".join(Tree(body(page)).text)
    assert "!" not in said
    assert not re.search(r"(?i)\b(well done|great|streak|should|/ ?100|congrat)", said)
    assert "Not a medical device." in said


def test_what_was_simulated_says_so_everywhere() -> None:
    page = PAGES["simulated"]
    title = re.search(r"<title>(.*?)</title>", page)
    assert title
    assert title[1].startswith("simulated")
    assert '<p class="mark">simulated</p>' in page
    figures = re.findall(r"<svg.*?</svg>", page, re.S)
    assert len(figures) == 2
    assert all(">simulated</text>" in figure for figure in figures)


def test_what_was_real_does_not() -> None:
    assert "simulated" not in without_kept_files(PAGES["real"])
    assert "simulated" not in without_kept_files(PAGES["autumn"])


def test_a_simulated_room_beside_a_real_one_keeps_its_mark() -> None:
    real = PAGES["mixed"].split("<section>")[2]
    assert "simulated" not in without_kept_files(real)
    assert "simulated" in PAGES["mixed"].split("<section>")[1]


def test_nobody_measured_means_no_picture() -> None:
    page = body(only(IVO))
    assert "<svg" not in page
    assert "Sleep was not measured, so there is no picture." in page
    assert "—  not measured" in page
    assert "no sensor was there" in page


def test_nothing_noted_is_not_nothing() -> None:
    page = body(only(IVO))
    assert page.count("<td>not noted</td>") == 3
    assert "we don’t know" in page


def test_a_child_has_no_stages_even_if_someone_recorded_some() -> None:
    page = without_kept_files(body(only(NOOR)))
    assert not STAGE_NAMES.search(page)
    assert "moving" in page
    staged = msgspec.structs.replace(NOOR, hypnogram=ANA.reference, reference=ANA.reference)
    page = without_kept_files(body(only(staged)))
    assert not STAGE_NAMES.search(page)
    assert "Stages are not shown for anyone under 18" in page


def test_a_child_has_no_numbers_that_only_stages_could_tell() -> None:
    deep = Statistic(name="N3", value=71.0, unit="min", words="deep", source="a human scorer")
    staged = msgspec.structs.replace(
        NOOR,
        hypnogram=ANA.reference,
        statistics=(*ANA.statistics, deep),
        agreement=ANA.agreement,
        insights=ANA.insights,
    )
    page = body(only(staged))
    assert not STAGE_NAMES.search(page)
    assert "The night in the field’s own numbers" not in page
    assert "91.3 %" not in page
    assert "Falling asleep took" not in page
    assert "Waking came at" in page


def test_the_adult_has_them() -> None:
    assert STAGE_NAMES.search(without_kept_files(body(only(ANA))))


def test_the_plan_stands_beside_what_happened() -> None:
    page = body(only(ANA))
    row = '<th scope="row">lights out</th><td>22:30</td><td>22:47</td>'
    assert row + '<td class="words">about fifteen minutes later</td>' in page


def test_immersion_and_agreement_are_stated() -> None:
    page = body(PAGES["simulated"])
    assert "Immersion: 12.5 minutes used of the 20 agreed." in page
    assert "91.3 %" in page
    assert "not defined" in page  # a kappa of None is not 0


def test_moments_are_folded_with_their_reasons() -> None:
    folded = re.search(r'<details class="moments">.*?</details>', PAGES["simulated"], re.S)
    assert folded
    assert "02:13" in folded[0]
    assert "the glow answers a touch at night" in folded[0]


def test_names_are_text_never_markup() -> None:
    plan = msgspec.structs.replace(
        PLAN,
        household=HOSTILE,
        members=tuple(msgspec.structs.replace(each, name=HOSTILE) for each in PLAN.members),
    )
    assert ANA.hypnogram
    hypnogram = msgspec.structs.replace(ANA.hypnogram, source=HOSTILE)
    member = msgspec.structs.replace(ANA, name=HOSTILE, measured=HOSTILE, hypnogram=hypnogram)
    morning = msgspec.structs.replace(
        MORNING, room=HOSTILE, title=HOSTILE, source=HOSTILE, notes=(HOSTILE,), members=(member,)
    )
    for page in (morning_page((morning,), plan), plan_page(plan)):
        tree = Tree(page)
        assert not tree.open
        assert tree.count("script") == 1
        assert "alert(" in page  # it is there, as text
        assert "<bdi>&lt;script&gt;" in page
        assert "نور" in page


@pytest.mark.parametrize("name", ["morning", "tonight"])
def test_the_same_records_give_the_same_page(name: str) -> None:
    once = {"morning": lambda: morning_page((MORNING,), PLAN), "tonight": lambda: plan_page(PLAN)}
    assert once[name]() == once[name]()


def test_tonight_says_when_and_why() -> None:
    page = body(PAGES["tonight"])
    assert "<dt>wind-down</dt><dd>19:20</dd>" in page
    assert "School starts at 08:30" in page
    assert "Ana cannot tell two stories at once" in page


def test_a_shared_source_is_said_once() -> None:
    page = body(only(ANA))
    how = "sleep and wake from wrist counts"
    table = page[page.index("The night in the field’s own numbers") : page.index("For tomorrow")]
    assert table.count(how) == 1
    assert '<small dir="auto">noted times</small>' in table


def test_the_six_come_first_and_the_rest_is_folded() -> None:
    numbers = tuple(
        msgspec.structs.replace(each, source="counted here")
        for each in reversed(ANA.statistics)
        if each.value is not None
    )
    more = msgspec.structs.replace(numbers[0], name="SPT", value=480.0)
    missing = [each for each in ANA.statistics if each.value is None]
    also = msgspec.structs.replace(missing[0], name="N2")
    member = msgspec.structs.replace(ANA, statistics=(more, *numbers, *missing, also))
    page = body(only(member))
    folded = page.index("The rest of the numbers")
    names = re.findall(r'<th scope="row">(\w+)</th>\n<td class="value', page[:folded])
    assert names == ["TIB", "SOL", "WASO", "TST", "SE"]
    assert page.index(">SPT</th>") > folded
    assert "N3, N2: a wrist sensor cannot tell stages." in page[folded:]


def test_a_citation_stands_in_the_page_once() -> None:
    assert ANA.hypnogram
    cited = ANA.hypnogram.source.replace("'", "&#39;")
    page = re.sub(r"<metadata>.*?</metadata>", "", body(only(ANA)))
    assert page.count(cited) == 1
    assert page.count("Cole 1992") == 1


def test_tonight_says_when_the_story_begins() -> None:
    page = body(PAGES["tonight"])
    assert "<p>The told evening begins at 19:40, with <bdi>Ana</bdi>.</p>" in page


def restless(member: MemberMorning) -> MemberMorning:
    """A night that changes every two minutes, more often than any of the recordings here."""
    assert member.hypnogram
    stages: tuple[Stage, ...] = ("W", "W", "W", "W", "S", "S", "S", "S") * 120
    hypnogram = msgspec.structs.replace(member.hypnogram, stages=stages)
    return msgspec.structs.replace(member, hypnogram=hypnogram, reference=hypnogram)


def test_pages_stay_small() -> None:
    assert len(PAGES["simulated"]) < 200_000
    one = restless(ANA)
    four = msgspec.structs.replace(MORNING, members=(one, one, one, one))
    assert len(morning_page((four,), PLAN)) < 900_000
