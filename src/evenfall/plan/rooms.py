"""What one room does tonight: one kind of evening for everyone in it.

The most vulnerable sleeper decides for all: the most cautious wish holds, nobody under 3 is
immersed, and before the first birthday Evenfall runs nothing at all and only plans.
"""

from itertools import pairwise

from evenfall.plan.age import is_under
from evenfall.plan.changes import Changes, change_of
from evenfall.plan.draft import Draft
from evenfall.plan.morning import HOUSEHOLD
from evenfall.plan.reasons import because
from evenfall.plan.wall_clock import NightFrame, clock_text
from evenfall.records.base import Id
from evenfall.records.household import EveningKind, Room
from evenfall.records.plan import Reason, RoomEvening

TOLD_SCORE: Id = "lamp-and-page"
PROGRAMME_FROM_YEARS = 1  # no programme under 12 months: care rule 1 of this project
IMMERSIVE_FROM_YEARS = 3  # this project's own choice: the built-in dreamscapes are for 4 and up
_CAUTIOUS_FIRST: tuple[EveningKind, ...] = ("unplugged", "told", "immersive")
_SAFE_SLEEP = (
    "care rule 1 of this project; safe-sleep guidance: American Academy of Pediatrics 2022, "
    "The Lullaby Trust"
)
_SAFE_SLEEP_WORDS = (
    "The Lullaby Trust, Safer sleep: the basics, and room temperature; American Academy of "
    "Pediatrics 2022"
)
SAFE_SLEEP_RULE = "safe-sleep"
"""What an infant's room says of itself, for a page to show."""
_OWN_CHOICE = "this project's own choice"


def room_evening(
    room: Room, sleepers: tuple[Draft, ...], changes: Changes, frame: NightFrame
) -> RoomEvening:
    """One room's evening, before anyone is asked to tell.

    Args:
        room: the room.
        sleepers: their drafts, the youngest first, at least one.
        changes: what is different tonight.
        frame: the night.
    """
    kind, score, why = _kind_and_score(sleepers, changes)
    return RoomEvening(
        room=room.id,
        name=room.name,
        sleepers=tuple(draft.member.id for draft in sleepers),
        kind=kind,
        score=score,
        teller=None,
        begins=None,
        reasons=(*why, *_one_after_another(sleepers, frame)),
    )


def _kind_and_score(
    sleepers: tuple[Draft, ...], changes: Changes
) -> tuple[EveningKind, Id | None, tuple[Reason, ...]]:
    kind, why = _most_cautious(sleepers, changes)
    if is_under(sleepers[0].age_months, PROGRAMME_FROM_YEARS):
        return _no_programme(sleepers, kind, why)
    if kind == "unplugged":
        return kind, None, (why,)
    if kind == "told":
        return kind, TOLD_SCORE, (why,)
    if is_under(sleepers[0].age_months, IMMERSIVE_FROM_YEARS):
        return "told", TOLD_SCORE, (why, _too_young(sleepers[0]))
    worried = [draft for draft in sleepers if draft.member.id in changes.worried_about]
    if worried:
        return "told", TOLD_SCORE, (why, _worried(worried[0]))
    scores = {draft.member.score for draft in sleepers}
    score = scores.pop() if len(scores) == 1 else None
    if score is None:
        return "told", TOLD_SCORE, (why, _no_common_score(sleepers))
    return kind, score, (why,)


def _most_cautious(sleepers: tuple[Draft, ...], changes: Changes) -> tuple[EveningKind, Reason]:
    wishes = [
        (change_of(changes, draft.member.id).evening or draft.member.evening, draft.member.name)
        for draft in sleepers
    ]
    kind, name = min(wishes, key=lambda wish: _CAUTIOUS_FIRST.index(wish[0]))
    source = f"{HOUSEHOLD}; {_OWN_CHOICE}"
    if all(wish == kind for wish, _ in wishes):
        return kind, because("kind", f"kind.{kind}", source)
    return kind, because("kind", f"kind.{kind}.cautious", source, name=name)


def _no_programme(
    sleepers: tuple[Draft, ...], wished: EveningKind, why: Reason
) -> tuple[EveningKind, Id | None, tuple[Reason, ...]]:
    infants = [d for d in sleepers if is_under(d.age_months, PROGRAMME_FROM_YEARS)]
    alone = len(infants) == len(sleepers)
    name = infants[0].member.name
    reason = because("no-programme", "no-programme", _SAFE_SLEEP, name=name)
    guidance = tuple(_safe_sleep(one) for one in infants)
    if alone or wished == "unplugged":
        return "unplugged", None, (reason, *guidance)
    return "told", None, (*((why,) if wished == "told" else ()), reason, *guidance)


def _safe_sleep(infant: Draft) -> Reason:
    return because(SAFE_SLEEP_RULE, "safe-sleep", _SAFE_SLEEP_WORDS, name=infant.member.name)


def _worried(one: Draft) -> Reason:
    rule, name = "no-immersion-while-worried", one.member.name
    return because(rule, rule, "care rule 8 of this project", name=name)


def _too_young(youngest: Draft) -> Reason:
    rule, name = "no-immersion-under-3", youngest.member.name
    source = f"{_OWN_CHOICE}: the built-in dreamscapes are for 4 and up"
    return because(rule, rule, source, name=name)


def _no_common_score(sleepers: tuple[Draft, ...]) -> Reason:
    chosen = any(draft.member.score for draft in sleepers)
    key = "no-common-dreamscape.differ" if chosen else "no-common-dreamscape.none"
    names = tuple(draft.member.name for draft in sleepers)
    return because("no-common-score", key, _OWN_CHOICE, names=names)


def _one_after_another(sleepers: tuple[Draft, ...], frame: NightFrame) -> tuple[Reason, ...]:
    """What is left of an elder's evening once the younger one's light is out."""
    by_light = sorted(sleepers, key=lambda draft: draft.lights_out)
    reasons = []
    for first, second in pairwise(by_light):
        if not first.is_child or first.lights_out == second.lights_out:
            continue
        key = "after-the-first-light.child" if second.is_child else "after-the-first-light.adult"
        why = because(
            "after-the-first-light",
            key,
            _OWN_CHOICE,
            first=first.member.name,
            lights_out=clock_text(first.lights_out, frame.zone),
            name=second.member.name,
        )
        reasons.append(why)
    return tuple(reasons)
