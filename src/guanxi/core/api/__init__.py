"""What every endpoint of the API shares: tokens with scopes, problems, cursors, idempotency keys."""
