from django.db import models

from guanxi.core.changes import ChangeMark


class Visitor(models.Model):
    """One browser on one website: anonymous until its person says who they are.

    ``heat`` is a sum of decayed points, each as it would be worth at `scoring.EPOCH`: it changes only when something
    happens, and orders visitors on any day as the points of that day would.
    """

    site_id = models.BigIntegerField()
    key = models.UUIDField(unique=True)
    customer_id = models.BigIntegerField(null=True)
    origin_customer_id = models.BigIntegerField(null=True)
    """Whose it was before merges, where that is another; see customers/merging/."""
    known_since = models.DateTimeField(null=True)
    """Kept when the customer is erased, so that the warehouse sees them go."""
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    source = models.CharField(max_length=80, default="", blank=True)
    """Of the first session: a host, the ``utm_source``, or empty for those who came by themselves."""
    medium = models.CharField(max_length=16, default="", blank=True)
    visits = models.IntegerField(default=0)
    pages = models.IntegerField(default=0)
    products = models.IntegerField(default=0)
    searches = models.IntegerField(default=0)
    carts = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    forms = models.IntegerField(default=0)
    heat = models.FloatField(default=0)
    bot = models.BooleanField(default=False)
    changed_xact = ChangeMark()

    class Meta:
        indexes = [
            models.Index(
                fields=["customer_id"], name="visitor_customer", condition=models.Q(customer_id__isnull=False)
            ),
            models.Index(fields=["last_seen_at"], name="visitor_seen"),
        ]

    def __str__(self) -> str:
        return f"visitor {self.pk}"


class Session(models.Model):
    """A visit: events of one visitor with no pause of half an hour between them."""

    site_id = models.BigIntegerField()
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="sessions", db_constraint=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    source = models.CharField(max_length=80, default="", blank=True)
    medium = models.CharField(max_length=16, default="", blank=True)
    campaign = models.CharField(max_length=80, default="", blank=True)
    landing = models.CharField(max_length=200, default="", blank=True)
    """The path it began on."""
    device = models.CharField(max_length=8, default="", blank=True)
    browser = models.CharField(max_length=16, default="", blank=True)
    pages = models.IntegerField(default=0)
    products = models.IntegerField(default=0)
    searches = models.IntegerField(default=0)
    carts = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    forms = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["visitor", "-started_at"], name="visit_session_visitor"),
            models.Index(fields=["started_at"], name="visit_session_started"),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"


class Interest(models.Model):
    """How much a visitor wants something; ``heat`` as that of `Visitor`, with the half-life of an interest."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="interests", db_constraint=False)
    kind = models.CharField(max_length=8)
    """``product``, ``category`` or ``search``."""
    key = models.CharField(max_length=100)
    label = models.CharField(max_length=200)
    heat = models.FloatField()
    views = models.IntegerField(default=0)
    carts = models.IntegerField(default=0)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visitor", "kind", "key"], name="visit_interest_once")]
        indexes = [models.Index(fields=["kind", "key"], name="visit_interest_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class FoldCursor(models.Model):
    """How far sessions have been folded: everything up to and with (xact, event)."""

    xact = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"({self.xact}, {self.event})"
