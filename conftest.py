"""Fixtures for every test: a state folder of its own, and who may do what."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings
from django.utils import translation

# Before Django's settings are read: tests never touch a developer's own data. The database cluster is kept between
# runs, because making one takes seconds; the test database in it is made anew. Runs that go on at the same time need a
# cluster each, because the event log's readers wait for every transaction of the cluster: pytest-xdist's workers have
# one each; for two runs set GUANXI_HOME apart.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_name = "-".join(filter(None, ["guanxi-test", Path(os.environ.get("GUANXI_HOME", "")).name, _worker]))
_environment = dict(os.environ)
os.environ["GUANXI_HOME"] = str(Path(os.environ.get("GUANXI_TEST_HOME") or tempfile.gettempdir()) / _name)
os.environ["DJANGO_SETTINGS_MODULE"] = "guanxi.config.settings"  # here, because pytest would read them before this file
# Compiling each query costs Spark more than running it over the few rows of a test.
os.environ["GUANXI_SPARK_CONFIG"] = "spark.sql.codegen.wholeStage=false,spark.sql.codegen.factoryMode=NO_CODEGEN"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs an event loop in the thread of the tests
django.setup()  # other conftest files import models
# How fast a machine is that moment is no finding about the code.
hypothesis.settings.register_profile("guanxi", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("guanxi")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers begin where this process began, and not with its home, its server and Django already chosen."""
    os.environ.clear()
    os.environ.update(_environment)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English: a request before it may have left its thread in another language."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A test database of this run's own, so that two runs at once do not meet."""
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_guanxi_{os.getpid()}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database can be deleted only when a refresh of the warehouse has left no connection to it."""
    from guanxi.warehouse import source

    yield
    source.disconnect()


@pytest.fixture
def data_folder() -> Path:
    """The real data sets, which stand beside the project and are not part of it."""
    folder = Path(os.environ.get("GUANXI_SHARED_DATA") or Path(__file__).parent.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not here ({folder.name} is missing beside the project)")
    return folder


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Iterator[Path]:
    """A GUANXI_HOME of the test's own, for files; the database stays."""
    settings.GUANXI_HOME = tmp_path  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path / "uploads"  # type: ignore[attr-defined]
    (tmp_path / "uploads").mkdir()
    (tmp_path / "secrets").mkdir()
    yield tmp_path
