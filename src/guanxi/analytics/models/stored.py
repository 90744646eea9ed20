"""Tables of the analytics room: runs of forecasts, and what the newest said of each customer."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.core.changes import ChangeMark


class RunState(models.TextChoices):
    DONE = "done", _("Done")
    NOT_ENOUGH = "not_enough", _("Not enough data yet")


class ModelRun(models.Model):
    """One run of a forecast that came to its end. Append-only; what goes wrong on the way is told by its job."""

    model = models.CharField(max_length=40)
    """Name of the forecast; see guanxi.analytics.forecasts."""
    version = models.IntegerField()
    """Of the forecast's program: raised when the same data would give other numbers."""
    state = models.CharField(max_length=12, choices=RunState)
    message = models.CharField(max_length=300, blank=True)
    """Why there was not enough, as a name that the forecast has words for."""
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    """The data window, in the merchant's zone, both included."""
    customers = models.BigIntegerField(default=0)
    parameters = models.JSONField(default=dict)
    quality = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    """What the forecast's page shows."""
    currency = models.CharField(max_length=3, blank=True)
    """Of the amounts in ``result``."""
    warehouse_version = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    seconds = models.FloatField(default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["model", "-finished_at"], name="model_run_recent")]

    def __str__(self) -> str:
        return f"{self.model} {self.finished_at:%Y-%m-%d %H:%M}"


class CustomerValue(models.Model):
    """What the newest run said of one customer; all null for one of whom it no longer says anything.

    Made anew whole by each run, so a customer who is merged away needs no care: the next run has one row of both.
    """

    customer_id = models.BigIntegerField(primary_key=True)
    p_alive = models.FloatField(null=True)
    """Chance that the customer has not left for good."""
    expected_orders_30 = models.FloatField(null=True)
    expected_orders_90 = models.FloatField(null=True)
    expected_orders_365 = models.FloatField(null=True)
    lifetime_value = models.BigIntegerField(null=True)
    """Discounted, of the next twelve months, in minor units of the merchant's currency."""
    lifetime_value_low = models.BigIntegerField(null=True)
    lifetime_value_high = models.BigIntegerField(null=True)
    churn_risk = models.FloatField(null=True)
    """Chance of no order within a year."""
    next_order_at = models.DateTimeField(null=True)
    """By when an order is as likely as not; null when that is never or in more than three years."""
    changed_xact = ChangeMark()

    def __str__(self) -> str:
        return f"value of customer {self.customer_id}"
