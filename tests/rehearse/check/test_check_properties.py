"""Each property holds where it should, and fails on a programme or a kernel that breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import replace as changed
from importlib.resources import files

import numpy as np
import pytest
from msgspec.structs import replace
from tests.rehearse.unsafe_programmes import UNSAFE, Unsafe
from tests.support.scores import SOLO, programme

from evenfall.compose.compile import compile_score
from evenfall.formats.score import read_score
from evenfall.play.fold import programme_hash
from evenfall.records.night import (
    PAUSED,
    RUNNING,
    STOPPED,
    TOLD,
    Beat,
    Dawn,
    Emergency,
    Override,
    Pause,
    SensorLost,
    SensorReturned,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.output import WINDING_DOWN
from evenfall.records.programme import Programme, Setpoint
from evenfall.records.proof import Proof
from evenfall.rehearse.check.explore import Explored, explore
from evenfall.rehearse.check.ground import Ground
from evenfall.rehearse.check.levels import Change, lowest_wins
from evenfall.rehearse.check.properties import PROPERTIES
from evenfall.rehearse.check.prove import judge, prove
from evenfall.rehearse.check.times import Times
from evenfall.safety.limits import limits_for

GOOD = programme(SOLO)
DOCUMENT = read_score(SOLO, "solo.yaml")
SCENE = {scene.id: number for number, scene in enumerate(GOOD.scenes)}
EXPLORED = explore(GOOD)

# What the verifier refuses by the score's words alone, though no night of this programme meets it:
# one sleeper's lights-out always leads to quiet, and a shorter interval follows the long one.
NEVER_MET = {
    "a light put out that leads into a louder scene",
    "immersion over the interval of a child",
}


def built_in(name: str) -> Proof:
    text = (files("evenfall.compose") / "scores" / f"{name}.yaml").read_text(encoding="utf-8")
    document = read_score(text, f"{name}.yaml")
    audience = document.record.audience
    made = compile_score(
        document,
        limits=limits_for(audience.youngest),
        sleepers=audience.sleepers,
        youngest_years=audience.youngest,
    )
    return prove(made, document=document)


@pytest.mark.parametrize(
    ("name", "states_max"),
    [
        ("lamp-and-page", 100_000),
        ("tidepool", 100_000),
        pytest.param("lighthouse", 100_000, marks=pytest.mark.prove),
        pytest.param("two-boats", 250_000, marks=pytest.mark.prove),
    ],
)
@pytest.mark.safety("H-02", "H-70")
def test_every_built_in_evening_is_proven(name: str, states_max: int) -> None:
    proof = built_in(name)
    assert proof.holds and proof.findings == ()
    assert proof.proven == tuple(one.name for one in PROPERTIES)
    assert 0 < proof.states <= states_max and proof.transitions > 10 * proof.states
    assert all(worst.value <= worst.limit for worst in proof.worst)


def test_a_proof_names_what_it_is_of_and_comes_out_the_same() -> None:
    proof = judge(EXPLORED, document=DOCUMENT)
    assert proof == prove(GOOD, document=DOCUMENT)
    assert proof.programme_hash == programme_hash(GOOD) and proof.limits == GOOD.limits
    quiet = next(one for one in proof.worst if one.what == "beats-to-quiet")
    assert quiet.value <= GOOD.length_max_beats
    assert sum(step.count for step in quiet.path if step.event == "beat") >= quiet.value


@pytest.mark.parametrize(
    "unsafe",
    [
        pytest.param(one, id=one.way, marks=[] if not n % 9 else [pytest.mark.prove])
        for n, one in enumerate(UNSAFE)
        if one.way not in NEVER_MET
        and one.rule in ("level", "stop", "ramp", "fade", "lease", "claim", "length")
    ],
)
@pytest.mark.safety("H-70")
def test_an_unsafe_programme_is_found_to_be(unsafe: Unsafe) -> None:
    proof = prove(unsafe.programme)
    assert not proof.holds


# --- A programme that breaks a property ----------------------------------------------------------


def with_scene(name: str, **fields: object) -> Programme:
    scenes = list(GOOD.scenes)
    scenes[SCENE[name]] = replace(scenes[SCENE[name]], **fields)
    return replace(GOOD, scenes=tuple(scenes))


def louder(name: str, place: int, **fields: object) -> Programme:
    points = list(GOOD.scenes[SCENE[name]].setpoints)
    points[place] = replace(points[place], **fields)
    return with_scene(name, setpoints=tuple(points))


PROGRAMMES: dict[str, Callable[[], Programme]] = {
    "quiet-in-time": lambda: replace(GOOD, length_max_beats=20),
    "breathers-kept": lambda: with_scene("deep", stay_max_beats=40, breather_every_beats=30),
    "immersion-counted": lambda: replace(GOOD, immersion_max_beats=4),
    "breathers-subtract": lambda: louder("look-up", 0, target=0.9),
    "breathers-last": lambda: with_scene("look-up", stay_min_beats=0),
    "light-limits": lambda: louder("deep", 0, target=12.0),
    "sound-limits": lambda: louder("deep", 1, target=60.0),
    "asleep-limits": lambda: louder("hush", 1, target=34.0),
    "known-outputs": lambda: louder("deep", 0, output="warmth"),
    "ramps-gentle": lambda: louder("deep", 1, ramp_s=1.0),
    "leases-bounded": lambda: louder("deep", 1, lease_s=3600.0),
    "stop-in-5-s": lambda: replace(
        GOOD, safe=tuple(replace(point, ramp_s=60.0) for point in GOOD.safe)
    ),
    "told-silent": lambda: with_scene("arrive", told_setpoints=GOOD.scenes[1].setpoints),
    "night-grows-no-louder": lambda: louder("night", 1, target=20.0),
    "light-dose": lambda: replace(
        louder("hush", 0, target=1.0),
        limits=replace(GOOD.limits, light_awake_lx_medi=0.2, light_asleep_lx_medi=1.0),
    ),
    "sound-asleep": lambda: replace(
        louder("hush", 1, target=45.0), limits=replace(GOOD.limits, sound_asleep_dba=20.0)
    ),
    "sound-dose": lambda: louder("deep", 1, target=110.0),
    "sleep-gates": lambda: replace(
        GOOD, watches=tuple(replace(one, stages=0b1111111) for one in GOOD.watches)
    ),
    "sleep-kept": lambda: with_scene(
        "deep", exits=tuple(replace(way, to=SCENE["shore"]) for way in GOOD.scenes[1].exits)
    ),
    "modes-lapse": lambda: with_scene("morning", stay_max_beats=900),
    "no-flashes": lambda: replace(
        louder("deep", 0, ramp_s=0.2), limits=replace(GOOD.limits, light_ramp_min_s=0.2)
    ),
    "gone-in-time": lambda: with_scene(
        "arrive",
        told_setpoints=(GOOD.scenes[0].told_setpoints[0], replace(GOOD.safe[1], ramp_s=240.0)),
    ),
    "fits-as-said": lambda: with_scene("deep", fits_asleep=True),
    "breathers-interrupt": lambda: with_scene("shore", kind="breather"),
    "lights-out-quiet": lambda: replace(GOOD, first_quiet_scene=SCENE["shore"]),
    "morning-ends-it": lambda: replace(GOOD, wake_scene=SCENE["night"]),
    "fades-in-time": lambda: replace(
        GOOD, safe=(replace(GOOD.safe[0], target=5.0), *GOOD.safe[1:])
    ),
}


@pytest.mark.parametrize("name", PROGRAMMES)
@pytest.mark.safety("H-70")
def test_a_programme_that_breaks_a_property_is_found(name: str) -> None:
    proof = prove(PROGRAMMES[name](), document=DOCUMENT)
    finding = next(one for one in proof.findings if one.property == name)
    assert name not in proof.proven
    assert finding.found != finding.limit and finding.story and finding.mend
    assert finding.file == "solo.yaml" and finding.line > 0 and finding.column > 0


def test_a_finding_is_a_story_with_its_line_its_mend_and_the_line_mended() -> None:
    found = prove(louder("deep", 0, target=12.0), document=DOCUMENT).findings
    finding = next(one for one in found if one.property == "light-limits")
    assert (finding.line, finding.unit, finding.found, finding.limit) == (17, "lx mEDI", 12.0, 1.0)
    assert finding.story == (
        "On coming to *deep*, when someone touches the page, the lamp is at 12 lx mEDI; "
        "while winding down 1 lx mEDI is the most."
    )
    assert finding.edit == "light: {to: 1 lx mEDI, over: 60 s}"
    assert [step.event for step in finding.path] == ["begin", "touch"], "the shortest way there is"


# --- A kernel that breaks a property -------------------------------------------------------------


def another(here: Callable[[int], bool], event: type, there: Callable[[int], bool]) -> Explored:
    """What would be explored of a kernel that from some states goes elsewhere at some event."""
    after = EXPLORED.after.copy()
    target = next(n for n in range(len(EXPLORED.states)) if there(n))
    rows = [n for n in range(len(EXPLORED.states)) if here(n)]
    after[np.ix_(rows, EXPLORED.events_of(event))] = target
    return changed(EXPLORED, after=after)


def mode(number: int) -> int:
    return EXPLORED.states[number].mode


def scene(number: int) -> str:
    return GOOD.scenes[EXPLORED.states[number].scene].id


def in_scene(name: str) -> Callable[[int], bool]:
    return lambda n: mode(n) == RUNNING and scene(n) == name


def waiting_for(name: str, **fields: int) -> Callable[[int], bool]:
    def fits(number: int) -> bool:
        state = EXPLORED.states[number]
        return in_scene(name)(number) and all(getattr(state, k) == v for k, v in fields.items())

    return fits


def losing_begins_again() -> Explored:
    """A kernel in which a sensor that is lost, and never comes back, begins the scene anew."""
    once = another(
        waiting_for("shore", scene_age_beats=5, lost=0),
        SensorLost,
        waiting_for("shore", scene_age_beats=0, lost=1),
    )
    after = once.after.copy()
    back = once.events_of(SensorReturned)
    after[:, back] = np.arange(len(once.states))[:, None]
    return changed(once, after=after)


KERNELS: dict[str, Callable[[], Explored]] = {
    "stop-holds": lambda: another(lambda n: mode(n) == STOPPED, Touch, in_scene("deep")),
    "words-quieten": lambda: another(in_scene("deep"), Override, in_scene("deep")),
    "emergency-fades": lambda: another(in_scene("night"), Emergency, in_scene("morning")),
    "quiet-holds": lambda: another(in_scene("hush"), Touch, in_scene("deep")),
    "pause-dark": lambda: changed(
        EXPLORED,
        says=np.where(
            [mode(n) == PAUSED for n in range(len(EXPLORED.states))],
            EXPLORED.says[next(n for n in range(len(EXPLORED.states)) if in_scene("deep")(n))],
            EXPLORED.says,
        ).astype(np.int32),
    ),
    "dawn-when-due": lambda: another(in_scene("night"), Beat, in_scene("morning")),
    "voice-when-asked": lambda: another(
        in_scene("night"), Touch, waiting_for("night", voice_age_beats=1)
    ),
    "answers-end": lambda: another(
        waiting_for("night", glow_age_beats=10), Beat, waiting_for("night", glow_age_beats=2)
    ),
    "loss-never-prolongs": losing_begins_again,
    "modes-lapse": lambda: another(lambda n: mode(n) == TOLD, Beat, lambda n: mode(n) == TOLD),
}


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.safety("H-70")
def test_a_kernel_that_breaks_a_property_is_found(name: str) -> None:
    explored = KERNELS[name]()
    one = next(one for one in PROPERTIES if one.name == name)
    ground = Ground(explored)
    assert list(one.find(ground, Times(ground)))


@pytest.mark.safety("H-101")
def test_an_emergency_that_leaves_a_sound_or_lights_a_lamp_is_found() -> None:
    emergency = next(one for one in PROPERTIES if one.name == "emergency-fades")
    for explored in (
        another(in_scene("deep"), Emergency, in_scene("deep")),
        another(lambda n: mode(n) == PAUSED, Emergency, lambda n: mode(n) == TOLD),
    ):
        ground = Ground(explored)
        assert list(emergency.find(ground, Times(ground)))
    assert not list(emergency.find(Ground(EXPLORED), Times(Ground(EXPLORED))))


class Generous(Change):
    """A merge that would give in to the neighbour."""

    def shared(self) -> Iterator[tuple[int, Setpoint]]:
        for phase, merged in super().shared():
            yield phase, replace(merged, target=merged.target + 1.0)


@pytest.mark.safety("H-70")
def test_a_merge_that_gives_in_to_a_neighbour_is_found() -> None:
    point = GOOD.scenes[SCENE["deep"]].setpoints[0]
    honest = Change(point, WINDING_DOWN, 0.0, GOOD.limits, GOOD.safe[0])
    generous = Generous(point, WINDING_DOWN, 0.0, GOOD.limits, GOOD.safe[0])
    assert lowest_wins(honest) is None and lowest_wins(generous) is not None


def test_every_property_has_a_test_that_breaks_it() -> None:
    assert {one.name for one in PROPERTIES} == {*PROGRAMMES, *KERNELS, "lowest-wins"}
    assert {Pause, Stop, Dawn, Voice} <= {type(event) for event in EXPLORED.events}
