"""The share of the time in bed that is usually sleep, by age.

Time in bed = sleep needed / this share. The values are means of healthy sleepers in laboratories,
where people sleep a little worse than at home, so they err towards more time in bed.
"""

from dataclasses import dataclass

KURTH = "Kurth et al. 2010, J Neurosci 30:13211, table 1"
MITTERLING = "Mitterling et al. 2015 (PMC4434553)"
BOULOS = "Boulos et al. 2019"
OWN_CHOICE = "no source read for this age: this project's own choice"

_ADULT = 0.870  # up to 30 years, median (Mitterling 2015)
_ADULT_FALL_PER_YEAR = 0.021 / 10  # 2.1 % a decade (Boulos 2019)
_OLDER_ADULT = 0.797  # over 60 years, median (Mitterling 2015)


@dataclass(frozen=True)
class Efficiency:
    """Sleep as a share of the time in bed (0–1), and where that is from."""

    share: float
    source: str


# Kurth's bands meet at their edges; a birthday begins the next one. 17-year-olds stay in 14–17:
# the 17–20 band says 91.4 ± 2.1 %, which is no different.
_YOUNG_BANDS = (
    (2, Efficiency(0.850, OWN_CHOICE)),
    (5, Efficiency(0.896, KURTH)),
    (8, Efficiency(0.898, KURTH)),
    (11, Efficiency(0.844, KURTH)),
    (14, Efficiency(0.897, KURTH)),
    (18, Efficiency(0.911, KURTH)),
)


def expected_efficiency(months: int) -> Efficiency:
    """What share of the time in bed is usually sleep at this age.

    Args:
        months: age in whole months.

    Example:
        >>> expected_efficiency(53).share, round(expected_efficiency(45 * 12).share, 4)
        (0.896, 0.8385)
    """
    years = months / 12
    for before_years, efficiency in _YOUNG_BANDS:
        if years < before_years:
            return efficiency
    if years <= 30:
        return Efficiency(_ADULT, MITTERLING)
    if years <= 60:
        return Efficiency(_ADULT - _ADULT_FALL_PER_YEAR * (years - 30), f"{MITTERLING}; {BOULOS}")
    return Efficiency(_OLDER_ADULT, MITTERLING)
