"""Menu entries of the marketing room."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.web.navigation import Entry, add

add(
    Entry(
        section="marketing",
        label=_("Campaigns"),
        url_name="marketing:campaigns",
        permission="marketing.view",
        icon="speakerphone",
        order=10,
        keywords="campaign e-mail 营销活动 行銷活動 活动 活動 群发 群發",
    )
)
