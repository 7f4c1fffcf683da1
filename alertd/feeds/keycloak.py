"""A bearer token from Keycloak, for as long as it says that it is good (reference 1.4: about 300 s)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from alertd.core.errors import FeedError
from alertd.feeds.series import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alertd.feeds.http import JsonClient

#: Renewed so long before its end, in seconds, or at half its life if that is shorter: a call takes its time.
MARGIN = 30.0
#: What Keycloak gives unless told otherwise, in seconds; for an answer that does not say.
USUAL_LIFE = 300.0
LOGIN = "the login is refused; check `client_id:`, `client_secret:`, `username:` and `password:`"


class Token:
    """Who asks with a token. `client` reaches the SSO, `path` is its token endpoint there, `form` the grant.

    `clock` counts seconds. A token that is refused before its end is renewed at once; the same grant asks each time.
    """

    def __init__(
        self, client: JsonClient, path: str, form: Mapping[str, str], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._path = path
        self._form = form
        self._clock = clock
        self._token = ""
        self._until = 0.0

    async def headers(self) -> Mapping[str, str]:
        """The token as a header, a new one when the old one is about to end. Raises FeedError."""
        if not self._token or self._clock() >= self._until:
            asked = self._clock()
            answer = await self._client.post(self._path, form=self._form)
            self._token = self._taken(answer)
            life = life_of(answer)
            self._until = asked + life - min(MARGIN, life / 2)
        return {"Authorization": f"Bearer {self._token}"}

    async def renew(self) -> bool:
        """The SSO may have ended a session before its time: another token is worth one more call."""
        self._token = ""
        return True

    def _taken(self, answer: Any) -> str:
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token.strip():
            raise FeedError(
                f"{self._client.where}: the SSO answers JSON without an `access_token`;"
                f" check that `sso:` and `realm:`, or `token_url:`, are those of the portal's Keycloak"
            )
        return token


def grant(client_id: str, client_secret: str, username: str, password: str) -> Mapping[str, str]:
    """The form that asks for a token: in a person's name when one is given, else in the client's own."""
    form = {"grant_type": "password" if username else "client_credentials", "client_id": client_id}
    given = {"client_secret": client_secret, "username": username, "password": password}
    return form | {name: value for name, value in given.items() if value}


def life_of(answer: Mapping[str, Any]) -> float:
    """How long a token is good, in seconds, as its answer says."""
    said = answer.get("expires_in")
    if isinstance(said, float) and 0 < said < float("inf"):
        return said
    return float(whole(said) or USUAL_LIFE)
