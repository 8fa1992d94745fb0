"""HTTP edges: problems, streams, static files."""
