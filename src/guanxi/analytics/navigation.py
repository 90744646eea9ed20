"""The room's entries in the menu: one for each report, one for the models."""

from django.utils.translation import gettext_lazy as _

from guanxi.analytics.reports import REPORTS
from guanxi.core.web import audit_log
from guanxi.core.web.navigation import Entry, add

for order, report in enumerate(REPORTS, start=10):
    address = f"analytics:{report.name}"
    add(Entry("insights", report.label, address, report.permission, report.icon, order, report.keywords))
add(
    Entry(
        "insights",
        _("Models"),
        "analytics:models",
        "analytics.view",
        "crystal-ball",
        order=60,
        keywords="lifetime value churn forecast prediction 模型 预测 預測 流失 终身价值",
    )
)
add(
    Entry(
        "insights",
        _("Persona"),
        "analytics:persona",
        "analytics.view",
        "user-scan",
        order=55,
        keywords="profile segment differ compare who age region 人物画像 用户画像 人物畫像",
    )
)
audit_log.add_labels({"model.run": _("Started a model")})
