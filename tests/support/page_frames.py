"""Frames as the real signer makes them, for the page's own tests: `ui/tests/guard-frames.json`.

python -m tests.support.page_frames    # writes the file anew, where what is signed has changed
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from evenfall.adapters.page import SAFE_FRAME
from evenfall.guard.signing import Signer
from evenfall.records.view import LeaseFrame

FILE = Path(__file__).resolve().parents[2] / "ui" / "tests" / "guard-frames.json"
EVENING = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
STORY = LeaseFrame(
    light_lx_medi=0.4,
    light_ramp_s=30.0,
    sound_dba=38.0,
    sound_ramp_s=5.0,
    sound_what="waves",
    lease_s=15.0,
    seq=4,
)


def text() -> str:
    """The file as it has to be: an evening of the nest's and the loft's, by two guards."""
    guard, other = Signer(b"g" * 32, 0), Signer(b"o" * 32, 0)
    at = [EVENING + timedelta(seconds=5 * k) for k in range(3)]
    body = {
        "key": guard.public_key,
        "other_key": other.public_key,
        "at": [one.isoformat() for one in at],
        "nest": [guard.signed("nest", STORY, one) for one in at],
        "loft": guard.signed("loft", STORY, at[2]),
        "safe": guard.signed("nest", SAFE_FRAME, at[2]),
        "by_another": other.signed("nest", STORY, at[2]),
        "unsigned": STORY,
        "unsigned_dark": SAFE_FRAME,
    }
    return msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
