"""Problem 14: one dossier has several codes, and two dossiers look alike."""

from __future__ import annotations

from tests.feeds.problems.ground import HEADERS, exported, opencps

RANDOM = opencps(
    1, dossierNo="000123-260601-48213", dossierCounter="BN-2026/0001", originDossierNo="H27.35-260601-0001"
)


def test_it_is_found_under_every_code_that_it_ever_had(office, portal, rows):
    rows.append(RANDOM)
    office.reads_opencps(portal)
    office.poll("08/06 09:00")
    rows[0] = RANDOM | {"dossierNo": "H27.35-260601-7777"}
    office.poll("09/06 09:00")
    for code in ("H27.35-260601-7777", "000123-260601-48213", "bn-2026/0001", "H27.35-260601-0001"):
        assert office.explain(code, "09/06 09:01")["code"] == "H27.35-260601-7777", code
    assert len(office.world.rows("dossiers")) == 1, "the portal's own key stays the same"


def test_a_receipt_number_beside_the_code_is_another_code_of_a_file_too(office):
    office.drops("a.csv", [f"{HEADERS};Số biên nhận", exported("H27.35-260601-0001") + ";BN 01/2026"], "08/06 09:00")
    lines = (office.drop / "a.csv").read_text("utf-8").splitlines()
    office.drops("a.csv", "\n".join(lines[1:]), "08/06 09:00")
    office.reads_files()
    office.poll("08/06 09:01")
    assert office.explain("BN01/2026", "08/06 09:02")["code"] == "H27.35-260601-0001"


def test_two_dossiers_that_share_a_code_are_listed_and_never_joined(office, portal, rows):
    rows.extend([
        opencps(1, dossierCounter="BN-1"), opencps(2, dossierCounter="BN-1"),
        opencps(3), opencps(4, dossierNo=opencps(3)["dossierNo"]),
    ])  # fmt: skip
    office.reads_opencps(portal)
    assert office.poll("08/06 09:00").new == 4
    shared = office.listed("shared_codes", "08/06 09:01")
    assert {entry["code"] for entry in shared} == {"BN-1", opencps(3)["dossierNo"]}
    assert len(office.explain("BN-1", "08/06 09:01")) == 2, "a person is shown both"
