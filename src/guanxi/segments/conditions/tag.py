"""Tags that people put on customers."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.segments.conditions.base import Condition, Context, Expression, Params, Row, Table
from guanxi.segments.conditions.fields import Values
from guanxi.segments.conditions.names import Names


class Tag(Condition):
    name = "tag"
    label = gettext_lazy("Tag")
    icon = "tag"
    group = "profile"
    keywords = "label 标签 標籤"
    fields = (Values(name="values", label=gettext_lazy("is one of"), source="tag"),)

    def predicate(self, params: Params, context: Context) -> Expression:
        tags = self._tags(context)
        return context.among(tags.filter(tags.tag.isin(params["values"])))

    def own(self, params: Params, context: Context) -> Table:
        return self._tags(context).select("customer_id", "tag")

    def own_words(self, params: Params, rows: Sequence[Row], names: Names) -> str:
        return _(", ").join(sorted(row["tag"] for row in rows)) or _("no tag")

    def _tags(self, context: Context) -> Table:
        tags = context.tables["customer_tags"]
        return tags.filter(~tags.removed)
