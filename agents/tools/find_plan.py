"""Finds a plan of the workspace by its name and puts it on the table."""

from __future__ import annotations

from pydantic import BaseModel, Field

from agents.facts import Fact, money, number
from agents.spec import Outcome, ToolCall, ToolSpec
from agents.workbench import open_plan
from core.access import Permission
from core.planning.channels import plain
from core.services.files import FileInfo, FileQuery, list_files


class Args(BaseModel):
    """Words of the plan's name; none lists the plans."""

    name: str = Field("", description="words of the file's name as the person said them")


def run(call: ToolCall, args: Args) -> Outcome:
    """List the workspace's plans; when exactly one fits the name it is opened."""
    files = list_files(call.ctx, call.rt, FileQuery()).files
    fitting = [info for info in files if _fits(info, args.name)]
    chosen = fitting[0] if len(fitting) == 1 and args.name else None
    if chosen is not None:
        call.opened.clear()
        call.desk.campaign_data.clear()
        call.desk.distribution_plan.clear()
        call.desk.campaign_data["file_id"] = str(chosen.file_id)
        open_plan(call)
    shown = fitting or list(files)
    return Outcome(
        {
            "asked_for": args.name,
            "opened": chosen.name if chosen is not None else None,
            "found": number(len(fitting), "files"),
            "plans": [_fact(info) for info in shown[:10]],
        }
    )


def _fits(info: FileInfo, name: str) -> bool:
    text = plain(info.name)
    return all(word[:5] in text for word in plain(name).split())


def _fact(info: FileInfo) -> Fact:
    total = money(info.total_minor, info.currency, f"file:{info.name}") if info.total_minor is not None else None
    return {"name": info.name, "state": info.state, "owner": info.owner, "total": total}


TOOL = ToolSpec("find_plan", "Find a media plan by its name and open it, or list the plans.", Args, Permission.READ, "read", run)
