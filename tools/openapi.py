"""Write docs/openapi.json from the API, or check that the committed one is what the code serves (`--check`)."""

import json
import os
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def schema() -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
    import django

    django.setup()
    from guanxi.config.api import api

    return json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False, sort_keys=True, default=str) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text() != schema():
            sys.exit("docs/openapi.json is not what the code serves: run python tools/openapi.py and review the change")
    else:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(schema())
