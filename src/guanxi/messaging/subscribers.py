"""Messages follow their customer through merges."""

from guanxi.customers.following import follow

follow("messaging_message")
