"""Points: an append-only ledger of lots that are earned, reversed, spent, expire, and are adjusted by hand."""
