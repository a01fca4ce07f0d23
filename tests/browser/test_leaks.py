"""A cell that runs again and again leaves nothing behind: not in the kernel, and in the page no more than an empty widget."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import CDPSession, Page

from tests.browser.book import BOOK, printed, run, write
from tests.browser.conftest import IDLE, Lab

RERUNS = 50
"""Of the stepper; the others run again fewer times, and what a run leaves is compared."""
FEWER, SHOWN_MS = 12, 20_000
SETUP = """import socket
from IPython.display import display
from smtplab import Server, Stepper, Console, Transcript, exercise
from smtplab.widgets.panel import Panel, Compare
from smtplab.widgets.explorer import Explorer, Codes
import anywidget
server = Server()
with socket.create_connection(server.address, timeout=5) as client:
    replies = client.makefile("rb")
    for line in (b"", b"EHLO me\\r\\n", b"MAIL FROM:<a@example.com>\\r\\n", b"RCPT TO:<bob@example.com>\\r\\n", b"QUIT\\r\\n"):
        client.sendall(line)
        while replies.readline()[3:4] == b"-":
            pass
class Empty(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.innerHTML = '<p data-smtplab=empty>nothing</p>'; } }"
def made():
    widget = Empty()
    made.last.layout.close()
    made.last.close()
    made.last = widget
    return widget
made.last = Empty()
ex = exercise("00.1")
def missed():
    with socket.create_connection(ex.server.address, timeout=5) as client:
        client.sendall(b"BYE\\r\\n")
        client.makefile("rb").readline()
    return ex.check()
"""
CELLS = {
    "empty": "made()",
    "stepper": "Stepper(server.sessions[0])",
    "live stepper": "Stepper(server)",
    "console": "Console(server)",
    "panels": "display(Panel('ladder', server.sessions[0]), Panel('envelope', server.sessions[0]), Compare(server.sessions[0], server.sessions[0]))",
    "explorers": "display(Explorer(server), Codes())",
    "card": "exercise('01.1')",
    "failed check": "missed()",
}
# Everything open in the kernel that a widget could leave there. IPython's own Out is let be.
COUNT = """import gc, json, os, threading
import comm, ipywidgets
def counted():
    gc.collect()
    fds = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.islink(f"/proc/self/fd/{n}")] if os.path.isdir("/proc/self/fd") else []
    return {
        "widgets": len(ipywidgets.widgets.widget._instances),
        "comms": len(comm.get_comm_manager().comms),
        "threads": threading.active_count(),
        "sockets": sum(name.startswith("socket:") for name in fds),
        "connections to the server": len(server.waiting),
        "hooks": sum(map(len, get_ipython().events.callbacks.values())),
        "watchers": sum(len(each) for each in gc.get_objects() if type(each).__name__ == "Watchers"),
    }
print(json.dumps(counted()))"""


def in_page(devtools: CDPSession) -> dict[str, int]:
    """Nodes and listeners that the page holds after its rubbish was collected."""
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    found = devtools.send("Memory.getDOMCounters")
    return {"nodes": found["nodes"], "listeners": found["jsEventListeners"]}


def again(page: Page, number: int, times: int) -> None:
    """Run a cell so many times; each time its widget is on the page before the next run."""
    page.evaluate(
        f"""async ([number, times]) => {{
        const book = {BOOK}.content, cell = book.widgets[number].node;
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const shown = () => [...cell.querySelectorAll('[data-smtplab], .smtplab-exercise')].filter((each) => !each.dataset.old && each.offsetHeight);
        for (let n = 0; n < times; n++) {{
          for (const each of shown()) each.dataset.old = 'yes';
          book.deselectAll();
          book.activeCellIndex = number;
          await window.jupyterapp.commands.execute('notebook:run-cell');
          for (const until = performance.now() + {SHOWN_MS}; !shown().length;) {{
            if (performance.now() > until) throw new Error('the cell showed nothing within {SHOWN_MS} ms');
            await frame();
          }}
          await frame();
        }} }}""",
        [number, times],
    )
    page.wait_for_function(IDLE)


def test_fifty_reruns_leave_nothing_in_the_kernel_and_in_the_page_what_an_empty_widget_leaves(
    lab: Lab, open_notebook: Callable[..., Page]
) -> None:
    page = open_notebook(write(lab, SETUP, *CELLS.values(), ""), width=1200)
    devtools = page.context.new_cdp_session(page)
    run(page, 0)
    left: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    for number, name in enumerate(CELLS, 1):
        times = RERUNS if name == "stepper" else FEWER
        again(page, number, 3)
        before, page_before = json.loads(printed(page, COUNT)), in_page(devtools)
        again(page, number, times)
        after, page_after = json.loads(printed(page, COUNT)), in_page(devtools)
        left[name] = (_grown(before, after), {what: n / times for what, n in _grown(page_before, page_after).items()})
        print(name, times, left[name])
        page.evaluate(f"(n) => {BOOK}.content.widgets[n].model.clearExecution()", number)
    in_kernel = {name: {what: n for what, n in kernel.items() if n > 0} for name, (kernel, _) in left.items()}
    assert not any(in_kernel.values()), f"re-runs left in the kernel: {in_kernel}"
    empty = left["empty"][1]
    for name, (_, held) in left.items():
        for what, each in held.items():
            assert each <= 2 * empty[what] + 10, (
                f"{name}: a run left {each:.0f} {what} in the page, of an empty widget {empty[what]:.0f}"
            )


def _grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before}
