from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from guanxi.warehouse import services as warehouse

Refresh = Callable[[], None]


@pytest.fixture
def refresh(transactional_db: None, home: object) -> Iterator[Refresh]:
    """Brings the warehouse to what is in the database now; its files are the test's own."""
    yield lambda: warehouse.refresh(now=timezone.now()) and None
