"""What is kept of an address, a referrer, a search and a browser: enough to understand a visit, not the person."""

import re
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import unquote, urlsplit
from uuid import UUID

from guanxi.core.crypto import keyring

GONE = "…"
EMAIL = re.compile(r"[^\s/@]+(@|%40)[^\s/@]+", re.IGNORECASE)
PHONE = re.compile(r"(?:\+|00)?\d[\d\s().-]{6,}\d")
CHINESE_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
SECRET = 40
"""A part of a path longer than this is taken for a token rather than a name."""

ENGINES = re.compile(
    r"(^|\.)(google|bing|baidu|sogou|so|yahoo|duckduckgo|yandex|ecosia|naver|sm)\.[a-z.]{2,6}$", re.IGNORECASE
)
NETWORKS = re.compile(
    r"(^|\.)(weibo|xiaohongshu|xhslink|douyin|kuaishou|zhihu|bilibili|qq|weixin|wechat|facebook|instagram|tiktok|t|x"
    r"|twitter|youtube|pinterest|reddit|linkedin|lnkd|vk)\.[a-z.]{2,6}$",
    re.IGNORECASE,
)
BOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scan|preview|prefetch|monitor|curl|wget|python|java/|go-http|okhttp|headless"
    r"|phantom|selenium|puppeteer|playwright|lighthouse|pingdom|uptime|facebookexternalhit|axios|node-fetch",
    re.IGNORECASE,
)


def personal(text: str) -> bool:
    """Whether a text looks like an e-mail address or a telephone number, or has one in it."""
    return bool(EMAIL.search(text) or CHINESE_PHONE.search(text) or PHONE.fullmatch(text.strip()))


@lru_cache(maxsize=8192)
def path(text: str) -> str:
    """The path alone, its personal and secret parts taken out."""
    try:
        plain = unquote(urlsplit(text).path if "://" in text else re.split(r"[?#]", text, maxsplit=1)[0])
    except ValueError:
        return ""
    parts = [GONE if len(part) > SECRET or EMAIL.search(part) or CHINESE_PHONE.search(part) else part
             for part in plain.split("/")]  # fmt: skip
    return "/".join(parts)[:200]


@lru_cache(maxsize=8192)
def words(text: str, limit: int) -> str:
    """A label, or nothing where it looks like somebody's address or number."""
    if not text:
        return ""
    short = " ".join(text.split())[:limit]
    return "" if personal(short) else short


@lru_cache(maxsize=8192)
def host(referrer: str) -> str:
    """The host of a referrer, without ``www.``; nothing else of it is kept."""
    try:
        found = urlsplit(referrer if "//" in referrer else f"//{referrer}").hostname or ""
    except ValueError:
        return ""
    return found.removeprefix("www.")[:80]


@lru_cache(maxsize=8192)
def origin(referrer: str, utm_source: str, utm_medium: str) -> tuple[str, str]:
    """Source and medium of a visit: what the link says of itself, else the referrer's host and what kind of host it is.

    Two empty texts for those who came by themselves, or from another page of the same website.
    """
    if source := words(utm_source.lower(), 80):
        return source, words(utm_medium.lower(), 16) or "campaign"
    found = host(referrer)
    if not found:
        return "", ""
    return found, "search" if ENGINES.search(found) else "social" if NETWORKS.search(found) else "referral"


@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Whether a browser says of itself that no person sits before it."""
    return len(user_agent) < 20 or bool(BOTS.search(user_agent))


@lru_cache(maxsize=4096)
def browser(user_agent: str) -> tuple[str, str]:
    """Class of device and family of browser; the rest of what it says, which could tell people apart, is dropped."""
    text = user_agent.lower()
    device = "desktop"
    if "ipad" in text or "tablet" in text or ("android" in text and "mobile" not in text):
        device = "tablet"
    elif "mobi" in text or "iphone" in text or "android" in text:
        device = "phone"
    families = (
        ("micromessenger", "WeChat"),
        ("alipay", "Alipay"),
        ("weibo", "Weibo"),
        ("qqbrowser", "QQ"),
        ("ucbrowser", "UC"),
        ("edg", "Edge"),
        ("opr/", "Opera"),
        ("firefox", "Firefox"),
        ("fxios", "Firefox"),
        ("samsungbrowser", "Samsung"),
        ("crios", "Chrome"),
        ("chrome", "Chrome"),
        ("safari", "Safari"),
    )
    return device, next((name for mark, name in families if mark in text), "other" if text else "")


def visitor(site_id: int, identifier: str) -> UUID:
    """The keyed hash under which a browser is known; its identifier itself is not kept."""
    return keyring().hash(f"{site_id}:{identifier}", "visits.visitor")


def event_number(text: str) -> UUID:
    """An event's id as 128 bits: a UUID as it is, any other name hashed."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(bytes=blake2b(text.encode("utf-8", "ignore"), digest_size=16).digest())
