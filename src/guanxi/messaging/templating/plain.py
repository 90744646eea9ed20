"""The plain-text part of a message, from its HTML."""

import re
from html.parser import HTMLParser

HIDDEN = frozenset({"head", "style", "script", "title", "template"})
BLOCKS = frozenset(
    (  # noqa: SIM905  # forty short words read better in two lines
        "address article blockquote div dl dt dd footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section table tr ul"
    ).split()
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in HIDDEN or "display:none" in attributes.get("style", "").replace(" ", ""):
            if tag not in {"img", "br", "hr", "meta", "link"}:
                self._hidden.append(tag)
            return
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.append(tag)
            return
        if tag == "br":
            self.parts.append("\n")
        elif tag == "img" and attributes.get("alt"):
            self.parts.append(f"[{attributes['alt']}]")
        elif tag == "a":
            self._links.append((attributes.get("href", ""), len(self.parts)))
        elif tag in BLOCKS:
            self.parts.append("\n\n- " if tag == "li" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
            return
        if tag == "a" and self._links:
            href, start = self._links.pop()
            if href and not href.startswith("#") and "".join(self.parts[start:]).strip() != href:
                self.parts.append(f" ( {href} )")
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def from_html(html: str) -> str:
    """Words, links in round brackets, one empty line between blocks."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[ \t\xa0\u200c\u200b]+", " ", line).strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
