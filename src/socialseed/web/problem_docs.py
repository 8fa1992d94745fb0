"""Shows docs/problems.md as a page, so that the `type` of a problem is a link that works."""

import html


def render_problem_docs(markdown: str) -> str:
    """docs/problems.md as one page whose headings are what `type` links to."""
    lines = ['<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Problems</title>']
    lines.append("</head><body>")
    for line in markdown.splitlines():
        text = html.escape(line)
        if line.startswith("## "):
            title = line[3:].strip()
            lines.append(f'<h2 id="{anchor_of(title)}">{html.escape(title)}</h2>')
        elif line.startswith("# "):
            lines.append(f"<h1>{html.escape(line[2:])}</h1>")
        elif line.strip():
            lines.append(f"<p>{text}</p>")
    return "\n".join([*lines, "</body></html>"])


def anchor_of(title: str) -> str:
    """The anchor that a Markdown heading gets: lower case, hyphens for spaces."""
    return title.strip().lower().replace(" ", "-")
