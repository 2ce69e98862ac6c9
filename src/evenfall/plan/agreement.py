"""Where guardians wish different things, the more protective holds: one rule, for everything.

What the household's file says of a child is what all agreed. A guardian may wish for something
else there, in their own name (`wishes`). Whatever is wished, what holds is never less protective
than what was agreed or than any guardian's wish: a plainer evening, an earlier light, a shorter
dreamscape. Who wished what is said with both names and without blame, and changes nothing kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from evenfall.formats.quantity import clock_min, duration_s
from evenfall.plan.changes import Changes, MemberChange, change_of
from evenfall.plan.reasons import because
from evenfall.records.base import Id, LocalTime
from evenfall.records.household import EveningKind, GuardianWish, Household, Member
from evenfall.records.plan import Plan, Reason, Value

SOURCE = "care rule 11 of this project: where guardians disagree the more protective holds"
_PLAINEST_FIRST: tuple[EveningKind, ...] = ("unplugged", "told", "immersive")
_NOON_MIN, _DAY_MIN = 12 * 60, 24 * 60

Wished = TypeVar("Wished")


class Settled(NamedTuple):
    """What holds, and what is said about it."""

    changes: Changes
    reasons: tuple[Reason, ...]


class Side(NamedTuple):
    """What someone is for: a guardian by name, or all together ('')."""

    who: str
    rank: float  # the lower, the more protective


class Holding(NamedTuple):
    """Which side holds, and who wished furthest from it ('' where nobody differs)."""

    held: Side
    furthest: Side | None


def more_protective(sides: Sequence[Side]) -> Holding:
    """The one rule: the lowest rank holds, whoever it is from; a named one where they are equal.

    Args:
        sides: at least one.

    Example:
        >>> more_protective([Side("", 2), Side("Mara", 2), Side("Tomás", 1)])
        Holding(held=Side(who='Tomás', rank=1), furthest=Side(who='Mara', rank=2))
    """
    held = min(sides, key=lambda one: (one.rank, not one.who))
    others = [one for one in sides if one.who not in ("", held.who) and one.rank > held.rank]
    return Holding(held, max(others, key=lambda one: one.rank, default=None))


def evening_rank(kind: EveningKind) -> float:
    """How much machine an evening has: paper, told, immersive."""
    return _PLAINEST_FIRST.index(kind)


def clock_rank(clock: LocalTime) -> float:
    """Minutes from noon, so that half past midnight is late."""
    return (clock_min(clock) - _NOON_MIN) % _DAY_MIN


def allowance_s(household: Household) -> int:
    """Dreamscape time a night, in seconds: the shortest anyone wishes, the same for every child."""
    wished = [duration_s(one.immersion_allowance) for one in _with_allowance(household)]
    return min([duration_s(household.immersion_allowance), *wished])


def settled_evenings(household: Household, changes: Changes) -> Settled:
    """Tonight's changes with every child's kind of evening settled.

    Args:
        household: the home, with its guardians' wishes.
        changes: what is different tonight; it is the household's own word, and settled likewise.
    """
    reasons: list[Reason] = []
    for child, wishes in _by_child(household, lambda wish: wish.evening):
        usual = change_of(changes, child.id).evening or child.evening
        wished = [(_name(household, one.by), one.evening or usual) for one in wishes]
        holding = more_protective(_sides(evening_rank, usual, wished))
        held = _PLAINEST_FIRST[int(holding.held.rank)]
        if held != usual:
            changes = _with(changes, child.id, evening=held)
        reasons += _said("evening", holding, evening_rank(usual), kind=held, name=child.name)
    return Settled(changes, (*reasons, *_allowance_reasons(household)))


def settled_lights(household: Household, changes: Changes, plan: Plan) -> Settled:
    """Tonight's changes with every child's lights-out settled, given when it would have been.

    Args:
        household: the home, with its guardians' wishes.
        changes: what is different tonight.
        plan: the night as it would be without those wishes.
    """
    reasons: list[Reason] = []
    for child, wishes in _by_child(household, lambda wish: wish.lights_out):
        planned = next(one for one in plan.members if one.member == child.id)
        usual = f"{planned.lights_out:%H:%M}"
        wished = [(_name(household, one.by), one.lights_out or usual) for one in wishes]
        holding = more_protective(_sides(clock_rank, usual, wished))
        clocks = {clock_rank(one): one for one in (usual, *(clock for _, clock in wished))}
        earliest = clocks[holding.held.rank]
        if holding.held.rank < clock_rank(usual):
            changes = _with(changes, child.id, lights_out=earliest)
        latest = clocks[holding.furthest.rank] if holding.furthest else usual
        reasons += _said(
            "lights-out", holding, clock_rank(usual), name=child.name, at=earliest, other=latest
        )
    return Settled(changes, tuple(reasons))


def _allowance_reasons(household: Household) -> Iterable[Reason]:
    wishes = [
        (_name(household, one.by), one.immersion_allowance or "0 min")
        for one in _with_allowance(household)
    ]
    if not wishes:
        return ()
    usual = household.immersion_allowance
    holding = more_protective(_sides(duration_s, usual, wishes))
    other = holding.furthest.rank if holding.furthest else duration_s(usual)
    return _said(
        "allowance",
        holding,
        duration_s(usual),
        held_s=int(holding.held.rank),
        other_s=int(other),
    )


def _said(
    what: str, holding: Holding, usual: float, kind: EveningKind | None = None, **values: Value
) -> Iterable[Reason]:
    """What is said: both names where two differ, one where one wished for more care, or less."""
    held, furthest = holding
    of_what = what if kind is None else f"{what}.{kind}"
    if held.who and furthest is not None:
        key, names = f"wishes-differ.{of_what}", {"more": furthest.who, "careful": held.who}
    elif held.who and held.rank < usual:
        key, names = f"wish-held.{of_what}", {"careful": held.who}
    elif furthest is not None:
        key, names = f"wish-waits.{what}", {"more": furthest.who}
    else:
        return ()
    used = {name: value for name, value in values.items() if name in _USES[key]}
    return (because(key.partition(".")[0], key, SOURCE, **names, **used),)


_USES: Mapping[str, tuple[str, ...]] = {
    "wishes-differ.evening.told": ("name",),
    "wishes-differ.evening.unplugged": ("name",),
    "wishes-differ.lights-out": ("name", "at", "other"),
    "wishes-differ.allowance": ("held_s", "other_s"),
    "wish-held.evening.told": ("name",),
    "wish-held.evening.unplugged": ("name",),
    "wish-held.lights-out": ("name", "at"),
    "wish-held.allowance": ("held_s",),
    "wish-waits.evening": ("name",),
    "wish-waits.lights-out": ("name", "at"),
    "wish-waits.allowance": ("held_s",),
}
"""What stands in each sentence (`formats/language/english.py`)."""


def _sides(
    rank: Callable[[Wished], float], usual: Wished, wished: Sequence[tuple[str, Wished]]
) -> list[Side]:
    named = [Side(who, rank(one)) for who, one in wished]
    return [Side("", rank(usual)), *named]


def _by_child(
    household: Household, says: Callable[[GuardianWish], object]
) -> Iterable[tuple[Member, list[GuardianWish]]]:
    """Every child somebody wishes something for, with those wishes."""
    for child in household.members:
        wishes = [one for one in household.wishes if one.child == child.id and says(one)]
        if wishes:
            yield child, wishes


def _with_allowance(household: Household) -> list[GuardianWish]:
    return [one for one in household.wishes if one.immersion_allowance is not None]


def _name(household: Household, member: Id) -> str:
    return next((one.name for one in household.members if one.id == member), member)


def _with(changes: Changes, member: Id, **different: str) -> Changes:
    changed: MemberChange = replace(change_of(changes, member), **different)
    others = tuple(one for one in changes.members if one.member != member)
    return replace(changes, members=(*others, changed))


def planned_with(make: Callable[[Changes], Plan], household: Household, changes: Changes) -> Plan:
    """A plan in which every guardian's wish was heard.

    Args:
        make: plans a night with tonight's changes.
        household: the home.
        changes: what is different tonight.
    """
    if not household.wishes:
        return make(changes)
    settled = settled_evenings(household, changes)
    plan = make(settled.changes)
    lights = settled_lights(household, settled.changes, plan)
    if lights.changes != settled.changes:
        plan = make(lights.changes)
    return replace(plan, conflicts=(*plan.conflicts, *settled.reasons, *lights.reasons))
