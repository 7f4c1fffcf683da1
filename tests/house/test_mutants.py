"""The score of `./do mutants`: what was noticed, of what was tried."""

from __future__ import annotations

import json

from tests.house.mutants import Score, percent, scores


def test_a_change_is_noticed_by_a_test_that_fails_or_does_not_end(tmp_path):
    (tmp_path / "rates").mkdir()
    kept = {"x_a__mutmut_1": 1, "x_a__mutmut_2": 0, "x_a__mutmut_3": 36, "x_a__mutmut_4": None, "x_b__mutmut_1": 33}
    (tmp_path / "rates" / "tally.py.meta").write_text(json.dumps({"exit_code_by_key": kept}), "utf-8")
    (tmp_path / "plan.py.meta").write_text(json.dumps({"exit_code_by_key": {"x_c__mutmut_1": None}}), "utf-8")
    assert scores(tmp_path) == [Score("rates.tally", 2, 4, ("x_a__mutmut_2", "x_b__mutmut_1"))]


def test_the_share_is_of_what_was_tried():
    assert percent(2, 4) == 50.0
    assert percent(0, 0) == 100.0
    assert Score("plan", 2, 4, ()).line().split() == ["plan", "2", "of", "4", "50.00", "%"]
