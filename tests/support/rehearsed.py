"""Settings for rehearsed nights: a built-in evening for its own audience, and a short one."""

from functools import cache

from evenfall.app.cli.rehearse import typical_setting
from evenfall.app.home import builtin_score
from evenfall.rehearse.nights.run import Setting


@cache
def setting(score: str = "two-boats") -> Setting:
    """Typical sleepers and times for a built-in evening."""
    return typical_setting(builtin_score(score))
