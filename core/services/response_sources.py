"""What "by response" would rest on for a budget table: fitted curves, typical ones, or nothing but the plan itself."""

from __future__ import annotations

from dataclasses import dataclass

from core.access import AccessContext, Permission
from core.model.distribution import Distribution
from core.planning.channels import match_name
from core.runtime import Runtime
from core.services.response import latest_fit


@dataclass(frozen=True, slots=True)
class ResponseSources:
    """Line items by where their response curve comes from.

    Attributes:
        fitted: their channel is in the newest fit of this currency.
        typical: the fit lacks their channel; they get a typical curve in its unit.
        assumed: there is no fit for any of them; each is taken to be half saturated at its amount in the sheet.
    """

    fitted: int
    typical: int
    assumed: int


def find_response_sources(ctx: AccessContext, rt: Runtime, distribution: Distribution) -> ResponseSources:
    """Count the line items by the curve that `distribute` by response would use, without drawing any."""
    ctx.require(Permission.READ)
    found = latest_fit(ctx, rt, currency=distribution.currency)
    rows, names = len(distribution.rows), [] if found is None else list(found.draws)
    fitted = sum(match_name(row.channel or row.label, names) is not None for row in distribution.rows)
    return ResponseSources(fitted, rows - fitted, 0) if fitted else ResponseSources(0, 0, rows)
