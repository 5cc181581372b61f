"""Every table module, so that `Base.metadata` is whole: import new ones here."""

from core.db.tables import activity, identity
from core.db.tables.base import Base, KeyMixin, TenantMixin, tenant_tables

__all__ = ["Base", "KeyMixin", "TenantMixin", "activity", "identity", "tenant_tables"]
