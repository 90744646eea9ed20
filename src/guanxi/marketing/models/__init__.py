"""Tables of the marketing room: campaigns, who was in them, and what they cost."""

from guanxi.marketing.models.campaign import Campaign, CampaignStatus, Variant
from guanxi.marketing.models.cost import CostEntry
from guanxi.marketing.models.member import CampaignMember

__all__ = ["Campaign", "CampaignMember", "CampaignStatus", "CostEntry", "Variant"]
