"""How a home's lamps, speakers and adults are reached: by name in a Home Assistant, or otherwise.

Nothing secret stands here: the token of a Home Assistant and the addresses of an adult's phone
are in files of their own.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from evenfall.records.base import Id, Record

EntityId = Annotated[
    str,
    Meta(
        pattern=r"^(light|media_player)\.[a-z0-9_]{1,120}(?!\n)$",
        description="a light or media player of Home Assistant, like light.bed_light",
    ),
]
AutomationId = Annotated[
    str,
    Meta(
        pattern=r"^automation\.[a-z0-9_]{1,120}(?!\n)$",
        description="an automation of Home Assistant, like automation.evenfall_heartbeat",
    ),
]

NotifyService = Annotated[
    str,
    Meta(
        pattern=r"^notify\.[a-z0-9_]{1,120}(?!\n)$",
        description="a notify action of Home Assistant, like notify.mobile_app_maras_phone",
    ),
]

ButtonId = Annotated[
    str,
    Meta(
        pattern=r"^(input_button|button|event)\.[a-z0-9_]{1,120}(?!\n)$",
        description="a button of Home Assistant, like input_button.evenfall_stop",
    ),
]


PowersUp = Literal["dark", "bright"]


class HomeAssistantAccess(Record, frozen=True, kw_only=True):
    """Where a family's Home Assistant is, and what lets us in."""

    url: Annotated[str, Meta(description="its address, like http://homeassistant.local:8123")]
    token_file: Annotated[
        str,
        Meta(
            description="the file that holds its long-lived access token and nothing else, "
            "relative to the home's folder, like home-assistant.token"
        ),
    ]
    automation: Annotated[
        AutomationId | None,
        Meta(
            description="the automation that takes over if Evenfall stops, where the token is "
            "none of an administrator's and cannot look for it"
        ),
    ] = None
    stop_button: Annotated[
        ButtonId | None,
        Meta(description="a button there that makes every room of the home dark and quiet"),
    ] = None


class Connection(Record, frozen=True, kw_only=True):
    """One lamp or speaker, and what it is in the world: exactly one of the two ways."""

    output: Annotated[Id, Meta(description="which output of the household")]
    home_assistant: Annotated[
        EntityId | None, Meta(description="its light or media player in Home Assistant")
    ] = None
    wled: Annotated[
        str | None, Meta(description="the address of a WLED lamp, like http://nest-lamp.local")
    ] = None
    powers_up: Annotated[
        PowersUp | None,
        Meta(
            description="how it comes back after a power cut, where you have seen it: what comes "
            "back bright, or loud, is told only what is safe all night"
        ),
    ] = None
    sounds: Annotated[
        dict[
            Id,
            Annotated[
                str,
                Meta(
                    min_length=1,
                    max_length=500,
                    description="where Home Assistant finds it, like "
                    "media-source://media_source/local/waves.mp3",
                ),
            ],
        ],
        Meta(description="for a speaker: where it finds each soundscape, by the score's name"),
    ] = msgspec.field(default_factory=dict)


class NoticeWay(Record, frozen=True, kw_only=True):
    """One way to call an adult at night: exactly one of the two."""

    member: Annotated[Id, Meta(description="which adult of the household is called")]
    home_assistant: Annotated[
        NotifyService | None, Meta(description="their phone, by Home Assistant's app on it")
    ] = None
    apprise_file: Annotated[
        str | None,
        Meta(
            description="the file that holds their addresses for Apprise, one a line, relative "
            "to the home's folder, like mara.apprise"
        ),
    ] = None


class Devices(Record, frozen=True, kw_only=True):
    """What stands behind a household's outputs, and how its adults are called.

    An output that is not here is nobody's device.
    """

    devices: Annotated[Literal[1], Meta(description="the version of this format")]
    home_assistant: Annotated[
        HomeAssistantAccess | None, Meta(description="the family's Home Assistant, if any")
    ] = None
    connections: Annotated[
        tuple[Connection, ...], Meta(description="the lamps and speakers", max_length=64)
    ] = ()
    notices: Annotated[
        tuple[NoticeWay, ...],
        Meta(description="how an adult is called when a child touches the page", max_length=32),
    ] = ()
