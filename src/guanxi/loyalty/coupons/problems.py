"""What can go wrong with coupons; messages are for people."""

from collections.abc import Mapping, Sequence

from guanxi.loyalty.coupons.types import NotUsed


class BadRule(ValueError):
    """The coupon cannot be like this. ``problems`` holds a sentence for each field that is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class NoCoupon(LookupError):
    """There is no such coupon."""


class NoRedemption(LookupError):
    """The ledger has no such entry."""


class WrongState(Exception):
    """That cannot be done with the coupon as it is now."""


class Refused(Exception):
    """None of the codes can be used on this basket; nothing was written."""

    def __init__(self, not_used: Sequence[NotUsed], message: str) -> None:
        super().__init__(message)
        self.not_used = tuple(not_used)


class NotAsExpected(Exception):
    """The coupons would now take off another amount than the caller said; nothing was written."""


class KeyReused(Exception):
    """The key of this request was used for a different one."""
