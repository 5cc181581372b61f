"""Settings from the environment and `.env`; the only place that reads the environment."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import Misconfigured

BUILT_IN = "built-in"
"""Name of the model that answers where no endpoint is configured."""


class Price(NamedTuple):
    """What a model costs, in US dollars for a million tokens."""

    asked: Decimal
    answered: Decimal

    def micros(self, tokens_asked: int, tokens_answered: int) -> int:
        """Give the cost of a call in millionths of a dollar, rounded up."""
        return math.ceil(self.asked * tokens_asked + self.answered * tokens_answered)


def told_cost(micros: int) -> str:
    """Write millionths of a dollar: `$0.12`, and `$0.0034` below a cent."""
    return f"${micros / 1e6:,.2f}" if micros >= 10_000 or micros == 0 else f"${micros / 1e6:.4f}"


PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting of Flightplan; README.md lists them (a test holds it to that)."""

    model_config = SettingsConfigDict(env_file=PROJECT_ROOT / ".env", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = Field("development", description="`production` refuses to start without secrets")
    host: str = Field("127.0.0.1", description="address the server listens on")
    port: int = Field(8501, description="port the server listens on", ge=0, le=65535)
    public_url: str | None = Field(None, description="address people use, for links and OAuth callbacks; default http://localhost:PORT")
    data_dir: Path = Field(PROJECT_ROOT / "data" / "var", description="where run-time state lives: Postgres, Chroma, keys")
    database_url: SecretStr | None = Field(None, description="Postgres of the application role; default: the embedded one")
    database_owner_url: SecretStr | None = Field(None, description="Postgres of the owner role, for migrations; needed with DATABASE_URL")
    secret_key: SecretStr | None = Field(
        None, description="Fernet keys for tokens at rest, newest first, comma-separated; made and kept in development"
    )
    google_oauth_client_id: str | None = Field(None, description="OAuth client; without it Google is the sandbox")
    google_oauth_client_secret: SecretStr | None = Field(None, description="secret of that client")
    openai_api_key: SecretStr | None = Field(
        None, description="key of an OpenAI-compatible endpoint; without it and OPENAI_BASE_URL the built-in model answers"
    )
    openai_base_url: str | None = Field(None, description="endpoint such as http://localhost:11434/v1 (Ollama, vLLM)")
    openai_model: str = Field("gpt-5.2", description="model of the assistant")
    openai_specialist_model: str | None = Field(None, description="model of the specialists; default the same as OPENAI_MODEL")
    openai_timeout_seconds: float = Field(60.0, description="longest silence of the endpoint, also between pieces of an answer", gt=0)
    openai_retries: int = Field(3, description="times a busy or unreachable endpoint is asked again", ge=0, le=10)
    openai_embedding_model: str = Field("text-embedding-3-small", description="embedding model when an endpoint is configured")
    openai_prices: dict[str, Price] = Field(
        default_factory=dict, description='dollars for a million tokens asked and answered by model: `{"gpt-5.2": [1.75, 14]}`'
    )
    assistant_turn_steps: int = Field(24, description="model calls and tool calls that one answer may use", ge=2, le=200)
    assistant_turn_tokens: int = Field(120_000, description="tokens that one answer may use", ge=1_000)
    assistant_turn_seconds: float = Field(120.0, description="seconds that one answer may take", gt=0)
    assistant_daily_tokens: int = Field(2_000_000, description="tokens a day that a workspace may use", ge=0)
    assistant_turn_cost: float = Field(1.0, description="dollars that one answer may cost, where the model's price is set", ge=0)
    assistant_daily_cost: float = Field(50.0, description="dollars a day that a workspace's answers may cost", ge=0)
    chroma_url: str | None = Field(None, description="a Chroma server; default: a folder owned by the app process")
    run_workers_in_app: bool = Field(True, description="run workflows in the app process; false when separate workers run")
    executor_id: str | None = Field(None, description="name of this process among workers; default host and a random part")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least severity that is logged")
    log_format: Literal["console", "json"] = Field("console", description="`json` for machines")

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @cached_property
    def base_url(self) -> str:
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def assistant_model(self) -> str:
        """Name of the model that answers, as people see it: the built-in one where no endpoint is configured."""
        has_endpoint = self.openai_api_key is not None or self.openai_base_url is not None
        return self.openai_model if has_endpoint else BUILT_IN

    def price_of(self, model: str) -> Price | None:
        """Give the price of a model, None where it is not set; the built-in model is not priced because it is free."""
        return self.openai_prices.get(model)

    @property
    def uses_sandbox(self) -> bool:
        """True when no Google client is configured: Google is then played by the sandbox on loopback."""
        return self.google_oauth_client_id is None

    def check(self) -> None:
        """Raise Misconfigured naming every setting that production cannot do without."""
        if not self.is_production:
            return
        needed = {
            "SECRET_KEY": self.secret_key,
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "GOOGLE_OAUTH_CLIENT_ID": self.google_oauth_client_id,
            "GOOGLE_OAUTH_CLIENT_SECRET": self.google_oauth_client_secret,
            "PUBLIC_URL": self.public_url,
        }
        missing = [name for name, value in needed.items() if value is None]
        if missing:
            raise Misconfigured(
                "ENVIRONMENT=production needs " + ", ".join(missing) + ".",
                hint="Set them in the environment or in .env; README.md says how.",
            )


def read_settings() -> Settings:
    """Read the settings. Misconfigured, naming each one that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, part['loc'])).upper()}: {part['msg']}" for part in error.errors(include_input=False)]
        raise Misconfigured(f"A setting cannot be used. {'; '.join(wrong)}.", hint="README.md lists every setting.") from error
