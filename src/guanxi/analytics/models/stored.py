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


class NextProduct(models.Model):
    """One product that a customer is likely to want; rank 0 and without a product for one who has none any more."""

    pk = models.CompositePrimaryKey("customer_id", "rank")
    customer_id = models.BigIntegerField()
    rank = models.SmallIntegerField(db_default=0)
    """From 1, the likeliest."""
    product_id = models.BigIntegerField(null=True)
    score = models.FloatField(null=True)
    """Larger is likelier; on no scale of its own."""
    reason = models.CharField(max_length=8, db_default="")
    """``with``: bought with ``reason_product_id``; ``alike``: by customers of like tastes; ``popular``."""
    reason_product_id = models.BigIntegerField(null=True)
    share = models.FloatField(null=True)
    """Of the buyers of the product of the reason, those who bought this one."""
    changed_xact = ChangeMark()

    def __str__(self) -> str:
        return f"next product {self.rank} of customer {self.customer_id}"


class NextOrder(models.Model):
    """When a customer is due to buy again, and what; all null for one of whom the newest run says nothing."""

    customer_id = models.BigIntegerField(primary_key=True)
    due_at = models.DateTimeField(null=True)
    """By then half of such customers have ordered again, of those who do."""
    due_from = models.DateTimeField(null=True)
    due_until = models.DateTimeField(null=True)
    """Eight of ten order between the two."""
    due_product_id = models.BigIntegerField(null=True)
    """What they buy again and again and are due for first."""
    due_product_at = models.DateTimeField(null=True)
    """By their pace; already over for one who is late."""
    changed_xact = ChangeMark()

    def __str__(self) -> str:
        return f"next order of customer {self.customer_id}"


class CategoryChance(models.Model):
    """How likely one of the likeliest three tenths of the customers is to buy from a category soon."""

    pk = models.CompositePrimaryKey("customer_id", "place")
    customer_id = models.BigIntegerField()
    place = models.SmallIntegerField(db_default=0)
    """Of the category among those of the run, from 1; 0 with nothing else for one of whom nothing is said any more."""
    category = models.CharField(max_length=200, db_default="")
    chance = models.FloatField(null=True)
    tenth = models.SmallIntegerField(null=True)
    """1 is the likeliest tenth of all customers who have bought."""
    changed_xact = ChangeMark()

    def __str__(self) -> str:
        return f"chance {self.place} of customer {self.customer_id}"
