"""Members follow their customer through merges; definitions follow the names of tags."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.customers.following import follow
from guanxi.customers.services import tell_of_tag_renames
from guanxi.segments import tag_rules

COUNT_AGAIN = """
UPDATE segments_segment s SET count = (
  SELECT count(DISTINCT m.customer_id) FROM segments_membership m WHERE m.segment_id = s.id AND m.left_at IS NULL)
WHERE s.kind = 'static' AND s.id IN (SELECT segment_id FROM segments_membership WHERE customer_id = ANY(%s))
"""


def _count_again(customer_ids: Collection[int], now: datetime) -> None:
    """Two members of a list that are one now count once."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_AGAIN, [list(customer_ids)])


tell_of_tag_renames(tag_rules.renamed)
follow("segments_membership", label=_("Segments and lists"), after=_count_again)
