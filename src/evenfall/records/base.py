"""The one way a record is written, and the kinds of text that records share.

Each text kind is a pattern with a description, so that the published JSON Schemas, the error
messages and the reference pages all say the same thing.
"""

from typing import Annotated

import msgspec
from msgspec import Meta


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A noun of the house: frozen, and strict about what it does not know.

    Each one says `kw_only=True` for itself, since msgspec does not hand that down.
    """


Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9-]{0,39}(?!\n)$",
        description="a short name for machines: small letters, digits and hyphens",
    ),
]
Name = Annotated[
    str, Meta(min_length=1, max_length=80, description="a name as people say it, in any script")
]
LocalTime = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](?!\n)$",
        description="a time on the wall clock, 24 hours, like 07:00",
    ),
]
LocalDate = Annotated[
    str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\n)$", description="a date, like 2026-11-20")
]
YearMonth = Annotated[
    str,
    Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])(?!\n)$", description="a year and month, like 2022-06"),
]
Duration = Annotated[
    str,
    Meta(
        pattern=r"^(?=[0-9])([0-9]{1,3} h)?( ?[0-9]{1,4} min)?( ?[0-9]{1,5} s)?(?!\n)$",
        description="a length of time with its unit, like 40 s, 8 min or 1 h 15 min",
    ),
]
Light = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,5}(\.[0-9]{1,3})? lx mEDI(?!\n)$",
        description="melanopic light at the eye, like 0.5 lx mEDI",
    ),
]
Sound = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,3}(\.[0-9])? dBA(?!\n)$",
        description="sound level at the pillow, like 38 dBA",
    ),
]
