"""What keeps the account's tokens, as the channel sees it; `store.credentials` has one (delivery reference 7.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.core.grant import Grant, GrantState


class Vault(Protocol):
    """Where the grant is kept; synchronous, each method a transaction. Methods raise StoreError."""

    def load(self) -> Grant | None:
        """The newest grant, None if there never was one."""
        ...

    def adopt(self, grant: Grant) -> Grant:
        """Begin with a grant from the configuration."""
        ...

    def mark(self, seen: Grant, state: GrantState, detail: str, now: datetime) -> Grant | None:
        """Enter a state by compare-and-set; None if somebody was faster."""
        ...

    def save(self, grant: Grant) -> bool:
        """Store a new version by compare-and-set; False if somebody was faster."""
        ...

    def keep(self, grant: Grant) -> None:
        """Write it beside the database, which refuses; the next `load` imports it. Raises OSError."""
        ...
