"""Hypothesis for the tests of the core: on a failure it prints the blob that makes the case again; nothing is timed."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "alertd", print_blob=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100
)
settings.load_profile("alertd")
