"""Notes and files on customers. Public: `services`, `queries`."""
