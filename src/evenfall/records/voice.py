"""A familiar voice, kept for someone's night: what is known of it beside the sound itself."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Id, Record

AudioType = Literal["audio/mp4", "audio/webm", "audio/ogg", "audio/wav", "audio/mpeg"]


class VoiceKept(Record, frozen=True, kw_only=True):
    """One recording. The sound is a file of its own in the home's folder, and nowhere else."""

    id: Annotated[Id, Meta(description="its name, and its file's; it says nothing of anyone")]
    teller: Annotated[Id, Meta(description="whose voice it is")]
    for_member: Annotated[Id, Meta(description="for whose night it was recorded")]
    media_type: Annotated[
        AudioType, Meta(description="what kind of recording, by its own first bytes")
    ]
    seconds: Annotated[
        float | None, Meta(description="how long it is, where the file says so itself")
    ] = None
    size_bytes: Annotated[int, Meta(description="how long the file is", ge=1)]
    made_utc: Annotated[datetime, Meta(description="when it was kept")]
    consent: Annotated[
        Id, Meta(description="who agreed: the teller, or for a child one of their guardians")
    ]
    assent: Annotated[
        bool, Meta(description="true where a child who told it said yes to this recording too")
    ] = False
