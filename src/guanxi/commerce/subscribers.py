"""Orders follow their customer through merges."""

from guanxi.customers.following import follow

follow("commerce_order")
