"""Charts as tables, for readers and for pages without scripts."""

from django.template import engines

from guanxi.core.web import charts


def test_series_over_categories_become_columns():
    option = {
        "xAxis": {"type": "category", "data": ["May", "June"]},
        "series": [{"name": "Sales", "data": [123456, None]}, {"name": "Refunds", "data": [{"value": 50}]}],
        "guanxi": charts.unit("money", currency="CNY"),
    }
    table = charts.table_of(option, locale="en")
    assert table.head == ["", "Sales", "Refunds"]
    assert table.rows == [["May", "¥1,234.56", "¥0.50"], ["June", "–", "–"]]


def test_bars_that_lie_are_read_from_the_other_axis():
    option = {"xAxis": {"type": "value"}, "yAxis": {"data": ["Towel"]}, "series": {"type": "bar", "data": [3]}}
    assert charts.table_of(option, locale="en").rows == [["Towel", "3"]]


def test_shares_of_a_pie():
    option = {
        "series": [{"type": "pie", "data": [{"name": "Tmall", "value": 0.254}]}],
        "guanxi": charts.unit("percent"),
    }
    assert charts.table_of(option, locale="en").rows == [["Tmall", "25.4%"]]


def test_points_of_a_time_axis():
    option = {"xAxis": {"type": "time"}, "series": [{"type": "line", "data": [["2026-05-01", 1200.5]]}]}
    assert charts.table_of(option, locale="en").rows == [["2026-05-01", "1,200.5"]]


def test_heat_map_keeps_its_two_axes():
    option = {
        "xAxis": {"data": ["F1", "F2"]},
        "yAxis": {"data": ["R1", "R2"]},
        "series": [{"type": "heatmap", "data": [[0, 0, 5], {"value": [1, 1, 7], "href": "/x"}]}],
    }
    table = charts.table_of(option, locale="en")
    assert table.head == ["", "F1", "F2"]
    assert table.rows == [["R1", "5", "–"], ["R2", "–", "7"]]


def test_nothing_to_draw_is_an_empty_table():
    assert charts.table_of({}, locale="en") == charts.Table()
    assert charts.table_of({"series": [{"type": "bar"}]}, locale="en") == charts.Table()


def test_an_option_cannot_break_out_of_its_attribute():
    option = {"series": [{"type": "pie", "data": [{"name": '"><script>alert(1)</script>', "value": 1}]}]}
    source = '<c-chart :option="option" label="Shops" csv="/x.csv" />'
    page = engines["django"].from_string(_compiled(source)).render({"option": option})
    assert "<script>" not in page
    assert 'href="/x.csv"' in page
    assert "Show as a table" in page


def _compiled(source: str) -> str:
    from django_cotton.compiler_regex import CottonCompiler

    return CottonCompiler().process(source)
