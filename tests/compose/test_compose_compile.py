"""What compiling makes of a score: beats, watches, roles, levels and lines; and the built-ins."""

from importlib.resources import files

import pytest
from msgspec.structs import replace
from tests.support.scores import DUET, PROGRAMMES, SOLO, programme

from evenfall.compose.compile import GLOW_LX_MEDI, SILENCE_RAMP_S, compile_score
from evenfall.compose.plainly import LENGTH_MAX_S
from evenfall.formats.score import read_score
from evenfall.records.night import ASLEEP_MASK
from evenfall.records.output import ASLEEP
from evenfall.records.programme import (
    BEAT_S,
    LEASE_S,
    VOICE,
    Programme,
    ProgrammeScene,
    Setpoint,
)
from evenfall.safety.gate import fits
from evenfall.safety.limits import ADULT, CHILD, limits_for, strictest

BUILT_IN = ("lamp-and-page", "lighthouse", "tidepool", "two-boats")
SOLO_PROGRAMME, DUET_PROGRAMME = PROGRAMMES["solo"], PROGRAMMES["duet"]


def scene(compiled: Programme, name: str) -> ProgrammeScene:
    return next(one for one in compiled.scenes if one.id == name)


def level(points: tuple[Setpoint, ...], output: str) -> float:
    return next(point.target for point in points if point.output == output)


@pytest.mark.parametrize(
    ("stay", "beats"),
    [
        ("[1 min, 4 min]", (3, 8)),
        ("[61 s, 4 min]", (4, 8)),
        ("[0 s, 30 s]", (1, 1)),
        ("[30 s, 1 min]", (2, 2)),
        ("[1 s, 89 s]", (2, 2)),
        ("[90 s, 239 s]", (4, 7)),
        ("[1 h, 1 h 5 min]", (121, 130)),
    ],
)
def test_the_shortest_stay_counts_one_beat_late_and_the_longest_early(
    stay: str, beats: tuple[int, int]
) -> None:
    arrive = scene(programme(SOLO.replace("[1 min, 4 min]", stay)), "arrive")
    assert (arrive.stay_min_beats, arrive.stay_max_beats) == beats


def test_the_night_itself_has_no_end_of_its_own() -> None:
    night = SOLO_PROGRAMME.scenes[SOLO_PROGRAMME.quiet_scene]
    assert (night.id, night.stay_min_beats, night.stay_max_beats, night.then) == ("night", 0, 0, -1)


def test_intervals_count_early_and_waits_for_sleep_late() -> None:
    text = SOLO.replace("breather_every: 4 min", "breather_every: 269 s")
    compiled = programme(text.replace("asleep_for: 2 min", "asleep_for: 121 s"))
    assert scene(compiled, "deep").breather_every_beats == 8
    assert [watch.beats for watch in compiled.watches] == [5]
    assert programme(SOLO.replace("asleep_for: 2 min", "asleep_for: 0 s")).watches[0].beats == 1


def test_names_become_indices() -> None:
    names = [one.id for one in SOLO_PROGRAMME.scenes]
    deep = scene(SOLO_PROGRAMME, "deep")
    assert names[deep.then] == "shore"
    assert names[deep.breather] == "look-up"
    assert [names[way.to] for way in deep.exits] == ["hush", "shore"]
    assert names[SOLO_PROGRAMME.first_quiet_scene] == "hush"
    assert names[SOLO_PROGRAMME.wake_scene] == "morning"
    assert scene(SOLO_PROGRAMME, "arrive").breather == -1
    assert scene(SOLO_PROGRAMME, "morning").then == -1


def test_without_a_dawn_there_is_none() -> None:
    assert programme(SOLO[: SOLO.index("  morning:")]).wake_scene == -1


def test_what_is_watched_twice_is_watched_once() -> None:
    again = DUET.replace(
        "      - {to: hush, asleep_for: 2 min, who: elder}",
        "      - {to: hush, asleep_for: 3 min, who: younger}\n"
        "      - {to: hush, asleep_for: 2 min, who: any}",
    )
    compiled = programme(again, sleepers=2)
    watches = [(watch.sleepers, watch.everyone, watch.beats) for watch in compiled.watches]
    assert watches == [((0,), True, 6), ((0, 1), True, 4), ((0, 1), False, 4)]
    assert [way.watch for way in scene(compiled, "both").exits] == [-1, 0, 1]
    assert [way.watch for way in scene(compiled, "whisper").exits] == [0, 2]
    assert all(watch.stages == ASLEEP_MASK for watch in compiled.watches)


@pytest.mark.parametrize(
    ("role", "sleepers", "mask", "any_one"),
    [
        ("younger", 1, 0b1, False),
        ("elder", 1, 0b1, False),
        ("younger", 3, 0b001, False),
        ("elder", 3, 0b100, False),
        ("all", 3, 0b111, False),
        ("any", 3, 0b111, True),
    ],
)
def test_a_role_is_a_mask_of_sleepers(role: str, sleepers: int, mask: int, any_one: bool) -> None:
    text = DUET.replace("sleepers: 2", "sleepers: 3").replace(
        "lights_out: younger", f"lights_out: {role}"
    )
    way = scene(programme(text, sleepers=sleepers), "both").exits[0]
    assert (way.lights_out, way.any_lights_out) == (mask, any_one)
    assert (way.touched, way.chosen, way.watch) == (False, "", -1)


def test_an_exit_keeps_its_one_condition() -> None:
    (touched,) = scene(SOLO_PROGRAMME, "arrive").exits
    asleep, chosen = scene(SOLO_PROGRAMME, "deep").exits
    assert (touched.touched, touched.chosen, touched.watch, touched.lights_out) == (True, "", -1, 0)
    assert (chosen.touched, chosen.chosen, chosen.watch, chosen.lights_out) == (
        False,
        "left",
        -1,
        0,
    )
    assert (asleep.touched, asleep.chosen, asleep.watch, asleep.lights_out) == (False, "", 0, 0)


def test_every_line_is_the_scenes_and_the_exits_own() -> None:
    lines = SOLO.splitlines()
    for one in SOLO_PROGRAMME.scenes:
        assert lines[one.line - 1] == f"  {one.id}:"
        for way in one.exits:
            assert f"to: {SOLO_PROGRAMME.scenes[way.to].id}" in lines[way.line - 1]


def test_levels_come_as_they_are_written() -> None:
    assert scene(SOLO_PROGRAMME, "deep").setpoints == (
        Setpoint("light", 0.8, 60.0, LEASE_S),
        Setpoint("sound", 42.0, 20.0, LEASE_S, "waves"),
    )
    assert scene(SOLO_PROGRAMME, "hush").setpoints == (
        Setpoint("light", 0.0, 60.0, LEASE_S),
        Setpoint("sound", 28.0, 30.0, LEASE_S, "brown-noise"),
    )


def test_every_setpoint_is_a_lease_on_every_output() -> None:
    for compiled in PROGRAMMES.values():
        held = [compiled.safe, compiled.glow]
        held += [
            points for one in compiled.scenes for points in (one.setpoints, one.told_setpoints)
        ]
        for points in held:
            assert [point.output for point in points] == ["light", "sound"]
            assert {point.lease_s for point in points} == {LEASE_S}


@pytest.mark.safety("H-05")
def test_what_is_told_has_the_scenes_light_and_no_sound() -> None:
    for compiled in PROGRAMMES.values():
        for one in compiled.scenes:
            assert one.told_setpoints == (
                one.setpoints[0],
                Setpoint("sound", 0.0, SILENCE_RAMP_S, LEASE_S),
            )


def test_safe_is_dark_and_quiet_or_the_rooms_own_night_light() -> None:
    lit = PROGRAMMES["solo with a night light"]
    assert (level(SOLO_PROGRAMME.safe, "light"), level(SOLO_PROGRAMME.safe, "sound")) == (0.0, 0.0)
    assert (level(lit.safe, "light"), level(lit.safe, "sound")) == (0.5, 0.0)
    assert all(point.ramp_s <= 5.0 for point in (*SOLO_PROGRAMME.safe, *lit.safe))
    assert level(scene(lit, "night").setpoints, "light") == 0.5
    assert level(scene(lit, "look-up").setpoints, "light") == 0.5


@pytest.mark.safety("H-29")
@pytest.mark.parametrize("night_light", [0.0, 0.5, 1.0])
def test_the_glow_that_answers_a_touch_is_dim_and_never_dimmer_than_the_night_light(
    night_light: float,
) -> None:
    compiled = programme(SOLO, night_light_lx_medi=night_light)
    assert level(compiled.glow, "light") == max(GLOW_LX_MEDI, night_light)
    assert level(compiled.glow, "sound") == 0.0
    assert compiled.glow[0].ramp_s >= compiled.limits.light_ramp_min_s
    assert all(fits(point, compiled.limits, ASLEEP) for point in compiled.glow)


@pytest.mark.safety("H-29")
@pytest.mark.parametrize("night_dba", [12.0, 30.0, 44.0])
def test_a_voice_at_night_is_never_over_its_own_limit_nor_the_nights(night_dba: float) -> None:
    quiet = SOLO.replace("28 dBA", "10 dBA")
    limits = replace(CHILD, sound_asleep_dba=night_dba)
    light, voice = programme(quiet, limits=limits).glow_voice
    assert light == programme(quiet, limits=limits).glow[0]
    assert (voice.target, voice.what) == (min(30.0, night_dba), VOICE)
    assert voice.ramp_s >= limits.sound_ramp_min_s
    assert fits(voice, limits, ASLEEP)


@pytest.mark.safety("H-14")
def test_a_night_light_makes_no_breather_brighter_than_its_scene() -> None:
    text = SOLO.replace("    light: {to: 0.5 lx mEDI, over: 10 s}\n", "")
    text = text.replace("to: 0.5 lx mEDI", "to: 0.2 lx mEDI")
    compiled = programme(text, night_light_lx_medi=0.7)
    breather = level(scene(compiled, "look-up").setpoints, "light")
    assert breather == level(scene(compiled, "shore").setpoints, "light") == 0.7
    assert level(scene(compiled, "arrive").setpoints, "light") == 1.0


def test_what_fits_a_sleeper_is_known_beforehand() -> None:
    fitting = {one.id for one in SOLO_PROGRAMME.scenes if one.fits_asleep}
    assert fitting == {"arrive", "look-up", "hush", "night"}


def test_where_sleep_is_waited_for_is_known_beforehand() -> None:
    assert [one.id for one in SOLO_PROGRAMME.scenes if one.waits_for_sleep] == ["deep"]


def test_the_longest_way_counts_every_breather() -> None:
    # arrive 4 min; deep 10 min with 3 breathers of 90 s; shore 6 min with 2: 27.5 min.
    assert SOLO_PROGRAMME.length_max_beats == 55
    assert SOLO_PROGRAMME.immersion_max_beats == 32


def test_a_programme_says_what_it_was_checked_against() -> None:
    assert (DUET_PROGRAMME.id, DUET_PROGRAMME.title) == ("small-duet", "A small duet")
    assert (DUET_PROGRAMME.sleepers, DUET_PROGRAMME.youngest_years) == (2, 4)
    assert DUET_PROGRAMME.limits == limits_for(8)
    assert programme(SOLO, limits=ADULT).limits == ADULT


def built_in(name: str, sleepers: int, years: float, night_light: float) -> Programme:
    text = (files("evenfall.compose") / "scores" / f"{name}.yaml").read_text(encoding="utf-8")
    return compile_score(
        read_score(text, f"{name}.yaml"),
        limits=strictest(limits_for(years), ADULT),
        sleepers=sleepers,
        youngest_years=years,
        night_light_lx_medi=night_light,
    )


def audiences() -> list[tuple[str, int, float, float]]:
    rooms = []
    for name in BUILT_IN:
        text = (files("evenfall.compose") / "scores" / f"{name}.yaml").read_text(encoding="utf-8")
        audience = read_score(text, name).record.audience
        rooms += [
            (name, sleepers, years, night_light)
            for sleepers in range(1, audience.sleepers + 1)
            for years in (float(audience.youngest), 17.9, 18.0, 80.0)
            for night_light in (0.0, 1.0)
        ]
    return rooms


def test_the_built_ins_are_all_here() -> None:
    folder = files("evenfall.compose") / "scores"
    assert sorted(one.name for one in folder.iterdir()) == [f"{name}.yaml" for name in BUILT_IN]


@pytest.mark.safety("H-34")
@pytest.mark.parametrize(("name", "sleepers", "years", "night_light"), audiences())
def test_a_built_in_evening_compiles_for_everyone_it_is_for(
    name: str, sleepers: int, years: float, night_light: float
) -> None:
    compiled = built_in(name, sleepers, years, night_light)
    assert compiled.limits == limits_for(years)
    assert compiled.length_max_beats * BEAT_S <= LENGTH_MAX_S
    assert compiled.immersion_max_beats * BEAT_S <= 20 * 60
    assert (compiled.immersion_max_beats == 0) == (compiled.evening == "told")
    for one in compiled.scenes:
        assert level(one.setpoints, "light") >= night_light
        assert one.breather_every_beats * BEAT_S <= compiled.limits.immersion_max_s


@pytest.mark.safety("H-34")
def test_the_youngest_in_the_room_decides_what_compiles() -> None:
    bright = SOLO.replace("to: 1 lx mEDI", "to: 9 lx mEDI")
    assert programme(bright, limits=ADULT).limits == ADULT
    with pytest.raises(Exception, match="at most 1 lx mEDI"):
        programme(bright, limits=strictest(ADULT, limits_for(9)))


def test_compiling_again_makes_the_same() -> None:
    again = programme(SOLO)
    assert again == SOLO_PROGRAMME
    assert replace(again, title="another") != SOLO_PROGRAMME
