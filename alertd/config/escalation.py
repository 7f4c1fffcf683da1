"""The shape of escalation.yaml: roles, policies, steps (DESIGN sections 5 and 6)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from alertd.config.strict import Strict
from alertd.config.values import Amount, Code, Count, Offset, OneOrMany, TargetText, Text, fault
from alertd.core.policy import EIGHT_HOURS

Targets = Annotated[tuple[TargetText, ...], OneOrMany, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], OneOrMany]


class StepModel(Strict):
    """One rung."""

    name: Code
    at: Offset
    to: Targets
    every: Amount | None = None
    times: Count | None = None
    urgency: Literal["normal", "high", "critical"] | None = None

    @model_validator(mode="after")
    def _times_need_every(self) -> StepModel:
        if self.times is not None and self.every is None:
            raise fault("step.times", key="times")
        return self


class MatchModel(Strict):
    """Which dossiers a policy is for; None matches all."""

    unit: Texts | None = None
    procedure: Texts | None = None
    field: Texts | None = None
    channel: Texts | None = None


class PolicyModel(Strict):
    """Steps for the dossiers that match."""

    bare = frozenset({"match"})

    name: Code
    match: MatchModel = MatchModel()
    steps: Annotated[tuple[StepModel, ...], OneOrMany, Field(min_length=1)]
    clock: Literal["due", "accept"] = "due"
    ack_mutes: Amount | None = None
    ack_holds: Amount | None = None


class EscalationModel(Strict):
    """escalation.yaml; `accept_within` is for policies with `clock: accept`."""

    roles: dict[Code, Targets] = Field(default_factory=dict)
    accept_within: Amount = EIGHT_HOURS
    policies: Annotated[tuple[PolicyModel, ...], OneOrMany, Field(min_length=1)]
