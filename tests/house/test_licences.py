"""What alertd is given away with is under licences that allow it."""

from __future__ import annotations

import pytest

from tests.house import licences


def test_every_pinned_package_is_under_a_licence_that_is_allowed():
    found = licences.found()
    runs_with = licences.pinned("requirements.lock")
    assert runs_with & found.keys(), "the packages of the lock are installed here"
    assert licences.refused(found) == {}


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND BSD-2-Clause", True),
        ("BSD License; GNU General Public License (GPL)", True),
        ("GNU Lesser General Public License v3 or later (LGPLv3+)", True),
        ("AGPL-3.0-only", False),
        ("GNU Affero General Public License v3", False),
        ("MIT AND AGPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_a_choice_is_enough_and_a_copyleft_that_reaches_alertd_is_refused(licence, allowed):
    assert licences.allowed(licence) is allowed
