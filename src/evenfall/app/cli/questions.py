"""The six questions of `init`, and how their answers are read.

Answers are taken as people write them: any case, any spacing. What cannot be read is said with an
example; in a terminal that question is then asked again, and nothing said before it is lost.
"""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar
from zoneinfo import available_timezones

import typer

from evenfall.app.cli.common import tell
from evenfall.app.home import load_zone
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.household import Commitment, Household, Member, RitualStep, Room, Weekday
from evenfall.safety.limits import CHILD_UNDER_YEARS

BORN_FROM_YEAR = 1900
NAME_MAX = 80
MEMBERS_MAX = 32
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
NOBODY = ("", "-", "no", "none", "nobody", "no one", "no-one")

_BORN = (
    r"(?P<year>[0-9]{4})[-/. ](?P<month>[0-9]{1,2})([-/.][0-9]{1,2})?"
    r"|(?P<month_first>[0-9]{1,2})[-/.](?P<year_last>[0-9]{4})"
)
_PERSON = re.compile(rf"^(?P<name>.*?)[\s:(]*\b(?:{_BORN})\)?$")
_AT = re.compile(r"^(?P<name>.+?)[\s:=]+(?:at\s+)?(?P<hour>[0-9]{1,2})[:.h](?P<minute>[0-9]{2})$")
_AND = re.compile(r"\s+and\s+|\s*[&+]\s*", re.IGNORECASE)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Person:
    """Someone as they were named."""

    id: str
    name: str
    born: str


People = dict[str, Person]
"""Everyone by their name in small letters."""


def asked_household(today: date) -> Household:
    """The household that six answers make.

    Args:
        today: which of them are children is told by it.

    Raises:
        EvenfallError: an answer cannot be read and nobody is there to be asked again.
    """
    name = _ask(1, "What is your home called?", "Our home", _home_name)
    zone = _ask(2, "Which time zone are you in?", system_zone(), _zone)
    people = _ask(
        3,
        "Who lives here? Name and month of birth, like Ada 2018-03, Bo 1988-11",
        None,
        lambda answer: _people(answer, today),
    )
    rooms = _ask(
        4,
        "Who shares a room? Like Ada and Eli; Bo and Cy. Enter for nobody",
        "",
        lambda answer: _rooms(people, answer),
    )
    starts = _ask(
        5,
        "Who must be somewhere on weekdays, and when? Like Ada 08:30, Bo 09:00. Enter for nobody",
        "",
        lambda answer: _starts(people, answer),
    )
    tellers = _ask(
        6,
        "Who tells the stories? Names, first choice first. Enter for nobody",
        "",
        lambda answer: _named(6, people, answer),
    )
    return _household(name, zone, rooms, starts, tellers, today)


# --- Asking ----------------------------------------------------------------------------------


def someone_answers() -> bool:
    """True where the answers come from a person at a terminal, who can be asked again."""
    return sys.stdin.isatty()


def _ask(number: int, question: str, default: str | None, read: Callable[[str], Answer]) -> Answer:
    """One question, asked until its answer can be read; through a pipe, asked once."""
    while True:
        answer = _heard(number, f"{number}. {question}", default)
        try:
            return read(" ".join(answer.split()))
        except EvenfallError as error:
            if not someone_answers():
                raise
            tell(error)


def _heard(number: int, question: str, default: str | None) -> str:
    if someone_answers():
        answer: str = typer.prompt(question, default=default, show_default=bool(default), err=True)
        return answer
    typer.echo(f"{question} [{default}]:" if default else f"{question}:", err=True)
    line = sys.stdin.readline()
    if not line and default is None:
        raise _unclear(number, "no answer", "at least one person", "Ada 2018-03, Bo 1988-11")
    return line.strip() or default or ""


def _unclear(number: int, found: str, expected: str, example: str) -> EvenfallError:
    return EvenfallError(
        Fault(
            found=found,
            place=Place(f"question {number}"),
            expected=expected,
            mend=f"answer like {example}; nothing was written",
        )
    )


# --- Reading answers -------------------------------------------------------------------------


def _home_name(answer: str) -> str:
    return _fitting_name(1, answer)


def _fitting_name(number: int, name: str) -> str:
    if not name.isprintable() or not 0 < len(name) <= NAME_MAX:
        raise _unclear(number, f"{name[:40]!r} as a name", f"1 to {NAME_MAX} characters", "Ada")
    return name


def _zone(answer: str) -> str:
    """A zone by its name in any case, or by its city alone."""
    said = answer.replace(" ", "_").replace("_/_", "/").casefold()
    known = {name.casefold(): name for name in available_timezones()}
    cities = [name for name in known.values() if name.casefold().rsplit("/", 1)[-1] == said]
    if said in known:
        return known[said]
    if len(cities) == 1:
        return cities[0]
    load_zone(answer, Place("question 2"))
    return answer


def _people(answer: str, today: date) -> People:
    people: People = {}
    for part in _with_their_dates(_parts(answer, ",;")):
        person = _person(part, people, today)
        if person.name.casefold() in people:
            raise _unclear(
                3, f"two people called {person.name}", "a name of its own for each", "Ada B 1988-11"
            )
        people[person.name.casefold()] = person
    if not people:
        raise _unclear(3, "nobody", "at least one person", "Ada 2018-03, Bo 1988-11")
    if len(people) > MEMBERS_MAX:
        raise _unclear(3, f"{len(people)} people", f"at most {MEMBERS_MAX}", "Ada 2018-03")
    return people


def _with_their_dates(parts: list[str]) -> list[str]:
    """Parts with a date that stood alone put back to the name before it: `Ada, 2018-03`."""
    joined: list[str] = []
    for part in parts:
        if joined and re.fullmatch(_BORN, part):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


def _person(text: str, taken: People, today: date) -> Person:
    found = _PERSON.match(text)
    if not found or not found["name"]:
        raise _unclear(3, f"{text!r}", "a name, then the year and month of birth", "Ada 2018-03")
    year = int(found["year"] or found["year_last"])
    month = int(found["month"] or found["month_first"])
    past = (year, month) <= (today.year, today.month)
    if not (year >= BORN_FROM_YEAR and 1 <= month <= 12 and past):
        between = f"a month from {BORN_FROM_YEAR}-01 to {today:%Y-%m}"
        raise _unclear(3, f"{text!r}", between, f"{found['name']} 2018-03")
    name = _fitting_name(3, found["name"].strip())
    return Person(_id(name, taken), name, f"{year}-{month:02d}")


def _rooms(people: People, answer: str) -> list[list[Person]]:
    rooms = [_named(4, people, part) for part in _groups(answer)]
    placed = [one.id for room in rooms for one in room]
    twice = next((one for one in placed if placed.count(one) > 1), None)
    if twice is not None:
        raise _unclear(4, f"{twice} in two rooms", "each person once", "Ada and Eli; Bo and Cy")
    alone = [[one] for one in people.values() if one.id not in placed]
    return [*(room for room in rooms if room), *alone]


def _groups(answer: str) -> list[str]:
    """Who is together: `A and B; C and D`, or with a comma where each part has its own and."""
    by_comma = _parts(answer, ",")
    if ";" not in answer and len(by_comma) > 1 and all(_AND.search(part) for part in by_comma):
        return by_comma
    return _parts(answer, ";")


def _starts(people: People, answer: str) -> dict[str, str]:
    starts: dict[str, str] = {}
    for part in [] if answer.casefold() in NOBODY else _parts(answer, ",;"):
        found = _AT.match(part)
        if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
            raise _unclear(5, f"{part!r}", "a name and a time", "Ada 08:30, Bo 09:00")
        for one in _named(5, people, found["name"]):
            starts[one.id] = f"{int(found['hour']):02d}:{found['minute']}"
    return starts


def _named(number: int, people: People, answer: str) -> list[Person]:
    if answer.casefold() in NOBODY:
        return []
    found = []
    for part in _parts(_AND.sub(",", answer), ",;"):
        if part.casefold() not in people:
            names = [one.name for one in people.values()]
            raise _unclear(number, f"{part!r}", f"one of {', '.join(names)}", names[0])
        found.append(people[part.casefold()])
    return list(dict.fromkeys(found))


def _parts(answer: str, separators: str) -> list[str]:
    return [part.strip() for part in re.split(f"[{separators}]", answer) if part.strip()]


def _id(name: str, taken: People) -> str:
    """A short name for machines: accents dropped, and a number where another has it already."""
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:30]
    base = plain if plain and plain[0].isalpha() else f"member-{plain}".strip("-")
    ids = {one.id for one in taken.values()}
    one, number = base, 2
    while one in ids:
        one, number = f"{base}-{number}", number + 1
    return one


# --- Making the household --------------------------------------------------------------------


def _household(
    name: str,
    zone: str,
    rooms: list[list[Person]],
    starts: dict[str, str],
    tellers: list[Person],
    today: date,
) -> Household:
    everyone = [one for sharing in rooms for one in sharing]
    adults = [one.id for one in everyone if _age(one.born, today) >= CHILD_UNDER_YEARS]
    return Household(
        household=1,
        name=name,
        zone=zone,
        rooms=tuple(
            Room(id=f"room-{number}", name=_room_name(sharing))
            for number, sharing in enumerate(rooms, start=1)
        ),
        members=tuple(
            _member(one, f"room-{number}", adults, tellers, starts.get(one.id))
            for number, sharing in enumerate(rooms, start=1)
            for one in sharing
        ),
    )


def _room_name(sharing: list[Person]) -> str:
    names = [one.name for one in sharing]
    together = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"{together}'s room" if len(together) <= NAME_MAX - 7 else f"{names[0][:60]}'s room"


def _member(
    one: Person, room: str, adults: list[str], tellers: list[Person], starts: str | None
) -> Member:
    child = one.id not in adults
    commitments = () if starts is None else (_weekdays(starts),)
    if not child:
        reading = (RitualStep(what="read", takes="20 min"),)
        return Member(
            id=one.id,
            name=one.name,
            born=one.born,
            room=room,
            ritual=reading,
            commitments=commitments,
        )
    return Member(
        id=one.id,
        name=one.name,
        born=one.born,
        room=room,
        guardians=tuple(adults[:8]),
        tellers=tuple(teller.id for teller in tellers if teller.id != one.id)[:8],
        ritual=(
            RitualStep(what="wash and teeth", takes="15 min"),
            RitualStep(what="story", takes="15 min", with_teller=True),
        ),
        commitments=commitments,
    )


def _weekdays(starts: str) -> Commitment:
    return Commitment(what="weekday", days=WEEKDAYS, starts=starts, from_waking="1 h 15 min")


def _age(born: str, today: date) -> int:
    """Age in whole years; in the month of the birthday still the younger one."""
    year, month = (int(part) for part in born.split("-"))
    return today.year - year - (today.month <= month)


def system_zone() -> str:
    """The zone this machine's clock is set to, by name; UTC where nobody can tell."""
    link = Path("/etc/localtime")
    parts = link.resolve().parts if link.exists() else ()
    if "zoneinfo" in parts:
        return "/".join(parts[parts.index("zoneinfo") + 1 :])
    return "UTC"
