"""E-mail addresses as SMTP wants them."""

import re
from email.utils import parseaddr

LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")
DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def normalise(address: str) -> str:
    """Lower case, with the domain in its ASCII form (RFC 5891); empty when no mail can go there."""
    local, at, domain = address.strip().lower().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    dots_right = not local.startswith(".") and not local.endswith(".") and ".." not in local
    return f"{local}@{domain}" if at and dots_right and LOCAL.fullmatch(local) and DOMAIN.fullmatch(domain) else ""


def split_sender(sender: str) -> tuple[str, str]:
    """Name and address of ``Shop <shop@example.com>``."""
    return parseaddr(sender)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"


def tagged(address: str, tag: str) -> str:
    """``bounces@x`` with a tag: ``bounces+tag@x`` (a variable envelope return path)."""
    local, _at, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}"
