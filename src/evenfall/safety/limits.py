"""The limits on what may reach a sleeper, each with the source it comes from.

A limit is data: `limits_for` gives the set for one person's age, `strictest` the set for a room.
Nothing here clamps; `safety.gate` refuses.
"""

from evenfall.records.limits import Limits

# Sources, quoted in docs/reference/limits.md and by `evenfall why`.
BROWN_2022 = "Brown et al. 2022, PLoS Biology: light in the evening and night, melanopic EDI"
HARTSTEIN = "Hartstein and colleagues: preschoolers' melatonin and evening light"
DAWN_TRIALS = "dawn simulation trials: 30 min, to about 250 lx (photopic, warm white)"
WHO_1999 = "WHO 1999, Guidelines for Community Noise: bedrooms, LAeq,8h 30 dBA"
WHO_1999_PEAK = "its LAmax 45 dBA is for a passing noise and is not used up"
OWN_CHOICE = "this project's own choice; no published limit was found"

CHILD_UNDER_YEARS = 18
"""Where childhood ends; `plan.age.is_child` says for whom it has."""

ADULT = Limits(
    light_awake_lx_medi=10.0,
    light_asleep_lx_medi=1.0,
    light_dawn_lx_medi=110.0,  # 250 lx photopic at 2700 K, about 0.45 mEDI per lux (CIE S 026)
    dawn_ramp_min_s=1800.0,
    light_ramp_min_s=10.0,
    sound_awake_dba=50.0,
    sound_asleep_dba=30.0,
    voice_asleep_dba=30.0,
    sound_ramp_min_s=5.0,
    immersion_max_s=1200.0,
    breather_min_s=20.0,
)

CHILD = Limits(
    light_awake_lx_medi=1.0,
    light_asleep_lx_medi=1.0,
    light_dawn_lx_medi=110.0,
    dawn_ramp_min_s=1800.0,
    light_ramp_min_s=10.0,
    sound_awake_dba=50.0,
    sound_asleep_dba=30.0,
    voice_asleep_dba=30.0,
    sound_ramp_min_s=5.0,
    immersion_max_s=600.0,
    breather_min_s=20.0,
)

SOURCES: dict[str, str] = {
    "light_awake_lx_medi": f"{BROWN_2022} (adults, 3 h before bed); children: {HARTSTEIN}",
    "light_asleep_lx_medi": BROWN_2022,
    "light_dawn_lx_medi": DAWN_TRIALS,
    "dawn_ramp_min_s": DAWN_TRIALS,
    "light_ramp_min_s": OWN_CHOICE,
    "sound_awake_dba": OWN_CHOICE,
    "sound_asleep_dba": WHO_1999,
    "voice_asleep_dba": f"{WHO_1999}, kept by a minute's voice as by a whole night; "
    f"{WHO_1999_PEAK}",
    "sound_ramp_min_s": OWN_CHOICE,
    "immersion_max_s": OWN_CHOICE,
    "breather_min_s": OWN_CHOICE,
}

_AT_LEAST = ("dawn_ramp_min_s", "light_ramp_min_s", "sound_ramp_min_s", "breather_min_s")


def limits_for(age_years: float) -> Limits:
    """The limits for one person.

    Args:
        age_years: an age that is sure (`plan.age.sure_years`).

    Example:
        >>> limits_for(4).light_awake_lx_medi
        1.0
    """
    return CHILD if age_years < CHILD_UNDER_YEARS else ADULT


def strictest(first: Limits, *others: Limits) -> Limits:
    """The limits for people who share a room: of each, the one that protects most.

    Example:
        >>> strictest(ADULT, CHILD) == CHILD
        True
    """
    sets = (first, *others)
    chosen = {
        name: (max if name in _AT_LEAST else min)(getattr(one, name) for one in sets)
        for name in Limits.__struct_fields__
    }
    return Limits(**chosen)
