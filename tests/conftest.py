"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "evenfall",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("evenfall")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real recordings, never copied here; skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("EVENFALL_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "watch").is_dir():
        pytest.skip(f"no real recordings at {folder}: set EVENFALL_DATA to a folder that has them")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that what is left at the end is short for every worker."""
    items.sort(key=lambda item: "browser" not in item.path.parts)
