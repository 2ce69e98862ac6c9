"""What sensors gave, what people scored, and what was made of it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import LocalDate, Record

Stage = Literal["W", "N1", "N2", "N3", "R", "S"]
"""W, N1, N2, N3, R as the AASM names them; S is sleep of a depth nobody measured."""

CountsUnit = Literal["actiwatch", "actigraph", "watch-smoothed", "simulated"]


class Hypnogram(Record, frozen=True, kw_only=True):
    """A night's stages in order. None is an epoch nobody could score."""

    start: Annotated[
        datetime, Meta(description="the start of the first epoch, aware, or local if unknown")
    ]
    epoch_s: Annotated[float, Meta(description="the length of an epoch", gt=0)]
    stages: Annotated[tuple[Stage | None, ...], Meta(description="one stage an epoch")]
    source: Annotated[str, Meta(description="who or what scored it")]


class MovementTrack(Record, frozen=True, kw_only=True):
    """Still or moving, and nothing more: for anyone no stager was ever tested on."""

    start: Annotated[datetime, Meta(description="the start of the first epoch")]
    epoch_s: Annotated[float, Meta(description="the length of an epoch", gt=0)]
    moving: Annotated[
        tuple[bool | None, ...], Meta(description="moving, still, or not measured, by epoch")
    ]
    source: Annotated[str, Meta(description="how it was told")]


class Recording(Record, frozen=True, kw_only=True):
    """One device's record of one person, on an even grid of epochs.

    A channel is None where the device has none; a value is None where it had a gap.
    """

    id: Annotated[str, Meta(description="a digest of the file it came from")]
    device: Annotated[str, Meta(description="the kind of device, as people name it")]
    format: Annotated[str, Meta(description="the file format it was read from")]
    source: Annotated[str, Meta(description="the file's name, without its folder")]
    start: Annotated[
        datetime,
        Meta(description="the start of the first epoch; aware if the file knew its zone"),
    ]
    start_is_known: Annotated[
        bool, Meta(description="false where the file holds no date or time of day")
    ]
    epoch_s: Annotated[float, Meta(description="the length of an epoch", gt=0)]
    counts: Annotated[
        tuple[float | None, ...] | None,
        Meta(description="activity counts per epoch, in the device's own unit"),
    ] = None
    counts_unit: Annotated[
        CountsUnit | None, Meta(description="whose counts they are: no two makers' are alike")
    ] = None
    heart_rate_feature: Annotated[
        tuple[float | None, ...] | None,
        Meta(description="a heart-rate feature per epoch, without a unit"),
    ] = None
    scorer: Annotated[
        Hypnogram | None,
        Meta(description="a human scorer's stages, kept for comparison and never for staging"),
    ] = None
    blemishes: Annotated[tuple[str, ...], Meta(description="what is wrong with it, in words")] = ()
    simulated: Annotated[bool, Meta(description="true where no real sensor was there")] = False


class Agreement(Record, frozen=True, kw_only=True):
    """A stager held against a human scorer, epoch by epoch, on sleep and wake."""

    epochs: Annotated[int, Meta(description="epochs both of them scored")]
    accuracy: Annotated[float | None, Meta(description="share of epochs that agree")]
    sensitivity: Annotated[
        float | None, Meta(description="share of the scorer's sleep called sleep")
    ]
    specificity: Annotated[float | None, Meta(description="share of the scorer's wake called wake")]
    kappa: Annotated[
        float | None, Meta(description="Cohen's κ: agreement beyond chance; none if undefined")
    ]
    reference: Annotated[str, Meta(description="who the scorer was")]


class NightWindow(Record, frozen=True, kw_only=True):
    """The part of a recording that one night covers, and how anyone knows."""

    night: Annotated[LocalDate, Meta(description="the local date of the noon before it")]
    first_epoch: Annotated[int, Meta(description="index of the first epoch in it", ge=0)]
    last_epoch: Annotated[int, Meta(description="index after its last epoch", ge=0)]
    bed_times_known: Annotated[
        bool, Meta(description="true where someone noted lights out; else estimated from movement")
    ]
    how: Annotated[str, Meta(description="how the window was found, in a sentence")]
