"""The list kit, over a list of users and over a source that is no database."""

from collections.abc import Iterator, Sequence

import pytest
from django.urls import include, path
from django.utils.html import format_html

from guanxi.core.csv import safe_cell
from guanxi.core.models import AuditEntry, User
from guanxi.core.permissions import SIGNED_IN, requires
from guanxi.core.testing import make_user, signed_in
from guanxi.core.web import tables
from guanxi.core.web.tables.sealing import open_text, seal_text

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

DONE: list[tuple[str, list[str]]] = []


def note(request, selection) -> str:
    DONE.append(("note", sorted(selection.keys())))
    return "Noted."


def rename(request, selection) -> str:
    return f"{selection.queryset.update(name='renamed')} renamed."


PEOPLE = tables.Table(
    name="people",
    columns=[
        tables.Column(key="name", label="Name", sort="name", link=lambda user: f"/people/{user.pk}/"),
        tables.Column(key="email", label="E-mail", sort="email"),
        tables.Column(key="theme", label="Theme", cell=lambda user: format_html("<b>{}</b>", user.theme)),
        tables.Column(key="zone", label="Zone", cell="time_zone", shown=False),
    ],
    filters=[
        tables.ChoiceFilter(key="theme", label="Theme", choices=[("dark", "Dark"), ("light", "Light")]),
        tables.DateFilter(key="made", label="Made", field="created_at"),
        tables.NumberFilter(key="number", label="Number", field="pk"),
        tables.TextFilter(key="zone", label="Zone", field="time_zone"),
    ],
    search=["name", "email"],
    default_sort="name",
    actions=[
        tables.BulkAction(key="note", label="Note", run=note),
        tables.BulkAction(key="rename", label="Rename", run=rename, permission="core.users", confirm="Rename them?"),
    ],
    empty=tables.Empty(title="Nobody yet"),
)
SECRET = tables.Table(
    name="secret", columns=PEOPLE.columns[:1], search=["name"], search_is_private=True, export_permission="core.users"
)


class Squares:
    """The first thousand squares, as a warehouse would give them."""

    def _all(self, query: tables.Query) -> list[dict[str, int]]:
        rows = [{"id": n, "square": n * n} for n in range(1000) if query.search in str(n)]
        return rows[::-1] if query.sort == "-square" else rows

    def page(self, query: tables.Query, *, offset: int, limit: int) -> Sequence[dict[str, int]]:
        return self._all(query)[offset : offset + limit]

    def count(self, query: tables.Query, *, most: int) -> int:
        return min(most, len(self._all(query)))

    def iterate(self, query: tables.Query) -> Iterator[dict[str, int]]:
        return iter(self._all(query))

    def pick(self, ids: Sequence[str]) -> Sequence[dict[str, int]]:
        return [row for row in self._all(tables.Query()) if str(row["id"]) in ids]


SQUARES = tables.Table(
    name="squares",
    columns=[tables.Column(key="id", label="N"), tables.Column(key="square", label="Square", sort="square")],
    search=True,
    row_id="id",
    actions=[tables.BulkAction(key="note", label="Note", run=note)],
)


@requires(SIGNED_IN)
def people(request):
    return tables.respond(request, PEOPLE, User.objects.exclude(name="hidden"), template="core/users.html")


@requires(SIGNED_IN)
def secret(request):
    return tables.respond(request, SECRET, User.objects.all(), template="core/users.html")


@requires(SIGNED_IN)
def squares(request):
    return tables.respond(request, SQUARES, Squares(), template="core/users.html")


urlpatterns = [
    path("people/", people),
    path("secret/", secret),
    path("squares/", squares),
    path("settings/", include("guanxi.core.web.urls")),
    path("account/", include("guanxi.core.web.account_urls")),
]


@pytest.fixture
def names(client) -> list[str]:
    me = signed_in(client)
    User.objects.filter(pk=me.pk).update(name="Zoe", theme="light")
    for name, theme in [("Bo", "dark"), ("=cmd()", "dark"), ("An", "light"), ("hidden", "dark")]:
        user = make_user(name=name)
        User.objects.filter(pk=user.pk).update(theme=theme)
    return ["=cmd()", "An", "Bo", "Zoe"]


def shown(response) -> list[str]:
    return [row.cells.partition("</a>")[0].rpartition(">")[2] for row in response.context["table"].rows]


def text(response) -> str:
    return b"".join(response.streaming_content).decode()


def test_sorts_by_its_default_and_by_the_head(client, names):
    assert shown(client.get("/people/")) == names
    assert shown(client.get("/people/?sort=-name")) == names[::-1]
    assert shown(client.get("/people/?sort=password")) == names
    heads = client.get("/people/?sort=name").context["table"].heads
    assert [(head.href, head.direction) for head in heads] == [
        ("/people/?sort=-name", "ascending"),
        ("/people/?sort=email", ""),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("theme=dark", ["=cmd()", "Bo"]),
        ("theme=dark&theme=light", ["=cmd()", "An", "Bo", "Zoe"]),
        ("theme=nonsense", ["=cmd()", "An", "Bo", "Zoe"]),
        ("q=an", ["An"]),
        ("q=shop.example&theme=light", ["An", "Zoe"]),
        ("q=hidden", []),
        ("made_from=2000-01-01", ["=cmd()", "An", "Bo", "Zoe"]),
        ("made_to=2000-01-01", []),
        ("made_from=never&made_to=2026-02-31&number_from=x", ["=cmd()", "An", "Bo", "Zoe"]),
        ("number_to=0", []),
        ("number_from=1e400", ["=cmd()", "An", "Bo", "Zoe"]),
        ("q=%00", ["=cmd()", "An", "Bo", "Zoe"]),
    ],
)
def test_filters_and_searches(client, names, query, found):
    assert shown(client.get(f"/people/?{query}")) == found


def test_chips_say_what_narrows_and_take_it_away(client, names):
    table = client.get("/people/?theme=dark&q=b&sort=-name&page=1").context["table"]
    assert [(str(chip.label), chip.text, chip.href) for chip in table.chips] == [
        ("Search", "b", "/people/?theme=dark&sort=-name"),
        ("Theme", "Dark", "/people/?q=b&sort=-name"),
    ]
    assert table.clear_href == "/people/?sort=-name"


def test_nothing_matches_is_not_nothing_yet(client, names):
    page = client.get("/people/?q=nobody").content.decode()
    assert "Nothing matches" in page
    assert "Nobody yet" not in page
    User.objects.update(name="hidden")
    assert "Nobody yet" in client.get("/people/").content.decode()


def test_pages(client):
    signed_in(client)
    first = client.get("/squares/?per=25").context["table"]
    assert ([row.id for row in first.rows][:2], len(first.rows)) == (["0", "1"], 25)
    assert (first.previous_href, first.next_href) == ("", "/squares/?per=25&page=2")
    last = client.get("/squares/?per=25&page=40").context["table"]
    assert (last.previous_href, last.next_href) == ("/squares/?per=25&page=39", "")
    assert (last.count_label, len(last.rows)) == ("1,000", 25)
    assert client.get("/squares/?per=7&page=-3").context["table"].per_page == 50
    assert client.get("/squares/?page=99999999").context["table"].page == 1
    assert client.get("/squares/?sort=-square").context["table"].rows[0].id == "999"
    assert client.get("/squares/?q=99").context["table"].count_label == "19"


def test_counting_stops_at_a_thousand(client):
    signed_in(client)
    User.objects.bulk_create([User(email=f"p{n}@shop.example", name=f"p{n}", password="!") for n in range(1200)])
    assert client.get("/people/").context["table"].count_label == "1,000+"
    assert client.get("/people/?page=999999").context["table"].page == 200


def test_columns_are_chosen_per_person(client, names):
    client.post("/people/?q=an", {"_columns": "yes", "column": ["zone", "name", "nonsense"]})
    table = client.get("/people/").context["table"]
    assert [column.key for column in table.columns] == ["name", "zone"]
    signed_in(client)
    assert [column.key for column in client.get("/people/").context["table"].columns] == ["name", "email", "theme"]


def test_csv_has_the_filter_the_columns_and_no_formulas(client, names):
    response = client.get("/people/?theme=dark&format=csv&page=2")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = text(response).splitlines()
    assert lines[0] == "\ufeffName,E-mail,Theme"
    assert lines[1].startswith("'=cmd(),administrator-")
    assert lines[1].endswith(",dark")
    assert [line.split(",")[0] for line in lines[1:]] == ["'=cmd()", "Bo"]
    entry = AuditEntry.objects.get(action="list.exported")
    assert entry.detail == {"list": "people", "narrowed_by": ["theme"]}


def test_csv_may_need_a_right(client):
    signed_in(client, permissions=["core.audit"])
    assert client.get("/secret/?format=csv").status_code == 403
    assert "format=csv" not in client.get("/secret/").content.decode()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+8613800138000", "'+8613800138000"),
        ("-2", "-2"),
        ("-2+cmd", "'-2+cmd"),
        ("@sum", "'@sum"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("plain", "plain"),
        (-5, "-5"),
        (None, ""),
        (True, "yes"),
    ],
)
def test_safe_cells(value, written):
    assert safe_cell(value) == written


def test_private_search_never_stands_in_the_address(client, names):
    response = client.post("/secret/", {"_search": "An"})
    address = response.headers["Location"]
    assert address.startswith("/secret/?q=")
    assert "An" not in address.removeprefix("/secret/?q=") or open_text(address.partition("q=")[2], "secret") == "An"
    assert shown(client.get(address)) == ["An"]
    assert 'value="An"' in client.get(address).content.decode()
    assert client.get("/secret/?q=An").context["table"].search == ""
    assert client.post("/secret/", {"_search": " "}).headers["Location"] == "/secret/"
    assert open_text(seal_text("138", "one list"), "another list") == ""


def test_action_on_chosen_rows(client, names):
    DONE.clear()
    an = User.objects.get(name="An")
    hidden = User.objects.get(name="hidden")
    response = client.post("/people/?sort=-name", {"_action": "note", "ids": [an.pk, hidden.pk, "x", 999999]})
    assert response.headers["Location"] == "/people/?sort=-name"
    assert [("note", [str(an.pk)])] == DONE


def test_action_on_all_that_match_asks_first(client, names):
    DONE.clear()
    form = {"_action": "note", "_all": "yes"}
    asked = client.post("/people/?theme=dark", form)
    assert "It is for 2 rows." in asked.content.decode()
    assert DONE == []
    client.post("/people/?theme=dark", {**form, "_confirmed": "yes"})
    expected = sorted(str(user.pk) for user in User.objects.filter(name__in=["Bo", "=cmd()"]))
    assert [("note", expected)] == DONE


def test_action_with_a_question_works_in_sets(client, names):
    an = User.objects.get(name="An")
    asked = client.post("/people/", {"_action": "rename", "ids": [an.pk]})
    assert "Rename them?" in asked.content.decode()
    client.post("/people/", {"_action": "rename", "ids": [an.pk], "_confirmed": "yes"})
    assert User.objects.get(pk=an.pk).name == "renamed"
    assert User.objects.filter(name="renamed").count() == 1


def test_action_needs_its_right(client):
    signed_in(client, permissions=["core.audit"])
    other = make_user(name="An")
    response = client.post("/people/", {"_action": "rename", "ids": [other.pk], "_confirmed": "yes"})
    assert response.status_code == 403
    other.refresh_from_db()
    assert other.name == "An"


def test_action_without_rows_says_so(client, names):
    response = client.post("/people/", {"_action": "note"}, follow=True)
    assert "Choose some rows first." in response.content.decode()


def test_htmx_gets_the_table_alone(client, names):
    headers = {"HX-Request": "true", "HX-Target": "table-people"}
    part = client.get("/people/?sort=-name", headers=headers).content.decode()
    assert part.lstrip().startswith('<div class="card gx-table-box" id="table-people"')
    assert "<html" not in part
    restored = client.get("/people/", headers={**headers, "HX-History-Restore-Request": "true"}).content.decode()
    assert "<html" in restored


def test_cells_are_escaped(client, names):
    User.objects.filter(name="An").update(name="<script>alert(1)</script>")
    page = client.get("/people/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_list_asks_the_database_little(client, names, django_assert_num_queries):
    client.get("/people/")
    with django_assert_num_queries(6):  # session, user, roles, settings of the merchant, choice of columns, rows
        client.get("/people/?theme=dark")
    make_user(name="Bp")
    with django_assert_num_queries(6):
        client.get("/people/")


def test_reserved_names_are_refused():
    with pytest.raises(ValueError, match="page"):
        tables.Table(name="x", columns=[], filters=[tables.TextFilter(key="page", label="Page")])
