"""Names of columns, in the form in which they are compared."""

import re

NOISE = re.compile(r"[\s_\-.:：#/()（）\[\]*]+")


def plain(name: str) -> str:
    """A column name without case, spaces and punctuation, to compare by."""
    return NOISE.sub("", name).lower()
