"""Small wrongs made on purpose: a programme, or a score's text, changed in one place.

What judges programmes is itself judged by them. A mutant that the second verifier calls unsafe and
the checker lets pass is a hole; so is one that the checker calls unsafe and everyone else lets run.
Every mutant has a name that says what was changed, and is made from a seed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError, FormatError
from evenfall.records.programme import Programme, ProgrammeScene, Setpoint
from evenfall.records.score import Score
from evenfall.rehearse.chance import Chance
from evenfall.rehearse.check.explore import explore
from evenfall.rehearse.check.ground import Ground
from evenfall.rehearse.check.properties import PROPERTIES
from evenfall.rehearse.check.times import Times
from evenfall.rehearse.verifier import judge

FORMAT, COMPILE, BOTH, CHECKER, VERIFIER, NEITHER = (
    "format", "compile", "checker and verifier", "checker", "verifier", "neither",
)  # fmt: skip
"""Who refused a mutant; `neither` is one that is as safe as what it was made of."""

FIRST_STATES = (1_500, 8_000)
"""What most mutants do wrong is seen among the first few states; only the rest are walked whole."""

NEEDS_ALL = frozenset({"loss-never-prolongs"})
"""Properties that compare two longest ways, so that a part of the states says nothing of them."""

_TIMES = (0, 0.5, 2, 10)
_KINDS = ("settle", "immerse", "breather", "quiet", "wake")


class Mutant(NamedTuple):
    """A programme changed in one place, and what was changed."""

    name: str
    programme: Programme


class Judged(NamedTuple):
    """A mutant's name, who refused it, and why by either."""

    name: str
    by: str
    verifier: tuple[str, ...] = ()
    checker: tuple[str, ...] = ()


# --- Programmes ------------------------------------------------------------------------------


def programme_mutants(programme: Programme) -> Iterator[Mutant]:
    """Every mutant of a programme, in an order of its own."""
    makers = (_of_ends, _of_claims, _of_watches, _of_answers, _of_scenes)
    for make in makers:
        for name, mutant in make(programme):
            if mutant != programme:
                yield Mutant(f"{programme.id}: {name}", mutant)


Named = Iterator[tuple[str, Programme]]


def _of_ends(programme: Programme) -> Named:
    for field in ("quiet_scene", "first_quiet_scene", "wake_scene"):
        for index in range(-1, len(programme.scenes)):
            yield f"{field} is {index}", replace(programme, **{field: index})


def _of_claims(programme: Programme) -> Named:
    yield "half its length", replace(programme, length_max_beats=programme.length_max_beats // 2)
    less = programme.immersion_max_beats // 2
    yield "half its immersion", replace(programme, immersion_max_beats=less)


def _of_watches(programme: Programme) -> Named:
    for index, watch in enumerate(programme.watches):
        changes: dict[str, dict[str, Any]] = {
            "reads awake": {"stages": watch.stages | 0b10},
            "reads silence": {"stages": watch.stages | 1},
            "reads nothing": {"stages": 0},
            "lasts no time": {"beats": 0},
            "lasts ten times": {"beats": watch.beats * 10},
            "reads nobody": {"sleepers": ()},
            "reads the first": {"sleepers": (0,)},
            "reads anyone": {"everyone": not watch.everyone},
        }
        for name, fields in changes.items():
            changed = (*programme.watches[:index], replace(watch, **fields))
            changed += programme.watches[index + 1 :]
            yield f"watch {index} {name}", replace(programme, watches=changed)


def _of_answers(programme: Programme) -> Named:
    for field in ("safe", "glow", "glow_voice"):
        for name, points in _of_points(getattr(programme, field)):
            yield f"{field} {name}", replace(programme, **{field: points})


def _of_points(points: tuple[Setpoint, ...]) -> Iterator[tuple[str, tuple[Setpoint, ...]]]:
    for index, point in enumerate(points):
        others = points[:index], points[index + 1 :]
        yield f"without {point.output}", (*others[0], *others[1])
        levels = {f"× {k}": {"target": point.target * k} for k in (0.5, 2, 10) if point.target}
        raised = {"+ 1": {"target": point.target + 1}, "+ 20": {"target": point.target + 20}}
        lasting = {
            "at once": {"ramp_s": 0.0},
            "ten times slower": {"ramp_s": point.ramp_s * 10},
            "ten times quicker": {"ramp_s": point.ramp_s / 10},
            "held for 10 h": {"lease_s": 36_000.0},
            "held for no time": {"lease_s": 0.0},
            "below nothing": {"target": -1.0},
            "without end": {"target": float("inf")},
            "no number": {"target": float("nan")},
        }
        for name, fields in (*levels.items(), *raised.items(), *lasting.items()):
            changed = replace(point, **fields)
            yield f"{point.output} {name}", (*others[0], changed, *others[1])


def _of_scenes(programme: Programme) -> Named:
    for index, scene in enumerate(programme.scenes):
        for name, changed in _of_scene(programme, scene):
            scenes = (*programme.scenes[:index], changed, *programme.scenes[index + 1 :])
            yield f"{scene.id} {name}", replace(programme, scenes=scenes)


def _of_scene(programme: Programme, scene: ProgrammeScene) -> Iterator[tuple[str, ProgrammeScene]]:
    places = range(-1, len(programme.scenes))
    for kind in _KINDS:
        yield f"is {kind}", replace(scene, kind=kind)
    for field in ("stay_min_beats", "stay_max_beats", "breather_every_beats"):
        for k in _TIMES:
            yield f"{field} × {k}", replace(scene, **{field: int(getattr(scene, field) * k)})
    for field in ("then", "breather"):
        for place in places:
            yield f"{field} {place}", replace(scene, **{field: place})
    for field in ("waits_for_sleep", "fits_asleep", "told_fits_asleep"):
        yield f"{field} turned", replace(scene, **{field: not getattr(scene, field)})
    for field in ("setpoints", "told_setpoints"):
        for name, points in _of_points(getattr(scene, field)):
            yield f"{field} {name}", replace(scene, **{field: points})
    yield from _of_exits(programme, scene)


def _of_exits(programme: Programme, scene: ProgrammeScene) -> Iterator[tuple[str, ProgrammeScene]]:
    for index, way in enumerate(scene.exits):
        others = scene.exits[:index], scene.exits[index + 1 :]
        yield f"without exit {index}", replace(scene, exits=(*others[0], *others[1]))
        bent: dict[str, dict[str, Any]] = {
            **{f"to {place}": {"to": place} for place in range(len(programme.scenes))},
            **{f"by watch {i}": {"watch": i} for i in range(len(programme.watches) + 1)},
            "touched turned": {"touched": not way.touched},
            "by anyone's lights-out": {
                "lights_out": (1 << programme.sleepers) - 1, "any_lights_out": True,
            },
            "by nobody's lights-out": {"lights_out": 0},
        }  # fmt: skip
        for name, fields in bent.items():
            changed = replace(way, **fields)
            yield f"exit {index} {name}", replace(scene, exits=(*others[0], changed, *others[1]))


# --- Texts -----------------------------------------------------------------------------------

_NUMBER = re.compile(r"(?<=[ \[])[0-9]+(?:\.[0-9]+)?(?= (?:lx mEDI|dBA|min|s)\b)")
_TARGET = re.compile(r"(?<=(?:to|en|er): )[a-z][a-z-]+(?=[},\n ])")
_KIND = re.compile(r"(?<=kind: )[a-z]+")
_ROLE = re.compile(r"(?<=lights_out: )[a-z]+|(?<=who: )[a-z]+")
_LINE = re.compile(r"^    [a-z_]+: .*\n|^      - \{.*\}\n", re.MULTILINE)


def text_mutants(name: str, text: str, scenes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every mutant of a score's text, with what was changed and in which line.

    Args:
        name: the score's.
        text: its text.
        scenes: the names of its scenes.
    """
    swaps: tuple[tuple[re.Pattern[str], Callable[[str], tuple[str, ...]]], ...] = (
        (_NUMBER, lambda number: tuple(f"{float(number) * k:g}" for k in _TIMES)),
        (_TARGET, lambda _: scenes),
        (_KIND, lambda _: _KINDS),
        (_ROLE, lambda _: ("any", "all", "younger", "elder")),
        (_LINE, lambda _: ("",)),
    )
    for pattern, others in swaps:
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            for other in others(found[0]):
                if other != found[0]:
                    put = text[: found.start()] + other + text[found.end() :]
                    yield f"{name}:{line}: {found[0].strip()!r} is {other!r}", put


# --- Judging ---------------------------------------------------------------------------------


Drawn = TypeVar("Drawn")


def drawn(mutants: Sequence[Drawn], count: int, seed: int) -> list[Drawn]:
    """Some of the mutants, each at most once, from a seed."""
    places = Chance(seed).stream("mutants").permutation(len(mutants))
    return [mutants[int(place)] for place in places[:count]]


def judged(mutant: Mutant, limits_of: Programme) -> Judged:
    """Hold a mutant against the checker and the second verifier, each by itself.

    Args:
        mutant: what to judge.
        limits_of: what it was made of: its limits are the audience's.
    """
    verifier = tuple(sorted({one.rule for one in judge(mutant.programme, limits_of.limits)}))
    checker = checked(mutant.programme)
    by = {(True, True): BOTH, (True, False): VERIFIER, (False, True): CHECKER}
    return Judged(mutant.name, by.get((bool(verifier), bool(checker)), NEITHER), verifier, checker)


def checked(programme: Programme) -> tuple[str, ...]:
    """The first property that the checker finds broken; a programme that no kernel can run too."""
    try:
        for first in (*FIRST_STATES, None):
            found = first_found(programme, first)
            if found:
                return (found,)
    except EvenfallError:
        return ("too-many-states",)
    except (LookupError, ArithmeticError, ValueError, AssertionError, TypeError) as error:
        return (f"cannot-run: {type(error).__name__}",)
    return ()


def first_found(programme: Programme, first: int | None) -> str:
    """The first property that is broken, among the first states alone or (None) among all.

    Returns:
        Its name, or '' where nothing is found.
    """
    explored = explore(programme, first=first)
    ground = Ground(explored)
    times = Times(ground)
    for one in PROPERTIES:
        if first is not None and one.name in NEEDS_ALL:
            continue
        broken = next(one.find(ground, times), None)
        # A state that was not stepped leads nowhere yet: what is found there is not looked at.
        if broken is not None and (first is None or broken.state < first):
            return one.name
    return ""


def judged_text(
    name: str,
    text: str,
    read: Callable[[str], Document[Score]],
    compiled: Callable[[Document[Score]], Programme],
) -> Judged:
    """The same of a score's text, which its format or the compiler may refuse before either."""
    try:
        document = read(text)
    except FormatError:
        return Judged(name, FORMAT)
    try:
        programme = compiled(document)
    except EvenfallError:
        return Judged(name, COMPILE)
    return judged(Mutant(name, programme), programme)
