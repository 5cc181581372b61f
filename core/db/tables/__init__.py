"""Every table module of this folder, imported so that `Base.metadata` is whole."""

import importlib
import pkgutil

from core.db.tables.base import Base, KeyMixin, TenantMixin, tenant_tables

for _module in pkgutil.iter_modules(__path__, __name__ + "."):
    importlib.import_module(_module.name)

__all__ = ["Base", "KeyMixin", "TenantMixin", "tenant_tables"]
