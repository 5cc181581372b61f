"""All routes of the API, from every module that declares ROUTES."""

from __future__ import annotations

from starlette.routing import BaseRoute

from core.registry import discover


def all_routes() -> list[BaseRoute]:
    """Collect the routes; module name order."""
    found = discover("core.api", "ROUTES", list, key=lambda routes: ",".join(route.path for route in routes))
    return [route for routes in found.values() for route in routes]
