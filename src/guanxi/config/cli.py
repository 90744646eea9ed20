"""The command `guanxi`: Django's management commands under one name."""

import gc
import os
import sys

TWO_WORDS = {("import", "people"): "import_people"}
"""Commands of two words that are commands of their own, by the room that knows the second."""

GARBAGE = 50_000
"""New objects before the collector looks for cycles. Commands make many and few cycles; with Python's 700, a fifth of
the time of making the tables goes into looking."""


def main() -> None:
    gc.set_threshold(GARBAGE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError

    try:
        execute_from_command_line(["guanxi", *arguments(sys.argv[1:])])
    except ProgrammingError:
        if _tables_are_behind():
            sys.exit("The database's tables are not those of this version. Run: guanxi migrate")
        raise


def _tables_are_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    connection.close()  # the command may have left a transaction that failed
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def arguments(given: list[str]) -> list[str]:
    """The words of the command line as Django's commands are called."""
    command = TWO_WORDS.get((given[0], given[1])) if len(given) > 1 else None
    return [command, *given[2:]] if command else given


if __name__ == "__main__":
    main()
