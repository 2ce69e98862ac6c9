"""What a check found, as SARIF 2.1.0, which editors and code hosts show at the line it is about."""

from collections.abc import Sequence

import msgspec

from evenfall import __version__
from evenfall.records.proof import Finding
from evenfall.rehearse.check.properties import PROPERTIES

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_of(findings: Sequence[Finding]) -> bytes:
    """One run of the checker, with every property as a rule.

    Args:
        findings: what was found; none is a run without results.

    Returns:
        JSON, UTF-8.
    """
    names = [one.name for one in PROPERTIES]
    rules = [
        {
            "id": one.name,
            "shortDescription": {"text": one.about},
            "properties": {"sensor": one.sensor, "hazard": one.hazard},
        }
        for one in PROPERTIES
    ]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "evenfall", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, names.index(one.property)) for one in findings],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2)


def _result(finding: Finding, rule: int) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": finding.file.replace(" ", "%20")}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "startColumn": max(finding.column, 1)}
    return {
        "ruleId": finding.property,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": f"{finding.story} Mend: {finding.mend}."},
        "locations": [{"physicalLocation": place}],
    }
