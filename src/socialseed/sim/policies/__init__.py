"""The policies that stand for other tools: drivers of their own, through the same doors."""

from socialseed.sim.policies.tool import play

__all__ = ["play"]
