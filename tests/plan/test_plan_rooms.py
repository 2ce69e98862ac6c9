"""One evening for everyone in a room, as gentle as its youngest needs."""

import pytest
from tests.plan.test_plan_family import (
    FREE_NIGHT,
    ILAY,
    LISBON,
    NOOR,
    SAM,
    but,
    home,
    room_of,
    rules_of,
)

from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import EveningKind, Member
from evenfall.records.plan import RoomEvening


def nest(*members: Member) -> RoomEvening:
    return room_of(plan_tonight(home(*members), FREE_NIGHT, LISBON), "nest")


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("immersive", "immersive", "immersive"),
        ("immersive", "told", "told"),
        ("told", "told", "told"),
        ("unplugged", "immersive", "unplugged"),
        ("told", "unplugged", "unplugged"),
    ],
)
def test_the_most_cautious_wish_holds(
    one: EveningKind, other: EveningKind, kind: EveningKind
) -> None:
    evening = nest(but(NOOR, evening=one), but(ILAY, evening=other))
    assert evening.kind == kind
    scores = {"immersive": "lighthouse", "told": "lamp-and-page", "unplugged": None}
    assert evening.score == scores[kind]


@pytest.mark.parametrize(("one", "other"), [("lighthouse", "tidepool"), ("lighthouse", None)])
def test_without_one_common_dreamscape_someone_tells(one: str, other: str | None) -> None:
    evening = nest(but(NOOR, score=one), but(ILAY, score=other))
    assert (evening.kind, evening.score) == ("told", "lamp-and-page")
    assert "no-common-score" in rules_of(evening)
    assert "did not all choose the same dreamscape" in evening.reasons[1].text


def test_where_nobody_chose_a_dreamscape_someone_tells() -> None:
    evening = nest(but(NOOR, score=None))
    assert (evening.kind, evening.score) == ("told", "lamp-and-page")
    assert "chose no dreamscape" in evening.reasons[1].text


@pytest.mark.parametrize(
    ("born", "kind"), [("2023-11", "told"), ("2023-10", "immersive"), ("2025-01", "told")]
)
def test_nobody_under_three_is_immersed(born: str, kind: EveningKind) -> None:
    evening = nest(but(NOOR, born=born), ILAY)
    assert evening.kind == kind
    assert ("no-immersion-under-3" in rules_of(evening)) == (kind == "told")


@pytest.mark.safety("H-25")
@pytest.mark.parametrize(("born", "score"), [("2025-11", None), ("2025-10", "lamp-and-page")])
def test_before_the_first_birthday_has_passed_nothing_runs(born: str, score: str | None) -> None:
    assert nest(but(NOOR, born=born), ILAY).score == score


def test_a_baby_alone_has_no_programme_and_a_pointer_to_safe_sleep() -> None:
    evening = nest(but(NOOR, born="2026-05"))
    assert (evening.kind, evening.score) == ("unplugged", None)
    assert rules_of(evening)[0] == "no-programme"
    assert "safe-sleep guidance" in evening.reasons[0].text
    assert "American Academy of Pediatrics" in evening.reasons[0].source


@pytest.mark.parametrize(
    ("elder_wish", "baby_wish", "kind"),
    [
        ("immersive", "immersive", "told"),
        ("told", "told", "told"),
        ("unplugged", "told", "unplugged"),
    ],
)
def test_a_room_shared_with_a_baby_is_told_at_most(
    elder_wish: EveningKind, baby_wish: EveningKind, kind: EveningKind
) -> None:
    baby = but(NOOR, born="2026-05", evening=baby_wish)
    evening = nest(baby, but(ILAY, evening=elder_wish))
    assert (evening.kind, evening.score) == (kind, None)
    assert "no-programme" in rules_of(evening)


def test_what_is_left_of_an_elders_evening_is_a_whisper() -> None:
    evening = nest(NOOR, but(SAM, room="nest"))
    (whisper,) = [reason for reason in evening.reasons if reason.rule == "after-the-first-light"]
    assert whisper.text.startswith("After Noor's light goes out at 20:00, Sam's evening is a whis")


def test_adults_need_no_whisper_for_each_other() -> None:
    sam, kit = but(SAM, room="nest"), but(SAM, id="kit", name="Kit", room="nest", free_wake="09:00")
    assert "after-the-first-light" not in rules_of(nest(sam, kit))
