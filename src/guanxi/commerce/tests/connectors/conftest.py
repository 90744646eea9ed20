import os
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[5]


def shared_data() -> Path:
    """Where the real data sets are: GUANXI_SHARED_DATA, else ``shared/data`` beside the repository."""
    return Path(os.environ.get("GUANXI_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")


@pytest.fixture
def data_file() -> Callable[[str], Path]:
    """The path of a real file; skips the test where the data sets are not."""

    def find(name: str) -> Path:
        path = shared_data() / name
        if not path.exists():
            pytest.skip(f"needs the data set {name} under {shared_data()} (set GUANXI_SHARED_DATA)")
        return path

    return find
