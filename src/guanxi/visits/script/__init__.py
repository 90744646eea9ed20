"""The script on a shop's pages, as it is served: its source without comments and indentation."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

NAME = "shop.js"
LARGEST = 5000
"""Bytes it may have; a test holds it to that."""


@cache
def served() -> tuple[bytes, str]:
    """The script and its ETag. No string of it holds what looks like a comment."""
    source = (Path(__file__).parent / NAME).read_text()
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    lines = (re.sub(r"(^|\s+)// .*$", "", line).strip() for line in source.splitlines())
    script = "\n".join(line for line in lines if line).encode()
    return script, f'"{sha256(script).hexdigest()[:16]}"'
