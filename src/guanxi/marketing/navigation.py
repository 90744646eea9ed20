"""Menu entries of the marketing room."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.web import audit_log
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
        also="/insights/campaigns/",
    ),
    Entry(
        section="marketing",
        label=_("What marketing returned"),
        url_name="analytics:campaign_returns",
        permission="marketing.view",
        icon="report-money",
        order=20,
        keywords="ROI return 投资回报 投資回報 回报 回報",
    ),
)
audit_log.add_labels(
    {
        "campaign.create": _("Made a campaign"),
        "campaign.change": _("Changed a campaign"),
        "campaign.delete": _("Deleted a campaign"),
        "campaign.schedule": _("Scheduled a campaign"),
        "campaign.unschedule": _("Took a campaign off its schedule"),
        "campaign.launch": _("Launched a campaign"),
        "campaign.pause": _("Paused a campaign"),
        "campaign.resume": _("Resumed a campaign"),
        "campaign.cancel": _("Cancelled a campaign"),
        "campaign.cost": _("Added a cost to a campaign"),
    }
)
