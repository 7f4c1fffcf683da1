"""What goes wrong with a portal: switches that may be changed while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def _off(meaning: str) -> Any:
    return field(default=False, metadata={"meaning": meaning})


def _number(meaning: str, value: float | None = 0) -> Any:
    return field(default=value, metadata={"meaning": meaning})


def _text(meaning: str) -> Any:
    return field(default="", metadata={"meaning": meaning})


@dataclass
class Faults:
    """Each switch by itself; several may be on. `SWITCHES` has them with what they do."""

    # the line
    slow: float = _number("so many seconds before every answer", 0.0)
    status: int = _number("lists answer with this HTTP status, 500 say")
    times: int = _number("how many answers `status` spoils; -1 is all", -1)
    retry_after: int | None = _number("the Retry-After header, in seconds, that goes with `status`", None)
    html: bool = _off("lists answer a login page with status 200")
    instead: str = _text("lists answer this text")
    half: bool = _off("half the JSON comes, as if it were all")
    cut: bool = _off("half the JSON comes, then the connection ends")
    redirect: str = _text("lists redirect to this address")
    skew: float = _number("the clock is so many seconds ahead", 0.0)
    # the login
    locked_out: bool = _off("every password and every token is refused")
    expired: bool = _off("tokens given so far are refused from now on; goes off by itself")
    token_life: int = _number("a token says that it lasts so many seconds", 300)
    token_calls: int = _number("a token lasts only so many calls, whatever it says; 0 is no bound")
    token_html: bool = _off("the SSO answers a login page with status 200")
    # the list
    drift: int = _number("so many dossiers more are announced from call to call")
    missing: int = _number("so many dossiers are announced and never come")
    shrunk: bool = _off("a third of the dossiers is gone")
    gone: int = _number("the first so many dossiers are gone")
    doubled: bool = _off("every dossier comes twice, as from a joined table")
    leaving: int = _number("so many of the first dossiers leave the list, one after each call: pages drift")
    jumping: int = _number("so many of the last dossiers jump to the front, one after each call, as if changed")
    # the data
    move_due: float = _number("every open dossier's due date is moved by so many hours", 0.0)
    backdate: bool = _off("whatever is or was finished late is shown finished at its due date")
    pause: bool = _off("every open dossier is paused")
    reopen: bool = _off("every finished dossier is being processed again")

    def turn(self, switches: Mapping[str, str]) -> None:
        """Set switches from text. Raises ValueError, which says what is wrong, and then nothing was set."""
        read = {name: self._read(name, text.strip()) for name, text in switches.items()}
        for name, value in read.items():
            setattr(self, name, value)

    def reset(self) -> None:
        """All switches as at the start."""
        for each in fields(self):
            setattr(self, each.name, each.default)

    def _read(self, name: str, text: str) -> object:
        default = {each.name: each.default for each in fields(self)}.get(name, ...)
        if default is ...:
            raise ValueError(f"there is no switch {name!r}; there are: {', '.join(SWITCHES)}")
        if isinstance(default, str):
            return text
        if isinstance(default, bool):
            if text.lower() not in _WORDS:
                raise ValueError(f"{name} is on or off, and not {text!r}")
            return _WORDS[text.lower()]
        try:
            return float(text) if isinstance(default, float) else int(text) if text else default
        except ValueError:
            raise ValueError(f"{name} is a number, and not {text!r}") from None


_WORDS = {"1": True, "on": True, "true": True, "0": False, "off": False, "false": False, "": False}
#: What each switch does.
SWITCHES: Mapping[str, str] = {each.name: each.metadata["meaning"] for each in fields(Faults)}
