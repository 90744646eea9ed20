"""Personal data as it is shown: enough to recognise, not enough to use."""

HIDDEN = "***"


def name(value: str) -> str:
    """``王小明`` is ``王**``, ``Anna Smith`` is ``A*** S***``."""
    value = value.strip()
    if not value:
        return ""
    if not value.isascii() and " " not in value:
        return value[0] + "*" * max(1, len(value) - 1)
    return " ".join(word[0] + HIDDEN for word in value.split())


def phone(value: str) -> str:
    """``+8613812345678`` is ``138****5678``; others keep their country code and last four digits."""
    if value.startswith("+861") and len(value) == 14:
        return f"{value[3:6]}****{value[-4:]}"
    return f"{value[:3]}****{value[-4:]}" if len(value) > 8 else "****" if value else ""


def email(value: str) -> str:
    """``jane@example.com`` is ``j***@e***.com``."""
    local, _at, domain = value.partition("@")
    if not local or not domain:
        return HIDDEN if value else ""
    site, _dot, ending = domain.rpartition(".")
    return f"{local[0]}{HIDDEN}@{site[:1]}{HIDDEN}.{ending}"


def account(value: str) -> str:
    """First and last character of an account name or customer number."""
    if len(value) < 3:
        return "*" * len(value)
    return f"{value[0]}{HIDDEN}{value[-1]}"


def address(value: str) -> str:
    return HIDDEN if value else ""
