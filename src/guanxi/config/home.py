"""Where this installation keeps its state, and the secrets made on first start."""

import os
import secrets
from pathlib import Path


def home() -> Path:
    """`GUANXI_HOME`, else `var/` under the folder the command runs in. Made when missing."""
    path = Path(os.environ.get("GUANXI_HOME", "var")).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_file(name: str) -> str:
    """The secret kept in `GUANXI_HOME/secrets/NAME`, made at random on first use and readable by its owner only."""
    folder = home() / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        value = secrets.token_urlsafe(48)
        file.write(value)
    return value
