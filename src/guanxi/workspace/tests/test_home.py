import pytest
from django.test import Client

from guanxi.core.testing import signed_in


@pytest.mark.django_db
def test_a_new_merchant_is_told_where_to_begin(client: Client, home: object) -> None:
    signed_in(client)
    page = client.get("/").content.decode()
    assert "What to do next" in page
    assert 'href="/orders/imports/new/"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["marketer", "shop_operator", "sales", "service", "analyst", "read_only"])
def test_everyone_has_a_home(client: Client, home: object, role: str) -> None:
    signed_in(client, role=role)
    assert client.get("/").status_code == 200
