"""Which links of a message can be counted: those whose address is the same for everybody."""

import re
from html import unescape

from guanxi.messaging.templating.liquid import Protected

ANCHOR = re.compile(r"(<a\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*?\shref\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
CLICK = "{{ click_url }}"


def track(html: str) -> tuple[str, list[str]]:
    """The HTML with countable links led through the redirect, and their addresses by number.

    A link with Liquid in its address is left as it is: the redirect follows addresses that the author wrote, never
    ones made for one customer.
    """
    protected = Protected(html)
    links: list[str] = []

    def lead(match: re.Match[str]) -> str:
        address = unescape(match[2][1:-1]).strip()
        if not address.lower().startswith(("http://", "https://")) or Protected.FIND.search(address):
            return match[0]
        if address not in links:
            links.append(address)
        return f'{match[1]}"{CLICK}{links.index(address)}"'

    return protected.restore(ANCHOR.sub(lead, protected.text)), links
