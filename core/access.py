"""Who acts, where, and with which rights: the first argument of every service."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import Forbidden


class Role(StrEnum):
    """A member's role in a workspace, strongest first."""

    OWNER = "owner"
    ADMIN = "admin"
    PLANNER = "planner"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a role may do. Reading is one permission; each effect has its own."""

    READ = "read"
    CONNECT = "connect"  # connect and disconnect accounts, upload files, refresh
    CORRECT_READING = "correct_reading"
    EDIT_DRAFT = "edit_draft"
    PROPOSE_CHANGE = "propose_change"
    APPROVE_CHANGE = "approve_change"
    USE_ASSISTANT = "use_assistant"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_WORKSPACE = "manage_workspace"


_PLANNER = frozenset(
    {
        Permission.READ,
        Permission.CONNECT,
        Permission.CORRECT_READING,
        Permission.EDIT_DRAFT,
        Permission.PROPOSE_CHANGE,
        Permission.USE_ASSISTANT,
    }
)
_ADMIN = _PLANNER | {Permission.APPROVE_CHANGE, Permission.MANAGE_MEMBERS}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _ADMIN | {Permission.MANAGE_WORKSPACE},
    Role.ADMIN: _ADMIN,
    Role.PLANNER: _PLANNER,
    Role.VIEWER: frozenset({Permission.READ}),
}


class Origin(StrEnum):
    """Which door the context was built at."""

    UI = "ui"
    API = "api"
    AGENT = "agent"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True)
class AccessContext:
    """One actor in one workspace. Built at three doors only: page guard, API authenticator, workflow start or resume.

    Attributes:
        workspace_id: the tenant; row-level security is bound to it for each transaction.
        actor_id: the user.
        actor_name: as shown in the activity log.
        request_id: for the log; unique a request or a workflow.
    """

    workspace_id: UUID
    actor_id: UUID
    actor_name: str
    role: Role
    origin: Origin
    request_id: str

    @property
    def permissions(self) -> frozenset[Permission]:
        return PERMISSIONS[self.role]

    def allows(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise Forbidden when the role lacks the permission; nothing is changed."""
        if permission not in self.permissions:
            raise Forbidden(
                f"Your role ({self.role.value}) may not {permission.value.replace('_', ' ')}.",
                hint="Ask an owner or admin of the workspace.",
                context={"permission": permission.value, "role": self.role.value},
            )
