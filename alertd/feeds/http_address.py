"""Addresses of a portal: what may be asked, what may be followed, and what of one may be shown."""

from __future__ import annotations

import httpx

from alertd.core.errors import FeedError, FeedInputError


def base_of(name: str, url: str) -> httpx.URL:
    """The address without user, password or query. Raises FeedInputError."""
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL("")
    if base.scheme not in {"http", "https"} or not base.host:
        raise FeedInputError(f"feed {name}: `url:` is no address of a portal; write it as https://host or http://host")
    return base.copy_with(username=None, password=None, query=None, fragment=None)


def shown(url: httpx.URL) -> str:
    """An address as an error may show it."""
    return str(url.copy_with(username=None, password=None, query=None, fragment=None))


def followed(url: httpx.URL, location: str, where: str) -> httpx.URL:
    """Where a redirect leads. Raises FeedError for another host, or for giving up encryption: the password would go."""
    try:
        target = url.join(location)
    except httpx.InvalidURL:
        raise FeedError(f"{where} redirects to no address; check the address of the feed") from None
    if target.host != url.host or (url.scheme == "https" and target.scheme != "https"):
        raise FeedError(
            f"{where} redirects to {target.scheme}://{target.host}, which is not followed;"
            f" if the portal has moved, write its new address into the feed"
        )
    return target.copy_with(username=None, password=None)


def linked(base: httpx.URL, link: str, where: str) -> httpx.URL:
    """Where a link leads. Raises FeedError for another host, port or scheme: what goes with the call is not theirs."""
    try:
        target = base.join(link)
    except httpx.InvalidURL:
        raise FeedError(f"{where} gives a link to the next page that is no address; ask its operator") from None
    if (target.scheme, target.host, target.port) != (base.scheme, base.host, base.port):
        raise FeedError(
            f"{where} gives a link to the next page at {target.scheme}://{target.netloc.decode('ascii')},"
            f" which is not followed; ask for its pages by number or offset"
        )
    return target.copy_with(username=None, password=None, fragment=None)
