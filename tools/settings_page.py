"""Write docs/settings.md from the declared settings, or check that it is true (`--check`)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
from guanxi.config.env import SETTINGS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
INTRODUCTION = """# Settings

Guanxi reads its settings from the environment when it starts. None is needed for a first look. What the merchant
changes while it runs (name, currency, time zone, exchange rates, sender, tracking) is on the Settings pages instead.

| setting | default | what it does |
| --- | --- | --- |
"""


def page() -> str:
    rows = (f"| `{s.name}` | {f'`{s.default}`' if s.default else '(empty)'} | {s.help} |\n" for s in SETTINGS.values())
    return INTRODUCTION + "".join(rows)


if __name__ == "__main__":
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text() != page():
            sys.exit("docs/settings.md is out of date: run python tools/settings_page.py")
    else:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page())
