"""The demo merchant: a home-textile seller that does not exist, with customers who belong to nobody."""
