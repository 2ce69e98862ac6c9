"""The records as JSON Schemas, for editors, other programs and anyone's own checks.

They are made from the records themselves, so that what is published and what is read are one.
"""

from typing import Any

import msgspec

from evenfall.records.devices import Devices
from evenfall.records.household import Household
from evenfall.records.insight import Insight, Morning
from evenfall.records.night import Night
from evenfall.records.plan import Plan
from evenfall.records.programme import Programme
from evenfall.records.recording import Recording
from evenfall.records.score import Score

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION = 1
"""The version of every format here; a format that changes its meaning gets the next one."""

SCHEMAS: dict[str, type[msgspec.Struct]] = {
    "household": Household,
    "score": Score,
    "devices": Devices,
    "plan": Plan,
    "programme": Programme,
    "night": Night,
    "recording": Recording,
    "insight": Insight,
    "morning": Morning,
}


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a record, in draft 2020-12.

    Args:
        name: one of `SCHEMAS`.

    Raises:
        KeyError: there is no such record.

    Example:
        >>> json_schema("household")["$id"]
        'https://evenfall.example/schemas/household-1.json'
    """
    (reference,), definitions = msgspec.json.schema_components(
        [SCHEMAS[name]], ref_template="#/$defs/{name}"
    )
    schema = {
        "$schema": DIALECT,
        "$id": f"https://evenfall.example/schemas/{name}-{VERSION}.json",
        "title": f"Evenfall {name}",
        **reference,
        "$defs": definitions,
    }
    # Through JSON and back, so that it is the very thing that is published: lists, no tuples.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema))
    return plain
