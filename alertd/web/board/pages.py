"""The pages of the board as HTML: Vietnamese, or English where the reader has switched to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alertd.web.board.access import LANGUAGE
from alertd.web.board.words import CLASS_NAMES, speaking

if TYPE_CHECKING:
    from fastapi import Request, Response

    from alertd.core.signing import Signer
    from alertd.web.board.access import Reader
    from alertd.web.templates import Templates

LANGUAGES = ("vi", "en")
#: A year, in seconds.
YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page is given who reads it, in which language, and the mark that its forms carry."""

    templates: Templates
    signer: Signer

    def show(self, request: Request, name: str, reader: Reader, status: int = 200, **values: Any) -> Response:
        """A page for somebody who is signed in."""
        common = {"reader": reader, "form": self.signer.form(reader.token), "classes": CLASS_NAMES}
        return self._page(request, name, common | values, status)

    def sign_in(self, request: Request, trouble: str = "", status: int = 200) -> Response:
        """How to come in; `trouble` is wrong, wait, over or empty."""
        return self._page(request, "board/sign_in.html", {"reader": None, "trouble": trouble}, status)

    def code(self, request: Request, reader: Reader, trouble: str = "", status: int = 200) -> Response:
        """Where the code from the chat is typed in."""
        return self.show(request, "board/code.html", reader, status, trouble=trouble)

    def _page(self, request: Request, name: str, values: dict[str, Any], status: int) -> Response:
        asked = request.query_params.get("lang", "")
        kept = request.cookies.get(LANGUAGE, "")
        language = next((each for each in (asked, kept) if each in LANGUAGES), LANGUAGES[0])
        common = {"language": language, "t": speaking(language), "path": request.url.path}
        answer = self.templates.page(request, name, common | values, status=status)
        if asked in LANGUAGES and asked != kept:
            answer.set_cookie(LANGUAGE, asked, max_age=YEAR, path="/", secure=True, httponly=True, samesite="lax")
        return answer
