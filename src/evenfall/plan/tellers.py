"""Who tells where: one teller cannot be in two rooms, nor tell while winding down elsewhere.

Best is a way in which nothing moves, first choices first. Else room by room, those with the fewest
tellers first: someone who is free; else someone whose stories are told earlier; else an adult who
goes to bed later within the range for their age; else nobody, and the plan says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations, islice, product

from evenfall.plan.alone import move_lights_out
from evenfall.plan.draft import Draft
from evenfall.plan.draft_words import teller_stays_up
from evenfall.plan.wall_clock import NightFrame, later_step
from evenfall.records.base import Id

EARLIER_MAX = timedelta(minutes=60)  # how much earlier a story may be told: own choice
CHOICES_MAX = 512  # ways looked at before going room by room: own choice, beyond most homes


@dataclass(frozen=True)
class Story:
    """A room's story that someone has to tell."""

    room: Id
    anchor: Id  # the youngest listener: the story ends when their light goes out
    listeners: tuple[Id, ...]
    takes: timedelta
    listed: tuple[Id, ...]  # everyone who may tell it, first choice first
    home: tuple[Id, ...]  # those of them who are home tonight


@dataclass(frozen=True)
class Tellings:
    """Who tells which story, and everyone's night with it."""

    drafts: dict[Id, Draft]
    tellers: dict[Id, Id]  # by room; a room without one is absent


Span = tuple[datetime, datetime]


def assign_tellers(
    stories: tuple[Story, ...], drafts: dict[Id, Draft], frame: NightFrame
) -> Tellings:
    """Give every story a teller where that can be.

    Args:
        stories: the rooms' stories, in the household's order.
        drafts: everyone's night, by member.
        frame: the night.

    Returns:
        the tellers by room, and the drafts with what had to move for them.
    """
    earliest_first = sorted(stories, key=lambda story: drafts[story.anchor].lights_out)
    nothing_told = Tellings(drafts, {})
    unmoved = _nothing_moves(nothing_told, tuple(earliest_first))
    return unmoved or _room_by_room(nothing_told, tuple(earliest_first), frame)


def slot_of(story: Story, drafts: dict[Id, Draft]) -> Span:
    """From when to when a story is told (UTC)."""
    anchor = drafts[story.anchor]
    ends = anchor.lights_out - anchor.story_earlier
    return ends - story.takes, ends


def _nothing_moves(nothing_told: Tellings, stories: tuple[Story, ...]) -> Tellings | None:
    """A teller for every story that has one at home, as the nights are; the earliest chooses."""
    tellable = [story for story in stories if story.home]
    choices = product(*(story.home for story in tellable))
    for choice in islice(choices, CHOICES_MAX):
        tellers = {story.room: teller for story, teller in zip(tellable, choice, strict=True)}
        way = replace(nothing_told, tellers=tellers)
        if not in_two_places(way, stories):
            return way
    return None


def _room_by_room(tellings: Tellings, stories: tuple[Story, ...], frame: NightFrame) -> Tellings:
    for story in sorted(stories, key=lambda story: len(story.home)):
        tellings = next(_ways(tellings, story, stories, frame), tellings)
    return tellings


def _ways(
    tellings: Tellings, story: Story, stories: tuple[Story, ...], frame: NightFrame
) -> Iterator[Tellings]:
    """Every way to have a story told that leaves nobody in two places, the kindest first."""
    attempts: tuple[Callable[[Id], Tellings | None], ...] = (
        lambda teller: _as_it_is(tellings, story, teller),
        lambda teller: _told_earlier(tellings, story, stories, teller, frame),
        lambda teller: _stay_up(tellings, story, stories, teller, frame),
    )
    for attempt in attempts:
        for teller in story.home:
            way = attempt(teller)
            if way is not None and not in_two_places(way, stories):
                yield way


def _as_it_is(tellings: Tellings, story: Story, teller: Id) -> Tellings:
    return replace(tellings, tellers={**tellings.tellers, story.room: teller})


def _told_earlier(
    tellings: Tellings, story: Story, stories: tuple[Story, ...], teller: Id, frame: NightFrame
) -> Tellings | None:
    """All of a teller's stories, the latest first, each as late as the next and their rest let."""
    told = _as_it_is(tellings, story, teller)
    own = [one for one in stories if told.tellers.get(one.room) == teller]
    own.sort(key=lambda one: tellings.drafts[one.anchor].lights_out, reverse=True)
    busy: list[Span] = []
    drafts = dict(tellings.drafts)
    for one in own:
        resting = _rest_of(drafts[teller], one)
        anchor = drafts[one.anchor]
        ends = _latest_end(anchor.lights_out, one.takes, [*busy, resting])
        moved = replace(anchor, story_earlier=anchor.lights_out - ends)
        if not _may_begin(moved, frame):
            return None
        drafts[one.anchor] = moved
        busy.append((ends - one.takes, ends))
    return Tellings(drafts, told.tellers)


def _latest_end(wished: datetime, takes: timedelta, busy: list[Span]) -> datetime:
    """The latest end, no later than wished, that keeps clear of every busy span."""
    ends = wished
    for start, end in sorted(busy, reverse=True):
        if _overlap((ends - takes, ends), (start, end)):
            ends = start
    return ends


def _may_begin(draft: Draft, frame: NightFrame) -> bool:
    """Whether an evening made longer by its story still begins late enough."""
    if not draft.story_earlier:
        return True
    not_before = draft.not_before.at if draft.not_before else frame.noon
    return (
        draft.story_earlier <= EARLIER_MAX
        and draft.wind_down >= not_before
        and draft.wind_down >= frame.noon
    )


def _stay_up(
    tellings: Tellings, story: Story, stories: tuple[Story, ...], teller: Id, frame: NightFrame
) -> Tellings | None:
    """An adult teller whose own evening begins after the story, if the range for the age holds."""
    draft = tellings.drafts[teller]
    listens = any(teller in one.listeners for one in stories)
    if draft.is_child or draft.lights_out_chosen or listens:
        return None
    _, ends = slot_of(story, tellings.drafts)
    lights_out = later_step(ends + draft.winding, frame.zone)
    if not draft.lights_out < lights_out <= draft.latest_lights_out:
        return None
    moved = move_lights_out(draft, lights_out, teller_stays_up(draft, lights_out, frame))
    return _as_it_is(replace(tellings, drafts={**tellings.drafts, teller: moved}), story, teller)


def in_two_places(tellings: Tellings, stories: tuple[Story, ...]) -> bool:
    """Whether anyone tells two stories at once, or tells one while they rest elsewhere."""
    told = [story for story in stories if story.room in tellings.tellers]
    by_teller = [(tellings.tellers[s.room], s, slot_of(s, tellings.drafts)) for s in told]
    while_resting = any(
        _overlap(slot, _rest_of(tellings.drafts[teller], story))
        for teller, story, slot in by_teller
    )
    at_once = any(
        one == other and _overlap(slot, other_slot)
        for (one, _, slot), (other, _, other_slot) in combinations(by_teller, 2)
    )
    return while_resting or at_once


def _rest_of(teller: Draft, story: Story) -> Span:
    """When a teller cannot tell: winding down and asleep; in their own room, only asleep."""
    own_room = teller.member.room == story.room
    return (teller.lights_out if own_room else teller.wind_down), teller.wake


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
