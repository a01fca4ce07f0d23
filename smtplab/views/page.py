"""A stepper as one HTML file that needs nothing else: style, script and data inside.

Never does: read a file. The caller hands over the stylesheet and the script as text, so that a view needs no package
data; nothing is fetched from anywhere.
"""

from __future__ import annotations

from ..protocol.transcript import Transcript
from .stepper import document
from .text import esc

_BODY = "html,body{margin:0}body{background:#fff}@media (prefers-color-scheme:dark){body{background:#111}}@media print{body{background:#fff}}"

_SHEETS = 200
"""Positions that may be printed a page each."""
_PRINT = (
    '<p class="smtplab sl-print">Printed, it is a summary; <label><input type="checkbox" id="sl-each"> a page for each step'
    "</label>. <code>#step-7</code> at the end of the address opens step 7.</p>"
)

_BOOT = """
const data = JSON.parse(document.querySelector(".sl-data").textContent);
const root = document.querySelector('[data-smtplab="stepper"]'), sheets = document.querySelector(".sl-sheets");
const doc = opened(data), each = document.querySelector("#sl-each"), blank = root.outerHTML;
mount(root, doc, { hash: true });
addEventListener("beforeprint", () => {
  document.body.dataset.jpThemeLight = "true"; // paper is light
  if (!each?.checked) return;
  document.body.classList.add("has-sheets");
  doc.steps.forEach((_, at) => {
    const made = document.createElement("template");
    made.innerHTML = blank;
    const sheet = made.content.firstElementChild;
    sheets.append(sheet);
    mount(sheet, doc, { at }).close();
  });
});
addEventListener("afterprint", () => { delete document.body.dataset.jpThemeLight; document.body.classList.remove("has-sheets"); sheets.replaceChildren(); });
"""


def page(transcript: Transcript, css: str, script: str, *, large: bool = False, title: str = "") -> str:
    """The whole file; its title is the protocol's, unless one is given. `script` is the page's module: it defines `opened(packed)` and `mount(root, document, { hash })`."""
    title = title or f"{transcript.table.name}, step by step"
    drawn = document(transcript, large=large)
    data = drawn.to_json().replace("<", "\\u003c")
    style = css.replace("</", "<\\/")
    code = (script + _BOOT).replace("</script", "<\\/script")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{esc(title)}</title><style>{_BODY}\n{style}</style></head><body><main>{drawn.shell}</main>"
        f'{_PRINT if len(drawn.positions) <= _SHEETS else ""}<div class="sl-sheets"></div>'
        f'<script type="application/json" class="sl-data">{data}</script>'
        f'<script type="module">{code}</script></body></html>\n'
    )
