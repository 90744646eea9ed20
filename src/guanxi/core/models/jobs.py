from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """Work done by the worker that people can watch, cancel and retry. See guanxi.core.jobs."""

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    """Empty where the label of its kind says enough."""
    arguments = models.JSONField(default=dict)
    lock = models.CharField(max_length=100, default="", blank=True)
    """Jobs with the same lock run one at a time."""
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.IntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at"], name="job_recent"),
            models.Index(fields=["kind", "-created_at"], name="job_kind"),
        ]

    def __str__(self) -> str:
        from guanxi.core.jobs import label_of  # which needs this model

        return self.title or label_of(self.kind)

    @property
    def finished(self) -> bool:
        return self.state in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}
