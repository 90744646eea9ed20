"""Campaign results as pages and commands ask for them: over the newest snapshot, in the merchant's currency."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from guanxi.analytics.reports.campaign_result import CampaignResult, campaign_results
from guanxi.analytics.reports.campaign_result_returns import Returns, returns
from guanxi.commerce import queries as commerce
from guanxi.core import preferences
from guanxi.marketing import queries as marketing
from guanxi.marketing.types import CampaignView
from guanxi.warehouse import queries as warehouse


class NotLaunched(LookupError):
    """The campaign has no audience yet, so there is nothing to measure."""


def launched(campaign_id: int) -> CampaignView:
    """A campaign whose audience is frozen. Raises marketing's NoCampaign, NotLaunched."""
    campaign = marketing.campaign(campaign_id)
    if campaign.launched_at is None:
        raise NotLaunched(campaign_id)
    return campaign


def result_of(campaign_id: int) -> CampaignResult:
    """Raises marketing's NoCampaign, NotLaunched, and the warehouse's NoSnapshot."""
    campaign = launched(campaign_id)
    return campaign_results(warehouse.snapshot(), [campaign], currency=preferences.currency(), rates=rates())[0]


def returns_between(start: datetime, end: datetime) -> Returns:
    """Campaigns launched in [start, end). Raises the warehouse's NoSnapshot."""
    campaigns = marketing.launched_between(start, end)
    return returns(campaign_results(warehouse.snapshot(), campaigns, currency=preferences.currency(), rates=rates()))


def rates() -> Mapping[str, Fraction]:
    """What one minor unit of each currency is worth in minor units of the merchant's, exactly."""
    return {currency: Fraction(rate) for currency, rate in commerce.rates_to_merchant().items()}
