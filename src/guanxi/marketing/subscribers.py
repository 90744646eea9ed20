"""A customer's places in campaigns follow their customer through merges."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.following import follow

follow("marketing_campaignmember", label=_("Campaigns"))
