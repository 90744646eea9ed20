from django.db import models


class Setting(models.Model):
    """One setting of the merchant, changed on the Settings page. See guanxi.core.preferences."""

    name = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.name
