"""Settings from the environment, read once. Refuses what is unsafe to run."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every switch of the product: `SOCIALSEED_<FIELD>` in the environment unless noted."""

    model_config = SettingsConfigDict(env_prefix="SOCIALSEED_", extra="ignore")

    port: int = Field(default=8000, ge=1, le=65535)
    home: Path = Path(".socialseed")
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    host: str = "127.0.0.1"
    public_url: str | None = None
    sandbox_url: str | None = None
    platform_mode: str = Field(default="sandbox", pattern="^(sandbox|live)$")
    dashboard_dir: Path = Path("dashboard/out")
    postgres_bin: Path | None = None
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    key_encryption_key: SecretStr | None = None
    jwt_key: SecretStr | None = None
    pool_size: int = Field(default=10, ge=1, le=100)
    worker_lanes: int = Field(default=32, ge=1, le=500)
    send_hold_seconds: float = Field(default=10.0, ge=0, le=600)
    min_gap_seconds: float = Field(default=45.0, ge=0, le=3600)
    call_deadline_seconds: float = Field(default=20.0, gt=0, le=120)
    lease_seconds: float = Field(default=45.0, gt=1, le=600)
    # host:port, comma-separated: proxies on private addresses that accounts may leave through.
    egress_hosts: str = ""
    # immediate: no gaps, waking hours or phase ceilings, only each account's own daily limit.
    # For fault tests and benchmarks against the sandbox; refused with real platforms.
    pace: str = Field(default="natural", pattern="^(natural|immediate)$")
    # A capability ledger in place of the product's own, as policy/capabilities/ledger.toml is
    # written. For tests that outlive its dates; refused with real platforms.
    ledger: Path | None = None
    twitter_client_id: str = "socialseed"
    twitter_client_secret: SecretStr = SecretStr("")
    instagram_client_id: str = "socialseed"
    instagram_client_secret: SecretStr = SecretStr("")
    tiktok_client_id: str = "socialseed"
    tiktok_client_secret: SecretStr = SecretStr("")
    # TikTok's API for Business wants an app of its own, for accounts of the tier `business`.
    tiktok_business_client_id: str = ""
    tiktok_business_client_secret: SecretStr = SecretStr("")
    # Beginnings of addresses that TikTok's portal verified, comma-separated: it pulls films there.
    tiktok_verified_media: str = ""
    # X signs its webhooks with the app's API key secret, which is not the OAuth 2.0 client secret.
    twitter_consumer_secret: SecretStr = SecretStr("")
    webhook_verify_token: SecretStr | None = None  # None: made from the master key

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.lease_seconds <= self.call_deadline_seconds:
            raise ValueError("SOCIALSEED_LEASE_SECONDS must be longer than CALL_DEADLINE_SECONDS.")
        loopback = self.host in {"127.0.0.1", "::1", "localhost"}
        if not loopback and not (self.public_url or "").startswith("https://"):
            raise ValueError("Outside loopback SOCIALSEED_PUBLIC_URL must be an https:// address.")
        if self.platform_mode == "live" and self.pace != "natural":
            raise ValueError("SOCIALSEED_PACE must be natural with real platforms.")
        secrets = (
            self.twitter_client_secret,
            self.instagram_client_secret,
            self.tiktok_client_secret,
            self.tiktok_business_client_secret,
        )
        if self.platform_mode == "live" and not any(s.get_secret_value() for s in secrets):
            raise ValueError("Live mode needs the client secret of at least one platform.")
        if self.platform_mode == "live" and self.ledger is not None:
            raise ValueError("SOCIALSEED_LEDGER must not be set with real platforms.")
        return self

    def webhook_secret(self, platform: str) -> str:
        """What the platform signs its webhooks with; empty when it is not set."""
        for kind in ("consumer", "client", "business_client"):
            found = getattr(self, f"{platform}_{kind}_secret", None)
            if isinstance(found, SecretStr) and found.get_secret_value():
                return found.get_secret_value()
        return ""

    @property
    def origin(self) -> str:
        """Scheme, host and port under which a browser reaches dashboard and API."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")
