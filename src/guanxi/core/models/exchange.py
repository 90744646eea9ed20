from django.db import models


class ExchangeRate(models.Model):
    """What one unit of a currency is worth in the merchant's currency, set on the Settings page."""

    currency = models.CharField(max_length=3, primary_key=True)
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"
