"""The history of one dossier a second time: slow, from all that was ever shown, written from DESIGN section 5 and
reference 4.2 and 4.3 alone. Everything is derived anew from the past for every poll; nothing is carried along.

`shown` is a list of (instant, observation or None); None is a complete poll that did not show it. Due values are
instants. Nothing here knows the store or `core.transition`.
"""

from __future__ import annotations

from datetime import timedelta

from alertd.core.dossier import Phase

CLOCKS = {
    Phase.PRE: "accept", Phase.RUNNING: "due", Phase.PAUSED: "stopped", Phase.DONE: "ended", Phase.RETURNED: "ended",
    Phase.CANCELLED: "ended", Phase.REJECTED: "ended",
}  # fmt: skip
DATED = ("received_at", "due_at", "finished_at", "returned_at")


def clock(past):
    """The clock after the last of `past`: that of the last phase that was known, the due clock if none was."""
    known = [CLOCKS[seen.phase] for _, seen in past if seen.phase is not Phase.UNKNOWN]
    return known[-1] if known else "due"


def changes(past):
    """The observations that differ from the one before; the first is none."""
    return [(past[n - 1][1], *past[n]) for n in range(1, len(past))]


def due_changes(past):
    """(instant, old, new, kind, back and forth)."""
    found = []
    for n in range(1, len(past)):
        (_, before), (now, seen) = past[n - 1], past[n]
        old, new = before.due_at, seen.due_at
        if old == new:
            continue
        resumed = clock(past[:n]) == "stopped" and clock(past[: n + 1]) in ("due", "accept")
        if new is None:
            kind = "removed"
        elif old is None:
            kind = "added"
        elif new < old:
            kind = "shortened"
        elif resumed:
            kind = "resumed"
        else:
            kind = "extended_after_due" if now > old else "extended_before_due"
        left = [was for at, was, *_ in found if at >= now - timedelta(hours=24)]
        found.append((now, old, new, kind, new in left))
    return found


def extensions(past):
    return [move for move in due_changes(past) if move[3].startswith("extended") and not move[4]]


def reopenings(past):
    return [past[n][0] for n in range(1, len(past)) if clock(past[:n]) == "ended" and clock(past[: n + 1]) != "ended"]


def ladder(past):
    """The clock that steps are for: due or accept, whichever runs or ran last."""
    on = [at for n in range(len(past)) if (at := clock(past[: n + 1])) in ("due", "accept")]
    return on[-1] if on else "due"


def asked_for(seen):
    """What the portal shows of the deadline to accept a submission."""
    return seen.accept_due_at or seen.submitted_at


def episode(past):
    """One more with each opening again, each turn from one ladder to the other, each value of the ladder's that moved."""
    moves = {at for at, *_, alternating in due_changes(past) if not alternating}
    again = set(reopenings(past))
    count = 1
    for n in range(1, len(past)):
        now, before = past[n][0], past[:n]
        on = ladder(past[: n + 1])
        put_on = on == "accept" and asked_for(past[n][1]) != asked_for(past[n - 1][1])
        moved = put_on if on == "accept" else now in moves
        count += now in again or on != ladder(before) or moved
    return count


def is_accepted_late(seen):
    accepted = seen.phase is not Phase.PRE and seen.received_at
    return bool(accepted and seen.accept_due_at and seen.received_at > seen.accept_due_at)


def pauses(past):
    """Stretches of one kind: [kind, begin, end]."""
    found = []
    for n in range(len(past)):
        now, seen = past[n]
        if clock(past[: n + 1]) != "stopped":
            if found and found[-1][2] is None:
                found[-1][2] = now
            continue
        standing = bool(found) and found[-1][2] is None
        kind = seen.pause or (found[-1][0] if standing else None)
        if standing and kind == found[-1][0]:
            continue
        if standing:
            found[-1][2] = now
        found.append([kind, now, None])
    return found


def requests(past):
    seen = sum(kind == "supplement" for kind, *_ in pauses(past))
    return max((past[-1][1].supplements or 0, seen)) if past else 0


def finish(seen):
    return seen.finished_at or seen.returned_at


def is_conflict(now, seen):
    """Judged when it is shown: a finish that was still to come is believed."""
    return seen.phase in (Phase.PRE, Phase.RUNNING, Phase.PAUSED) and bool(seen.finished_at) and seen.finished_at <= now


def wrong_pairs(seen):
    pairs = [("received_at", "due_at"), ("received_at", "finished_at"), ("finished_at", "returned_at")]
    return {(a, b) for a, b in pairs if getattr(seen, a) and getattr(seen, b) and getattr(seen, a) > getattr(seen, b)}


def spells(shown):
    """[begin, due, end, kind]."""
    found = []
    for n in range(len(shown)):
        now, seen = shown[n]
        past = [(at, one) for at, one in shown[: n + 1] if one is not None]
        before = [(at, one) for at, one in shown[:n] if one is not None]
        is_open = bool(found) and found[-1][2] is None
        if seen is None:
            missed = n >= 1 and shown[n - 1][1] is None and bool(before) and clock(before) != "ended"
            twice = missed and not (n >= 2 and shown[n - 2][1] is None)
            if is_open and twice:
                found[-1][2:] = [now, "disappeared"]
            continue
        if is_open:
            end = _end(before, past, now)
            if end:
                found[-1][2:] = [now, end]
                is_open = False
        runs = clock(past) == "due" and seen.due_at is not None and seen.due_at < now
        over = seen.finished_at is not None and seen.finished_at <= now and not is_conflict(now, seen)
        if not is_open and runs and not over:
            found.append([now, seen.due_at, None, None])
    return found


def _end(before, past, now):
    old, seen = before[-1][1].due_at, past[-1][1]
    if before[-1][1] == seen:
        return None
    if seen.phase in (Phase.CANCELLED, Phase.REJECTED):
        return "cancelled"
    if clock(past) == "ended":
        done = finish(seen)
        if done and old and done <= old:
            return "backdated_finish"
        return "due_moved" if done and seen.due_at and done <= seen.due_at else "finished"
    if clock(past) != "due":
        return "paused"
    return "due_moved" if seen.due_at is None or seen.due_at >= now else None


def flags(shown):
    """(instant, flag), in order of instants."""
    found = []
    for n in range(len(shown)):
        now, seen = shown[n]
        if seen is None:
            continue
        past = [(at, one) for at, one in shown[: n + 1] if one is not None]
        before = past[:-1]
        last = before[-1][1] if before else None
        # a finish comes with time alone, while the portal shows nothing new
        if is_conflict(now, seen) and not (before and is_conflict(*before[-1])):
            found.append((now, "conflict"))
        if last == seen:
            continue
        undated = seen.phase in (Phase.DONE, Phase.RETURNED) and not finish(seen)
        if undated and not (last and last.phase in (Phase.DONE, Phase.RETURNED) and not finish(last)):
            found.append((now, "estimated_finish"))
        if is_accepted_late(seen) and not (last and is_accepted_late(last)):
            found.append((now, "accepted_late"))
        found += [(now, "order") for _ in wrong_pairs(seen) - (wrong_pairs(last) if last else set())]
        if requests(past) > max(requests(before), 1):
            found.append((now, "supplement_repeat"))
        moved = [move for move in extensions(past) if move[0] == now]
        found += [(now, "extended_after_due") for move in moved if move[3] == "extended_after_due"]
        found += [(now, "second_extension") for _ in moved if len(extensions(past)) > 1]
        if now in reopenings(past):
            found.append((now, "reopened"))
        if _dated_back(shown[: n + 1], before, past):
            found.append((now, "backdated_finish"))
    return found


def _dated_back(shown, before, past):
    now, seen = past[-1]
    if any(end == now and kind == "backdated_finish" for _, _, end, kind in spells(shown)):
        return True
    if not before or clock(past) != "ended":
        return False
    last = before[-1][1]
    if last.due_at is None or finish(seen) is None or finish(seen) > last.due_at:
        return False
    had = spells(shown[:-1])
    if clock(before) != "ended":
        return bool(had) and had[-1][2] is not None  # one that is open ends by itself, with its kind
    if finish(last):
        return finish(last) > last.due_at
    return bool(had)
