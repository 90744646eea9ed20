"""What the demo merchant has planned: tags, segments, templates, and a campaign that is over."""

from datetime import datetime


def plan(*, now: datetime, seed: int) -> None:
    pass
