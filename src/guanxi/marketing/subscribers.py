"""A customer's places in campaigns follow their customer through merges."""

from guanxi.customers.following import follow

follow("marketing_campaignmember")
