"""Who issues a document: the block of names at its head, its place, who signs it and who gets it (NĐ 30/2020/NĐ-CP)."""

from __future__ import annotations

from dataclasses import dataclass

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
#: Where a name is to be filled in by hand.
BLANK = "…………"


@dataclass(frozen=True, slots=True)
class Agency:
    """`parent` is the body above, as the head of the page has it; `number` the sign after the number: `BC-VP`."""

    parent: str = ""
    name: str = BLANK
    place: str = BLANK
    number: str = "BC"
    signer_title: str = "NGƯỜI KÝ"
    signer: str = ""
    recipients: tuple[str, ...] = ()
