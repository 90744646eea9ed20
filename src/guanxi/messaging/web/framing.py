"""Showing a message as its receiver would see it, shut off from our own pages."""

import re

from django.http import HttpResponse

POLICY = "sandbox; default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
PIXEL = re.compile(r"<img\b[^>]*/messages/o/[^>]*>", re.IGNORECASE)
BASE = '<base target="_blank">'


def framed(html: str) -> HttpResponse:
    """A message's HTML for a sandboxed frame: no scripts, links lead nowhere, and looking counts as no opening."""
    html = PIXEL.sub("", html)
    at = re.search(r"<head\b[^>]*>", html, re.IGNORECASE)
    page = html[: at.end()] + BASE + html[at.end() :] if at else BASE + html
    response = HttpResponse(page)
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response
