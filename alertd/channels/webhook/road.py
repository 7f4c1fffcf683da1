"""How one address is reached: one connection, straight or by the proxy that the environment names.

`httpcore` is what httpx makes its calls with; half of a call's cost is what httpx adds for things that a webhook has no
use for, such as cookies and redirects (`./do bench peers`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from alertd.channels.webhook.whole import Whole
from alertd.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    Road = httpcore.AsyncConnectionPool

#: For so many seconds a connection that is not used is kept.
KEPT = 5.0


def road(address: httpx.URL) -> Callable[[], Road]:
    """What makes roads of one connection to an address.

    HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY count as elsewhere. Raises InputError for a proxy that is none.
    """
    tls = httpx.create_ssl_context()  # once: it reads all certificates
    straight = partial(
        httpcore.AsyncConnectionPool, ssl_context=tls, max_connections=1, keepalive_expiry=KEPT,
        network_backend=Whole(),
    )  # fmt: skip
    proxies = getproxies()
    by = proxies.get(address.scheme) or proxies.get("all")
    if not by or proxy_bypass(address.netloc.decode()):
        return straight
    proxy = _proxy(by if "://" in by else f"http://{by}")
    return partial(
        httpcore.AsyncHTTPProxy, str(proxy.url), proxy_auth=proxy.raw_auth, ssl_context=tls, max_connections=1,
        keepalive_expiry=KEPT, network_backend=Whole(),
    )  # fmt: skip


def _proxy(address: str) -> httpx.Proxy:
    # It is never quoted in an error: it may hold a password.
    try:
        proxy = httpx.Proxy(address)
        usable = proxy.url.scheme in ("http", "https")
    except (httpx.InvalidURL, ValueError):
        usable = False
    if not usable:
        raise InputError("channels.webhook: the proxy that the environment names has no http:// or https:// address")
    return proxy
