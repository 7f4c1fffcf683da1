from __future__ import annotations

import unicodedata

import pytest

from alertd.channels.zalo import template
from tests.channels.samples import outgoing

ALL = {name: f"id-{name}" for name in template.PARAMETERS}
PAGE = "https://canhbao.example/m/m0123-65f-abc"


def dossier(code, due_at="2024-06-03T17:00:00+07:00"):
    return {"code": code, "step": "overdue", "due_at": due_at, "url": None}


@pytest.mark.parametrize(
    ("kind", "urgency", "expected"),
    [
        ("digest", "normal", "soon"),
        ("digest", "high", "overdue"),
        ("digest", "critical", "overdue"),
        ("notice", "high", "notice"),
        ("resolved", "normal", "resolved"),
        ("drill", "normal", "drill"),
    ],
)
def test_the_purpose_follows_from_kind_and_urgency(kind, urgency, expected):
    part = outgoing(kind=kind, urgency=urgency)

    assert template.purpose(part) == expected
    assert template.fill(part, ALL, pages=True).template_id == f"id-{expected}"


def test_every_parameter_of_an_overdue_message():
    part = outgoing(page=PAGE, dossiers=[dossier("H27.35-240531-0007"), dossier("H27.35-240531-0009", None)])

    assert template.fill(part, ALL, pages=True).data == {
        "ten": "Trưởng phòng Tư pháp",
        "noi_dung": "QUÁ HẠN 1 ngày: 1 hồ sơ (Phòng Tư pháp)",
        "so_ho_so": "2 hồ sơ",
        "ma_ho_so": "H27.35-240531-0007 +1",
        "han": "17:00 03/06/2024",
        "trang_thai": "Quá hạn",
        "lien_ket": "m0123-65f-abc",
    }


@pytest.mark.parametrize("purpose", template.PARAMETERS)
@pytest.mark.parametrize("pages", [True, False])
def test_each_purpose_has_its_own_parameters_and_each_value_fits_in_nfc(purpose, pages):
    long = unicodedata.normalize("NFD", "ề" * 500)
    kinds = {"soon": ("digest", "normal"), "overdue": ("digest", "high"), "default": ("digest", "high")}
    kind, urgency = kinds.get(purpose, (purpose, "normal"))
    part = outgoing(
        kind=kind, urgency=urgency, person_name=long, text=f"\x00{long}\n2", page=f"https://h/m/{'x' * 300}",
        dossiers=[dossier(long)] * 12_000,
    )  # fmt: skip
    templates = {"default": "d"} if purpose == "default" else {purpose: "p"}
    filled = template.fill(part, templates, pages=pages)

    wanted = [name for name in template.PARAMETERS[purpose] if pages or name != "lien_ket"]
    assert list(filled.data) == wanted
    for name, value in filled.data.items():
        assert 1 <= len(value) <= template.LENGTHS[name], name
        assert unicodedata.is_normalized("NFC", value), name
    if "ma_ho_so" in filled.data:
        assert filled.data["ma_ho_so"].endswith("… +11999")
    assert filled.data["ten"] == "ề" * 29 + "…"


def test_what_has_no_template_of_its_own_takes_the_default_with_its_parameters():
    filled = template.fill(outgoing(kind="notice", dossiers=[]), {"default": "d", "soon": "s"}, pages=True)

    assert (filled.template_id, filled.data["trang_thai"], filled.data["lien_ket"]) == ("d", "Cần kiểm tra", "0")
    assert tuple(filled.data) == template.PARAMETERS["default"]


@pytest.mark.parametrize("templates", [{}, {"soon": "s"}, {"overdue": "", "default": ""}])
def test_without_any_template_nothing_is_filled(templates):
    assert template.fill(outgoing(), templates, pages=True) is None


@pytest.mark.parametrize("due_at", [None, "", "soon", "2024-06-03", "2024-06-03T17:00:00"])
def test_a_due_date_that_is_none_is_said_to_be_missing(due_at):
    filled = template.fill(outgoing(dossiers=[dossier("A", due_at)]), ALL, pages=False)

    assert filled.data["han"] == "chưa có hạn"


def test_the_earliest_due_date_is_named():
    dossiers = [dossier("A", "2024-06-05T17:00:00+07:00"), dossier("B", "2024-06-04T09:30:00+07:00")]

    assert template.fill(outgoing(dossiers=dossiers), ALL, pages=False).data["han"] == "09:30 04/06/2024"


def test_a_message_without_dossiers_or_name_still_fills_every_parameter():
    filled = template.fill(outgoing(dossiers=[], person_name=" ", text=" "), ALL, pages=True)

    assert all(value.strip() for value in filled.data.values())
    assert filled.data["ten"] == "truong-phong-tu-phap"
