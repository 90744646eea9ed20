"""The command `guanxi`: Django's management commands under one name."""

import os
import sys

TWO_WORDS = {("import", "people"): "import_people"}
"""Commands of two words that are commands of their own, by the room that knows the second."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["guanxi", *arguments(sys.argv[1:])])


def arguments(given: list[str]) -> list[str]:
    """The words of the command line as Django's commands are called."""
    command = TWO_WORDS.get((given[0], given[1])) if len(given) > 1 else None
    return [command, *given[2:]] if command else given


if __name__ == "__main__":
    main()
