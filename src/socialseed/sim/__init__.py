"""Worlds, scripted people and invariants: the composition root on a virtual clock."""
