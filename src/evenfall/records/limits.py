"""What may reach a sleeper, as numbers with their sources."""

from typing import Annotated

from msgspec import Meta

from evenfall.records.base import Record


class Limits(Record, frozen=True, kw_only=True):
    """The ceilings for one audience. Where several people share a room, the lowest of each."""

    light_awake_lx_medi: Annotated[
        float, Meta(description="light at the eye from wind-down to lights-out")
    ]
    light_asleep_lx_medi: Annotated[float, Meta(description="light at the eye after lights-out")]
    light_dawn_lx_medi: Annotated[
        float, Meta(description="light at the eye at the end of the dawn")
    ]
    dawn_ramp_min_s: Annotated[float, Meta(description="the shortest a dawn may take")]
    light_ramp_min_s: Annotated[float, Meta(description="the shortest any rise of light may take")]
    sound_awake_dba: Annotated[
        float, Meta(description="sound at the pillow from wind-down to lights-out")
    ]
    sound_asleep_dba: Annotated[float, Meta(description="sound at the pillow after lights-out")]
    voice_asleep_dba: Annotated[
        float, Meta(description="a familiar voice at the pillow, for whoever asks at night")
    ] = 30.0
    sound_ramp_min_s: Annotated[float, Meta(description="the shortest any rise of sound may take")]
    immersion_max_s: Annotated[float, Meta(description="the longest immersion without a breather")]
    breather_min_s: Annotated[float, Meta(description="the shortest a breather may be")]
