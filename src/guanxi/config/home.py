"""Where this installation keeps its state, and the secrets made on first start."""

import os
import secrets
from pathlib import Path

from guanxi.core.secret_files import read_or_make


def home() -> Path:
    """`GUANXI_HOME`, else `var/` under the folder the command runs in. Made when missing."""
    path = Path(os.environ.get("GUANXI_HOME", "var")).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_file(name: str) -> str:
    """The secret kept in `GUANXI_HOME/secrets/NAME`, made at random on first use and readable by its owner only."""
    return read_or_make(home() / "secrets" / name, lambda: secrets.token_urlsafe(48)).strip()
