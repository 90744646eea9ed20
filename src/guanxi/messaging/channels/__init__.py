"""Channels by which customers are written to: one module or package each, listed here and nowhere else."""

from guanxi.core.registry import Registry
from guanxi.messaging.channels.base import Channel

CHANNELS: Registry[Channel] = Registry("channel", {"email": "guanxi.messaging.channels.email.Email"})
