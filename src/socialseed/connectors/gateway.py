"""Where a platform's hosts are: the real ones, or the sandbox under the same names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gateway:
    """`sandbox_url` None means the real platforms."""

    sandbox_url: str | None

    def base(self, host: str) -> str:
        """The address, without a trailing slash, under which `host` is reached."""
        if self.sandbox_url is None:
            return f"https://{host}"
        return f"{self.sandbox_url.rstrip('/')}/{host}"

    def secret(self, given: str) -> str:
        """The app's secret. The sandbox takes any, but, like the real platforms, wants one."""
        return given or ("sandbox" if self.sandbox_url is not None else "")
