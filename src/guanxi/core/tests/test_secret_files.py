"""Secrets made on first use: one for all, whole, and nobody else's to read."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from guanxi.core.secret_files import read_or_make


def test_all_who_come_first_at_once_get_the_same(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"
    with ThreadPoolExecutor(16) as threads:
        given = set(threads.map(lambda _: read_or_make(path, lambda: secrets.token_hex(2000)), range(64)))
    assert len(given) == 1
    assert len(given.pop()) == 4000
    assert [one.name for one in path.parent.iterdir()] == ["key"]


def test_it_stays_and_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"
    assert read_or_make(path, lambda: "first") == "first"
    assert read_or_make(path, lambda: "second") == "first"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_secret_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"
    with pytest.raises(RuntimeError, match="no luck"):
        read_or_make(path, lambda: (_ for _ in ()).throw(RuntimeError("no luck")))
    assert list(path.parent.iterdir()) == []
