"""Units and people from the two worksheets of a workbook, as an organisation.yaml that an admin goes on with.

Headers are found wherever they stand, without case and marks. A row that cannot be used is refused with its number:
nobody may be missing because of a mistyped cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alertd.commands.feed_block import quoted
from alertd.core.errors import InputError
from alertd.core.text import clean, fold
from alertd.feeds.workbook import is_workbook, tabs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Row = dict[str, str]

#: Headers by what they mean, folded.
UNIT_HEADERS = {
    "code": ("ma don vi", "ma", "code"),
    "name": ("ten don vi", "don vi", "name"),
    "kind": ("loai", "loai don vi", "kind"),
    "parent": ("truc thuoc", "don vi cap tren", "cap tren", "reports_to"),
    "aliases": ("ten khac", "ten tren cong", "aliases"),
}
PERSON_HEADERS = {
    "name": ("ho ten", "ho va ten", "nguoi", "name"),
    "id": ("ma nguoi", "ma can bo", "id"),
    "unit": ("ma don vi", "don vi", "unit"),
    "post": ("chuc vu", "chuc danh", "post"),
    "portal_ids": ("tai khoan", "tai khoan tren cong", "tai khoan cong", "portal_ids"),
    "phone": ("dien thoai", "so dien thoai", "phone"),
    "email": ("email", "e-mail", "thu dien tu"),
    "chat_id": ("telegram", "chat_id"),
}
#: How a post's title begins, folded, and what it is; the first that fits.
POSTS = (
    ("deputy", ("pho ",)),
    ("head", ("chu tich", "truong ", "giam doc", "chanh ", "cuc truong", "chi cuc truong")),
    ("duty", ("truc ", "dau moi", "nguoi truc")),
    ("staff", ("chuyen vien", "can bo", "cong chuc", "vien chuc", "nhan vien", "van thu", "ke toan")),
)
WRITTEN = frozenset({"head", "deputy", "duty", "staff"})
LOOKED_AT = 20
_CODE = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
_NUMBER = re.compile(r"(\d+)\.0")
_BETWEEN_ACCOUNTS = re.compile(r"[|,;\r\n]+")  # no spaces: portals name officers "Trần Văn Mẫu" too
_SHORT = 9  # digits of a mobile number that a spreadsheet has robbed of its zero


@dataclass
class Person:
    """Somebody of the workbook; several rows of one id are several posts."""

    id: str
    name: str
    posts: list[tuple[str, str]] = field(default_factory=list)
    portal_ids: list[str] = field(default_factory=list)
    phone: str = ""
    email: str = ""
    chat_id: str = ""


@dataclass
class Office:
    """What the workbook says."""

    units: list[Row]
    people: dict[str, Person]


def read(path: Path) -> Office:
    """The office of a workbook. Raises InputError with the worksheet and row of what cannot be used."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the name and the folder") from None
    if not is_workbook(raw):
        raise InputError(f"{path} is no Excel workbook; save the list as XLSX")
    units: list[Row] = []
    people: list[tuple[str, Row]] = []
    for tab in tabs(raw, None, str(path)):
        where = f"{path}: '{tab.name}'"
        if rows := _rows(tab.rows, PERSON_HEADERS, ("name", "unit", "post")):
            people += [(f"{where} row {number}", row) for number, row in rows]
        elif rows := _rows(tab.rows, UNIT_HEADERS, ("code", "name")):
            units += [_unit(row, f"{where} row {number}") for number, row in rows]
    if not units:
        raise InputError(f"{path}: no worksheet has the headers 'Mã đơn vị', 'Tên đơn vị' with units below them")
    if not people:
        raise InputError(f"{path}: no worksheet has the headers 'Họ tên', 'Đơn vị', 'Chức vụ' with people below them")
    return Office(units, _people(people, units))


def _rows(
    cells: Sequence[Sequence[object]], headers: dict[str, tuple[str, ...]], needed: Sequence[str]
) -> list[tuple[int, Row]]:
    """The rows below a header that has all that is needed, with the numbers a person sees; empty without one."""
    for number, row in enumerate(cells[:LOOKED_AT]):
        titles = [fold(str(cell)) for cell in row]
        columns = {key: titles.index(name) for key, names in headers.items() for name in names[::-1] if name in titles}
        if all(key in columns for key in needed):
            below = enumerate(cells[number + 1 :], number + 2)
            found = [(at, {key: _text(row, column, key) for key, column in columns.items()}) for at, row in below]
            return [(at, row) for at, row in found if any(row.values())]
    return []


def _text(row: Sequence[object], column: int, key: str) -> str:
    written = str(row[column]) if column < len(row) else ""
    text = clean(_BETWEEN_ACCOUNTS.sub(";", written) if key == "portal_ids" else written)
    whole = _NUMBER.fullmatch(text)
    return whole[1] if whole else text


def _unit(row: Row, where: str) -> Row:
    if not _CODE.fullmatch(row["code"]) or not row["name"]:
        raise InputError(f"{where}: a unit needs a code of Latin letters and digits, and a name")
    return row


def _people(rows: Sequence[tuple[str, Row]], units: Sequence[Row]) -> dict[str, Person]:
    known = {fold(text): unit["code"] for unit in units for text in (unit["name"], unit["code"])}
    people: dict[str, Person] = {}
    heads: dict[str, str] = {}
    owners: dict[str, tuple[str, str]] = {}
    for where, row in rows:
        unit = known.get(fold(row["unit"]))
        if unit is None:
            raise InputError(f"{where}: no unit of the list is called '{row['unit']}'; write its code or its name")
        id_ = row.get("id") or re.sub(r"[^a-z0-9]+", "-", fold(row["name"])).strip("-")
        if not _CODE.fullmatch(id_):
            raise InputError(f"{where}: write a name, or an id of Latin letters and digits under 'Mã người'")
        person = people.setdefault(id_, Person(id_, row["name"]))
        if person.name != row["name"]:
            raise InputError(f"{where}: '{id_}' is {person.name} already; give each their own 'Mã người'")
        if person.posts and not row.get("id"):
            raise InputError(
                f"{where}: {person.name} stands in the list twice; write the same 'Mã người' in both rows if it is one"
                f" person with two posts, else two different ones"
            )
        post = post_of(row["post"], where)
        if post == "head" and heads.setdefault(unit, person.name) != person.name:
            raise InputError(
                f"{where}: '{row['post']}' would be a second head of {unit}, beside {heads[unit]}, and hear what"
                " the head hears; write head for one of them, and deputy or staff for the other"
            )
        person.posts.append((unit, post))
        for account in filter(None, map(str.strip, row.get("portal_ids", "").split(";"))):
            owner, there = owners.setdefault(account, (id_, where))
            if owner != id_:
                raise InputError(
                    f"{where}: the account '{account}' is that of {people[owner].name} already, {there}; an account"
                    " is one person's"
                )
            if account not in person.portal_ids:
                person.portal_ids.append(account)
        person.phone = person.phone or phone_of(row.get("phone", ""))
        person.email = person.email or row.get("email", "")
        person.chat_id = person.chat_id or row.get("chat_id", "")
    return people


def post_of(title: str, where: str) -> str:
    """A post by its title. Raises InputError for one that nobody knows."""
    folded = f"{fold(title)} "
    if folded.strip() in WRITTEN:
        return folded.strip()
    for post, beginnings in POSTS:
        if folded.startswith(beginnings):
            return post
    raise InputError(f"{where}: it is not clear what '{title}' is; write head, deputy, duty or staff instead")


def phone_of(text: str) -> str:
    """A Vietnamese number as the channels write it, 84…; what is none is left to `check`."""
    digits = re.sub(r"[\s.+()-]", "", text)
    if not digits.isdecimal():
        return text
    if len(digits) == _SHORT:
        return f"84{digits}"
    return f"84{digits[1:]}" if digits.startswith("0") else digits


def lines(office: Office, admin: str, channels: Sequence[str]) -> Iterator[str]:
    """organisation.yaml; `channels` are the configured ones, in the order in which people are to be tried."""
    yield "# yaml-language-server: $schema=schema/organisation.json"
    yield "# Ai ở đâu: đơn vị, chức vụ, cách liên lạc. Sau khi sửa, chạy `alertd check` để kiểm tra."
    yield ""
    yield f"fallback: person:{admin}        # nhận mọi cảnh báo không tìm được ai khác"
    yield ""
    yield "units:"
    codes = {fold(text): unit["code"] for unit in office.units for text in (unit["name"], unit["code"])}
    for unit in office.units:
        parts = [f"code: {quoted(unit['code'])}", f"name: {quoted(unit['name'])}"]
        if kind := unit.get("kind"):
            parts.append(f"kind: {quoted(re.sub(r'[^a-z0-9]+', '-', fold(kind)).strip('-'))}")
        if parent := unit.get("parent"):
            parts.append(f"reports_to: {quoted(codes.get(fold(parent), parent))}")
        if aliases := [text.strip() for text in unit.get("aliases", "").split(";") if text.strip()]:
            parts.append(f"aliases: [{', '.join(map(quoted, aliases))}]")
        yield f"  - {{{', '.join(parts)}}}"
    yield ""
    yield "people:"
    for person in office.people.values():
        yield f"  - id: {quoted(person.id)}"
        yield f"    name: {quoted(person.name)}"
        if person.portal_ids:
            yield f"    portal_ids: [{', '.join(map(quoted, person.portal_ids))}]"
        posts = ", ".join(f"{{unit: {quoted(unit)}, post: {post}}}" for unit, post in person.posts)
        yield f"    posts: [{posts}]"
        yield f"    contacts: [{', '.join(contact for name in channels for contact in _contact(person, name))}]"


def _contact(person: Person, channel: str) -> Iterator[str]:
    """A way to the person over a channel, where there can be one."""
    if channel in {"zalo", "webhook"} and person.phone:
        yield f"{{channel: {channel}, phone: {quoted(person.phone)}}}"
    elif channel == "email" and person.email:
        yield f"{{channel: email, address: {quoted(person.email)}}}"
    elif channel == "telegram":
        yield f"{{channel: telegram, chat_id: {quoted(person.chat_id)}}}" if person.chat_id else "{channel: telegram}"
    elif channel in {"zalo_bot", "console"}:
        yield f"{{channel: {channel}}}"
