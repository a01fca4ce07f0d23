"""A stepper as one HTML file that needs nothing else: style, script and data inside.

Never does: read a file. The caller hands over the stylesheet and the script as text, so that a view needs no package
data; nothing is fetched from anywhere.
"""

from __future__ import annotations

from ..protocol.transcript import Transcript
from .stepper import document
from .text import esc

_BODY = "html,body{margin:0}body{background:#fff}@media (prefers-color-scheme:dark){body{background:#111}}"

_BOOT = """
const data = JSON.parse(document.querySelector(".sl-data").textContent);
mount(document.querySelector('[data-smtplab="stepper"]'), opened(data), { hash: true });
"""


def page(
    transcript: Transcript, css: str, script: str, *, large: bool = False, title: str = "SMTP, step by step"
) -> str:
    """The whole file. `script` is the page's module: it defines `opened(packed)` and `mount(root, document, { hash })`."""
    drawn = document(transcript, large=large)
    data = drawn.to_json().replace("<", "\\u003c")
    style = css.replace("</", "<\\/")
    code = (script + _BOOT).replace("</script", "<\\/script")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{esc(title)}</title><style>{_BODY}\n{style}</style></head><body><main>{drawn.shell}</main>"
        f'<script type="application/json" class="sl-data">{data}</script>'
        f'<script type="module">{code}</script></body></html>\n'
    )
