"""The HTML pages of load balancers and containers. All values are escaped here and nowhere else."""

from collections.abc import Mapping
from html import escape

from ecsdash.sandbox.http.messages import Response

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem}
body{color:#1d2327;background:#f6f7f8}
main{background:#fff;border:1px solid #d5d9de;border-radius:8px;padding:2rem}
h1{font-size:1.5rem;margin:0 0 1rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem;border-top:1px solid #d5d9de}
label{white-space:nowrap}button{white-space:nowrap}
dt{color:#646970}dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,monospace}footer{color:#646970}
"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
}


def page(status: int, title: str, paragraphs: list[str], facts: Mapping[str, str]) -> Response:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return document(status, title, f"{body}<dl>{rows}</dl>")


def document(status: int, title: str, body: str) -> Response:
    """`body` is HTML already."""
    whole = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main>"
        "<footer><p>Served by the simulated AWS.</p></footer></body></html>"
    )
    return Response(status, whole.encode(), _HEADERS)


def plain(status: int, title: str) -> Response:
    return page(status, title, [], {})
