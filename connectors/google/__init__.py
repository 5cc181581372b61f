"""Google: consent, Drive and Sheets through Google's own SDKs."""

from __future__ import annotations

from connectors.google.connector import build
from connectors.spec import ConnectorSpec
from core.ports import Credential

CONNECTOR = ConnectorSpec(
    key="google",
    title="Google Drive and Sheets",
    capabilities=frozenset({"oauth", "files", "sheets"}),
    credential_model=Credential,
    build=build,
)
