"""The simulated portal's Keycloak: tokens for iGate (reference 1.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.demo.portal.faults import Faults

PATH = "/auth/realms/digo/protocol/openid-connect/token"


@dataclass
class Sso:
    """Gives tokens to one client and one account, and knows those that it gave.

    `granted` has the kind of each grant. With a `username`, a password grant is demanded, else the client's own.
    """

    client_id: str
    client_secret: str = field(repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    granted: list[str] = field(default_factory=list)
    _uses: dict[str, int] = field(default_factory=dict, repr=False)

    def answer(self, form: Mapping[str, str], faults: Faults) -> tuple[int, dict[str, object]]:
        """Status and JSON for one grant."""
        if form.get("client_id") != self.client_id or form.get("client_secret", "") != self.client_secret:
            return 401, {"error": "unauthorized_client", "error_description": "Invalid client or client credentials"}
        wanted = "password" if self.username else "client_credentials"
        if form.get("grant_type") != wanted:
            return 400, {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
        login = (form.get("username", ""), form.get("password", ""))
        if faults.locked_out or (self.username and login != (self.username, self.password)):
            return 401, {"error": "invalid_grant", "error_description": "Invalid user credentials"}
        token = token_urlsafe(24)
        self._uses[token] = 0
        self.granted.append(wanted)
        return 200, {"access_token": token, "expires_in": faults.token_life, "token_type": "Bearer"}

    def knows(self, header: str, faults: Faults) -> bool:
        """Whether a header `Authorization` carries a token that is still good; each question is a use of it."""
        kind, _, token = header.partition(" ")
        if faults.expired:
            self._uses.clear()
            faults.expired = False
        if kind != "Bearer" or token not in self._uses or faults.locked_out:
            return False
        self._uses[token] += 1
        return not faults.token_calls or self._uses[token] <= faults.token_calls
