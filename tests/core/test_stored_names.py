"""Names that stand in databases: a value that is renamed would make rows unreadable that are there."""

from __future__ import annotations

import pytest

from alertd.core.audit.judging import Fault
from alertd.core.conversation import Kind
from alertd.core.delivery import PartState
from alertd.core.dossier import Clock, Filing, PauseKind, Phase
from alertd.core.firing import AlertState
from alertd.core.flags import Flag
from alertd.core.outcome import Outcome
from alertd.core.policy import Urgency
from alertd.core.transition import DueKind, PlanReason, SpellEnd
from alertd.core.weekly import Mark
from alertd.core.yearly import Owed


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (Phase, "pre running paused done returned cancelled rejected unknown"),
        (Clock, "accept due stopped ended none"),
        (Filing, "direct online postal unknown"),
        (PauseKind, "supplement obligation other"),
        (DueKind, "extended_before_due extended_after_due shortened removed added resumed"),
        (SpellEnd, "finished due_moved backdated_finish paused cancelled disappeared"),
        (PlanReason, "first_seen due_moved resumed reappeared stale rules changed"),
        (
            Flag,
            ("supplement_repeat extended_after_due second_extension conflict order estimated_finish reopened"
            " backdated_finish accepted_late"),
        ),
        (AlertState, "pending sent coalesced muted not_applied nobody superseded discarded"),
        (PartState, "pending sending accepted retry unknown failed superseded held discarded"),
        (Outcome, "accepted perm_recipient perm_payload transient unknown rate_limited quota defer auth channel_down"),
        (Urgency, "normal high critical"),
        (Kind, "text button gone back receipt notice"),
        (Fault, "missing twice instant recipient reasonless no_plan unfired message episode spell"),
        (Mark, "reconstructed partly_reconstructed corrected preview empty"),
    ],
)  # fmt: skip
def test_the_names_that_are_stored(kind, stored):
    assert sorted(each.value for each in kind) == sorted(stored.split())


def test_without_anything_to_explain_nothing_is_owed():
    assert Owed() == Owed(0, 0, 0)
