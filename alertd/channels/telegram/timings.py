"""How long each thing may take while updates are fetched and answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """All in seconds; the defaults are those of the delivery reference, sections 3, 7.10 and 7.11."""

    #: How long Telegram holds a poll open, and how much longer alertd waits for its answer.
    poll: float = 30.0
    read: float = 10.0
    #: How long any other call may be silent.
    call: float = 20.0
    #: How often the watchdog looks, and how many times it builds the polling anew before the whole is started again.
    check: float = 5.0
    rebuilds: int = 3
    #: The first and the longest pause after a failure of the network.
    again: float = 1.0
    again_longest: float = 60.0
    #: The same while another program reads the bot's updates.
    conflict: float = 60.0
    conflict_longest: float = 600.0
    #: How often a token that was refused is tried again.
    refused: float = 600.0
    #: A pressed button is answered by then, whatever else; the whole answer may take as long as `answer`.
    toast: float = 1.5
    answer: float = 20.0
    #: How long the next poll, which confirms the updates before it, waits for their answers.
    settle: float = 5.0
    #: Between the pieces of one answer: Telegram takes one message a second in a chat.
    between: float = 1.05
    #: For each step of a stop.
    stop: float = 15.0

    @property
    def stall(self) -> float:
        """Without a completed poll for so long, polling is taken for stuck."""
        return 3 * (self.poll + self.read)
