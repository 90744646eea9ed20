"""Splitting money so that the parts add up to the whole, to the smallest unit."""

from collections.abc import Sequence

from guanxi.core.money import Minor

WHOLE = 10_000
"""Shares are in hundredths of a percent."""


def split(amount: Minor, weights: Sequence[Minor]) -> list[Minor]:
    """``amount`` by ``weights``: each part its exact share rounded down, what remains to the largest remainders.

    The largest-remainder method (Hare quota); the earlier of two equal remainders wins. With ``amount`` no larger than
    the sum of the weights no part is larger than its weight.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts, remainders = zip(*(divmod(amount * weight, whole) for weight in weights), strict=True)
    result = list(parts)
    missing = amount - sum(result)
    for place in sorted(range(len(weights)), key=lambda place: -remainders[place])[:missing]:
        result[place] += 1
    return result


def share_of(amount: Minor, share: int) -> Minor:
    """``share`` hundredths of a percent of an amount, half a unit rounded up."""
    return (2 * amount * share + WHOLE) // (2 * WHOLE)
