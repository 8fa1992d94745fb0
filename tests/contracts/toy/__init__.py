"""Toy: an invented platform, complete and tiny, as docs/how-to/add-a-platform.md asks for one."""
