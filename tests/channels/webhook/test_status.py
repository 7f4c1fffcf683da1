from __future__ import annotations

from datetime import timedelta

import pytest

from alertd.channels.webhook.status import classify
from alertd.core.outcome import Outcome, Scope
from tests.channels.samples import NOW


@pytest.mark.parametrize(
    ("status", "outcome", "scope"),
    [
        (200, Outcome.ACCEPTED, Scope.MESSAGE),
        (201, Outcome.ACCEPTED, Scope.MESSAGE),
        (202, Outcome.ACCEPTED, Scope.MESSAGE),
        (204, Outcome.ACCEPTED, Scope.MESSAGE),
        (299, Outcome.ACCEPTED, Scope.MESSAGE),
        (300, Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (301, Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (302, Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (307, Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (308, Outcome.CHANNEL_DOWN, Scope.CHANNEL),
        (400, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (401, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (403, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (404, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (408, Outcome.UNKNOWN, Scope.MESSAGE),
        (409, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (410, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (413, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (422, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (429, Outcome.RATE_LIMITED, Scope.CHANNEL),
        (499, Outcome.PERM_PAYLOAD, Scope.MESSAGE),
        (500, Outcome.UNKNOWN, Scope.MESSAGE),
        (502, Outcome.UNKNOWN, Scope.MESSAGE),
        (503, Outcome.RATE_LIMITED, Scope.CHANNEL),
        (504, Outcome.UNKNOWN, Scope.MESSAGE),
        (599, Outcome.UNKNOWN, Scope.MESSAGE),
        (600, Outcome.UNKNOWN, Scope.MESSAGE),
    ],
)
def test_each_status_has_its_outcome(status, outcome, scope):
    result = classify(status, None, NOW)

    assert (result.outcome, result.scope) == (outcome, scope)
    assert result.code == f"webhook:{status}"
    assert result.retry_at is None


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_with_429_and_503(status):
    assert classify(status, "30", NOW).retry_at == NOW + timedelta(seconds=30)


@pytest.mark.parametrize("status", [200, 301, 400, 500])
def test_retry_after_means_nothing_with_other_statuses(status):
    assert classify(status, "30", NOW).retry_at is None
