"""Who looks at the demo merchant's website: a hundred who left an address and have not bought, and many who did not."""

from datetime import datetime, timedelta

import numpy as np
from numpy.random import Generator

from guanxi.visits import services as visits
from guanxi.visits.services import ServerEvent
from guanxi.workspace.demo.catalogue import Item, items
from guanxi.workspace.demo.people import Person, invent

NAME, ORIGIN = "mianyu.example", "https://mianyu.example"
KNOWN, ANONYMOUS = 100, 400
DAYS = 30
BROWSERS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
)
REFERRERS = ("https://www.baidu.com/", "https://www.xiaohongshu.com/", "https://www.google.com/", "", "")
CAMPAIGNS = (("weixin", "autumn"), ("douyin", "live"))
BATCH = 1_000
"""Events recorded at once."""


def visit(*, now: datetime, seed: int) -> int:
    """Make the website and a month of visits; gives the number of events. Same seed, same visits."""
    rng = np.random.default_rng(seed + 3)
    key = visits.make_site(NAME, origins=[ORIGIN], now=now - timedelta(days=DAYS + 1))
    catalogue = items()
    people = invent(rng, KNOWN, international=np.arange(KNOWN) % 5 == 0, today=now.date())
    events: list[ServerEvent] = []
    for number in range(KNOWN + ANONYMOUS):
        person = people[number] if number < KNOWN else None
        events += _browsing(rng, number, person, catalogue, now=now)
    for begin in range(0, len(events), BATCH):
        visits.record_from_server(key, events[begin : begin + BATCH], now=now)
    visits.catch_up(now=now)
    return len(events)


def _browsing(
    rng: Generator, number: int, person: Person | None, catalogue: list[Item], *, now: datetime
) -> list[ServerEvent]:
    """One to four visits of one visitor, who looks at a few products of one or two categories."""
    draws = rng.random(8)
    browser = BROWSERS[int(draws[0] * len(BROWSERS))]
    favourite = catalogue[int(draws[1] * draws[1] * len(catalogue))].category
    liked = [item for item in catalogue if item.category == favourite]
    made: list[ServerEvent] = []
    for turn in range(1 + int(draws[2] * (4 if person else 2))):
        at = now - timedelta(days=DAYS * float(rng.random()) ** 2, hours=1)
        arrival = _arrival(rng) if turn == 0 else {}
        steps: list[dict[str, str]] = [{"kind": "page", "path": "/", **arrival}]
        for _look in range(1 + int(rng.random() * 4)):
            item = liked[int(rng.random() * len(liked))] if rng.random() < 0.75 else _any(rng, catalogue)
            said = {"product": item.sku, "title": item.title, "category": item.category}
            steps.append({"kind": "product", "path": f"/products/{item.sku}", **said})
            if rng.random() < (0.25 if person else 0.06):
                steps.append({"kind": "cart", "path": "/cart", **said})
        if rng.random() < 0.3:
            steps.append({"kind": "search", "path": "/search", "term": favourite})
        if person and turn == 0:
            steps.append({"kind": "form", "path": "/contact", **_contact(person, number)})
        made += [
            ServerEvent.model_validate(
                {
                    "id": f"demo-{number:05}-{turn}-{place:02}",
                    "visitor": f"demo-visitor-{number:05}",
                    "occurred_at": at + timedelta(seconds=40 * place),
                    "user_agent": browser,
                    **step,
                }
            )
            for place, step in enumerate(steps)
        ]
    return made


def _arrival(rng: Generator) -> dict[str, str]:
    if rng.random() < 0.25:
        source, campaign = CAMPAIGNS[int(rng.random() * len(CAMPAIGNS))]
        return {"utm_source": source, "utm_medium": "social", "utm_campaign": campaign}
    return {"referrer": REFERRERS[int(rng.random() * len(REFERRERS))]}


def _contact(person: Person, number: int) -> dict[str, str]:
    return {"email": f"visitor{number}@example.com", "name": person.name}


def _any(rng: Generator, catalogue: list[Item]) -> Item:
    return catalogue[int(rng.random() * len(catalogue))]
