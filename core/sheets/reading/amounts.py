"""The other amounts of a line beside its budget: on which basis the table's money stands, and the columns of every other basis."""

from __future__ import annotations

from core.sheets.reading.layout import Layout
from core.sheets.reading.regions import Region
from core.sheets.reading.roles import Role


def settle_basis(layout: Layout, roles: list[Role]) -> None:
    """Say on which basis a table's money stands, with VAT or without, and in which scale."""
    vats = {role.vat for role in roles if role.vat is not None}
    mods = frozenset().union(*(role.mods for role in roles)) if roles else frozenset()
    layout.vat_included = next(iter(vats)) if len(vats) == 1 else None
    if layout.vat_included or ("gross" in mods and "net" not in mods):
        layout.basis = "gross"
    elif "fee_incl" in mods:
        layout.basis = "client"
    layout.scale = max((role.scale for role in roles), default=1)


def settle_amounts(region: Region, layout: Layout) -> None:
    """Name the other money columns by their basis, and the first column of each metric."""
    main_vat = layout.vat_included
    for column, use in layout.uses.items():
        if use.flight is not None or column == layout.budget:
            continue
        role = use.role
        if role.kind == "money":
            name = _amount_name(role, main_vat)
            if name == "gross" and role.vat is None and layout.vat_included is not True and layout.named("discount"):
                name = "list"
            if name and name not in layout.amounts and region.content(column).numbers:
                layout.amounts[name] = column
                use.name = f"budget_{name}" if role.is_budget or role.key == "total" else role.key
        elif role.kind in ("metric", "rate", "quantity", "price") and region.content(column).numbers and use.name not in layout.metrics:
            layout.metrics[use.name] = column


def _amount_name(role: Role, main_vat: bool | None) -> str | None:
    if role.key in ("fee", "vat", "revenue"):
        return role.key
    if role.key == "profit":
        return None
    for mod in ("list", "actual", "cumulative", "per_period"):
        if mod in role.mods:
            return mod
    if role.vat is True or ("gross" in role.mods and role.vat is None):
        return "gross"
    if role.vat is False or "net" in role.mods:
        return "net" if main_vat else "other_net"
    return "client" if "fee_incl" in role.mods else "other"
