"""Cuts a tagged message into clauses that each hold one wish: which words, amounts, lines and months belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agents.builtin.amounts import Quantity
from agents.builtin.periods import PeriodMention
from agents.builtin.said import Target

Item = tuple[int, int, str, object]
"""Start, end, kind and value of what was found in the text."""
_MODES = ("lock", "unlock", "min", "max", "between", "up", "down", "remove", "emphasis", "move")


@dataclass(slots=True)
class Chunk:
    """A stretch of the message that can hold one wish."""

    mode: str | None = None
    quantities: list[Quantity] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    amount_first: bool = False
    hard_end: bool = False
    inherited: bool = False
    sides: list[str] = field(default_factory=list)
    periods: list[PeriodMention] = field(default_factory=list)
    shifts: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)


def clauses(items: Sequence[Item]) -> list[Chunk]:
    """Give the clauses in order; lines that are listed after an amount belong to it."""
    return _merge_lists(_cut(items))


def _cut(items: Sequence[Item]) -> list[Chunk]:
    chunks: list[Chunk] = []
    current = Chunk()
    for position, (start, end, kind, value) in enumerate(items):
        if kind == "break":
            current = _take_break(value, current, chunks, items[position + 1 :])
        elif kind == "word":
            current = _take_word(str(value), current, chunks, items[position + 1 :])
        elif kind == "quantity" and isinstance(value, Quantity):
            current.amount_first = current.amount_first or not current.targets
            current.quantities.append(value)
            current.spans.append((start, end))
            current.flags |= {"to_amount"} if "_to" in current.flags else set()
        elif kind == "period" and isinstance(value, PeriodMention):
            current.shifts |= "_from" in current.flags and value.first_month != value.last_month
            current.periods.append(value)
            current.flags -= {"_from", "_to"}
        elif kind == "target" and isinstance(value, Target):
            is_paired = (
                len(current.quantities) == len(current.sides) and current.quantities and current.targets and not current.amount_first
            )
            if is_paired and not (len(current.sides) == 1 and (current.mode == "move" or current.flags & {"_to", "_from"})):
                chunks.append(current)
                current = Chunk(mode=current.mode)
            current.targets.append(value)
            current.spans.append((start, end))
            current.sides.append("from" if current.flags & {"_from"} else "to" if current.flags & {"_to"} else "")
    chunks.append(current)
    return chunks


def _take_break(value: object, current: Chunk, chunks: list[Chunk], rest: Sequence[Item]) -> Chunk:
    """Close the chunk that is open where it says enough."""
    if current.mode == "between" and len(current.quantities) == 1:  # between 20k and 30k
        return current
    hard = not isinstance(value, str) or value[0] in ";:?!.\n"
    said_enough = current.quantities or (current.mode == "emphasis" and current.targets)
    current.flags |= {"_parted"} if current.mode == "lock" and current.targets else set()
    if "_after" in current.flags and not current.quantities and not hard and _names_another(rest):
        chunks.append(current)  # `Search so belassen und TV auf 40k deckeln`
        return Chunk(mode="lock", inherited=True)
    if current.mode == "move" and not hard and _ends_move(current, rest):
        chunks.append(replace(current, mode="move" if current.targets else None))
        return Chunk(mode="move" if _next_moves(rest) else None)
    if current.mode in ("remove", "unlock") and current.targets and not hard and _has_own_wish(rest):
        chunks.append(current)  # `no Radio, Meta at most 25%`
        return Chunk()
    if not (said_enough or hard or current.mode == "move"):
        return current
    if not hard and (current.mode == "move" or _awaits_destination(current, rest)):
        current.flags -= {"_" + side for side in current.sides}  # `out of Display and put it on YouTube`
        return current
    current.hard_end = hard
    chunks.append(current)
    goes_on = current.mode in ("lock", "min", "max") or (current.mode in ("up", "down") and _changes_alike(current, rest))
    carried = current.mode if goes_on and not hard else None
    return Chunk(mode=carried, inherited=carried is not None)


def _clause(rest: Sequence[Item]) -> list[tuple[str, object]]:
    """Give the kinds and values up to the next break."""
    kinds = [(kind, value) for *_, kind, value in rest]
    end = next((n for n, (kind, _) in enumerate(kinds) if kind == "break"), len(kinds))
    return kinds[:end]


def _ends_move(current: Chunk, rest: Sequence[Item]) -> bool:
    """Tell whether the next clause is another wish: `5k from TV to Search and 2k from Radio to Meta`, `take 98k, TV stays`."""
    clause = _clause(rest)
    kinds, words = {kind for kind, _ in clause}, {value for kind, value in clause if kind == "word"}
    if current.quantities and not current.targets:
        return bool(words & {"lock", "min", "max", "remove", "emphasis", "even"}) and not words & {"from", "to"}
    return bool(current.quantities) and len(current.targets) > 1 and "quantity" in kinds and "target" in kinds


def _next_moves(rest: Sequence[Item]) -> bool:
    clause = _clause(rest)
    return [kind for kind, _ in clause].count("target") > 1 and ("word", "from") in clause


def _changes_alike(current: Chunk, rest: Sequence[Item]) -> bool:
    """Tell whether the next clause says another amount in the same way: `cut TV by 5k and Radio by 2k`."""
    clause = _clause(rest)
    kinds = [kind for kind, _ in clause if kind in ("quantity", "target")]
    words = {value for kind, value in clause if kind == "word"}
    if not current.targets or words - {"to", "from", "by"}:
        return False
    return kinds[:2] == ["quantity", "target"] if current.amount_first else kinds[:2] == ["target", "quantity"] and "by" in words


def _has_own_wish(rest: Sequence[Item]) -> bool:
    """Tell whether the next clause names a line and says an amount or a kind of wish for it."""
    clause = _clause(rest)
    kinds = [kind for kind, _ in clause]
    after = kinds[kinds.index("target") :] if kinds[:1] == ["target"] else []
    wished = any(kind == "word" and value in ("lock", "min", "max", "up", "down", "unlock") for kind, value in clause[1:])
    return "quantity" in after or (bool(after) and wished)


def _names_another(rest: Sequence[Item]) -> bool:
    """Tell whether a name comes before any amount."""
    return [kind for *_, kind, _ in rest if kind in ("target", "quantity")][:1] == ["target"]


def _awaits_destination(chunk: Chunk, rest: Sequence[Item]) -> bool:
    """`11k out of TV and into Meta`: a giver is named, and before any other amount the one that gets."""
    if chunk.mode is not None or chunk.sides != ["from"] or len(chunk.quantities) != 1:
        return False
    kinds = [kind for _, _, kind, _ in rest if kind in ("break", "quantity", "target")]
    return kinds[:1] == ["target"] and "quantity" not in kinds[1:2]


def _take_word(role: str, current: Chunk, chunks: list[Chunk], rest: Sequence[Item]) -> Chunk:
    """Let a role word act: a mode opens a chunk (or names the one that is open), the others only mark it."""
    if role in ("from", "to"):
        current.flags -= {"_from", "_to"}
        current.flags.add("_" + role)
        return current
    ends = not rest or rest[0][2] in ("break", "period")
    mode = _kept_mode(role, current, rest, ends=ends)
    if mode is not None:
        current.mode = mode or None
        return current
    if role in ("up", "down") and not current.quantities:
        current.flags -= {"_to"}  # `we need to save 18k`
    if role not in _MODES:
        current.flags.add(role)
        return current
    if (role == "move" and ends and _lacks_verb(current)) or (not current.quantities and _bounds(role, current, rest)):
        current.mode = role
        return current
    trailing = role in ("min", "max", "lock", "up", "down") and current.quantities and ends
    if trailing or (
        current.quantities and role in ("min", "max") and not current.targets and current.mode is None and _next_is_target(rest)
    ):
        current.mode = role
        return current
    if current.quantities or (current.mode is not None and current.targets and not current.inherited):
        chunks.append(current)
        return Chunk(mode=role)
    current.flags |= {"_after"} if role == "lock" and current.targets else set()
    return Chunk(mode=role, targets=current.targets, sides=current.sides, flags=current.flags, spans=current.spans)


def _kept_mode(role: str, current: Chunk, rest: Sequence[Item], *, ends: bool) -> str | None:
    """Give the mode that the open clause goes on with (empty for none) where the word belongs to it; None where it acts by itself."""
    mode, said = current.mode or "", bool(current.quantities)
    if (mode == "move" and role in ("up", "more")) or (role == mode in ("up", "down") and not said):
        return mode
    if mode == "lock" and role in ("unlock", "remove") and current.targets and not said and ends:
        return role  # `die Sperre von Meta aufheben`, `lass Display weg`
    if mode == "move" and role == "remove" and not said:
        return role  # `take Radio out`
    if mode in ("min", "max") and role in ("up", "down") and said and ends:
        return mode  # `must not fall below 16k`, as German has it
    if mode in ("min", "max") and role == "lock" and said and ends and not current.inherited:
        return mode  # `must keep at least 11k`
    if role == "remove" and said and not mode and current.sides == ["from"]:
        return mode  # `aus TV 5k rausnehmen und in YouTube stecken`
    if role == "remove" and ends and said and not current.targets and not (rest and rest[0][3] == ":"):
        return mode  # `get the most out of it`
    if role == "move" and not mode and said and not current.targets and not ends:
        return role  # `6k to move from Display to TV`
    if role in ("up", "down") and not mode and said and not current.targets and [kind for kind, _ in _clause(rest)][:1] == ["target"]:
        return role  # `14k too little for TV`
    return "down" if role == "remove" and not mode and said and current.targets and ends else None  # `7k can go at Meta`


def _lacks_verb(chunk: Chunk) -> bool:
    """`a quarter of TV to Meta, please move`, as German has it."""
    return chunk.mode is None and len(chunk.quantities) == 1 and chunk.sides.count("from") == 1 < len(chunk.sides)


def _bounds(role: str, chunk: Chunk, rest: Sequence[Item]) -> bool:
    """`keep Radio below 9k` bounds the line that is held; in `keep Radio as it is and cap Meta` the bound is for another."""
    of_another = "_parted" in chunk.flags and _names_another(rest)
    return not of_another and (role == "between" or (role in ("min", "max") and chunk.mode == "lock" and bool(chunk.targets)))


def _next_is_target(rest: Sequence[Item]) -> bool:
    return bool(rest) and rest[0][2] in ("target", "word") and any(kind == "target" for _, _, kind, _ in rest[:2])


def _merge_lists(chunks: Sequence[Chunk]) -> list[Chunk]:
    """`20k for Search, TV and Radio`: targets that follow an amount-first chunk belong to it."""
    merged: list[Chunk] = []
    for chunk in chunks:
        last = merged[-1] if merged else None
        goes_on = last is None or "_to" not in chunk.flags or "_to" in last.flags
        bare_targets = (
            goes_on
            and chunk.targets
            and not chunk.quantities
            and not (chunk.flags - {"_to", "_from", "each", "per_month", "to_amount", "have"})
        )
        if last and bare_targets and last.amount_first and last.targets and last.mode == chunk.mode and not last.hard_end:
            last.targets += chunk.targets
            last.flags |= chunk.flags
        else:
            same = (
                last and last.mode in ("min", "max") and chunk.mode in ("min", "max") and not last.hard_end and "total" not in chunk.flags
            )
            if last and same and chunk.quantities and not chunk.targets:  # `at least 9k and at most 16k` of the same channel
                chunk.targets = list(last.targets)
            merged.append(chunk)
    return [c for c in merged if c.quantities or c.targets]
