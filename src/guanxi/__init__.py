"""Guanxi: a self-hosted customer relationship system for companies that sell online and in shops."""

__version__ = "0.1.0"
