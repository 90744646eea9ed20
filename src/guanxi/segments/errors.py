"""What can be wrong with a definition."""


class DefinitionError(ValueError):
    """A definition cannot be read. ``path`` leads to the bad node, for example ``of[0].of[2].times``."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or 'definition'}: {message}")
        self.path = path
        self.message = message


class BadValue(ValueError):
    """A parameter's value cannot be used; the message is for people."""
