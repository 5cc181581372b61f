"""Every table module, so that `Base.metadata` is whole: import new ones here."""

from core.db.tables import activity, identity, library
from core.db.tables.base import Base, KeyMixin, TenantMixin, tenant_tables

__all__ = ["Base", "KeyMixin", "TenantMixin", "activity", "identity", "library", "tenant_tables"]
