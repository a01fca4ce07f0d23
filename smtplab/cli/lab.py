"""Open JupyterLab on notebook 01, in a copy of the notebooks that is yours.

The copy is made on the first call. What you change in it is never overwritten: where a newer version of a notebook
you changed is shipped, yours stays and a line says so.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from smtplab.cli import UsageError
from smtplab.cli.notebooks import copy_notebooks, find_notebook, notebook_names, put_back, shipped_folder
from smtplab.course.examples import shipped_examples

FIRST = "01"

# Defaults for JupyterLab's settings: no question about news, no look for updates, neither belongs between a learner
# and the first notebook. JupyterLab finds them by this folder's place on its search path: nothing is written to
# anyone's configuration, and what the learner has set there still counts. (LabApp.news_url=None does not stop the
# question: the page of JupyterLab 4.6 never looks at it.)
DEFAULTS = Path(__file__).parent / "jupyter"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `smtplab lab`."""
    parser.add_argument("--dir", default="smtplab-notebooks", metavar="DIR", help="your copy (default: %(default)s)")
    parser.add_argument("--fresh", metavar="NN", help="put notebook NN back as shipped, and keep yours beside it")
    parser.add_argument("--port", type=int, metavar="PORT", help="where JupyterLab listens (default: 8888 or next)")
    parser.add_argument("jupyter", nargs="*", metavar="-- ARG", help="anything more is for jupyter lab")


def run(args: argparse.Namespace) -> int:
    """Prepare the copy and become JupyterLab; gives its exit status."""
    if find_spec("jupyterlab") is None:
        raise UsageError("JupyterLab is not installed; pip install jupyterlab ipykernel")
    folder = Path(args.dir)
    start = prepare(folder, args.fresh)
    command = lab_arguments(folder, start, args.port, args.jupyter)
    for line in remarks(command):
        _say(line)
    return _become_jupyterlab(command)


def prepare(folder: Path, fresh: str | None = None) -> str:
    """Make or renew the copy in `folder`, say what was done, and give the name of the notebook to open.

    Working on the shipped folder itself copies nothing.
    """
    shipped = shipped_folder()
    if not notebook_names(shipped):
        raise UsageError("this installation carries no notebooks; install it again")
    start = find_notebook(shipped, fresh or FIRST)
    if fresh and start is None:
        raise UsageError(f"there is no notebook {fresh}; say one of: {_numbers(shipped)}")
    in_place = folder.exists() and folder.samefile(shipped)
    if in_place and fresh:
        raise UsageError(f"{folder} is what is shipped, there is nothing to put back; leave --fresh out")
    if not in_place:
        try:
            _renew(shipped, folder, start if fresh else None)
        except OSError as error:
            raise UsageError(f"cannot write to {folder} ({error.strerror}); name another folder: --dir DIR") from None
    return start or notebook_names(shipped)[0]


def lab_arguments(folder: Path, start: str, port: int | None, more: list[str]) -> list[str]:
    """The command line for JupyterLab; what the user gave comes last, and replaces ours."""
    ours = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/lab/tree/{start}"]
    if port is not None:
        if not 0 <= port <= 65535:
            raise UsageError(f"a port is a number from 1 to 65535, or 0 for any free one, not {port}")
        ours.append(f"--ServerApp.port={port}")
    if _is_root():
        ours.append("--allow-root")
    if not _has_screen():
        ours.append("--no-browser")
    given = {word.split("=")[0] for word in more}
    return [word for word in ours if word.split("=")[0] not in given] + more


def remarks(command: list[str]) -> list[str]:
    """What the user should be told about the command line."""
    lines: list[str] = []
    if _is_root():
        lines.append("you are root, so JupyterLab is started with --allow-root")
    if "--no-browser" in command:
        lines.append("open the address below in a browser (to stop: Ctrl-C twice)")
    return lines


def _renew(shipped: Path, folder: Path, fresh: str | None) -> None:
    report = copy_notebooks(shipped, folder)
    if (examples := shipped_examples()).is_dir():
        copy_notebooks(examples, folder / "examples")
    if report.added:
        _say(f"your copy of the notebooks is in {folder}")
    if report.renewed:
        _say(f"renewed, you had not changed them: {', '.join(report.renewed)}")
    for name in report.kept:
        if name != fresh:
            _say(f"there is a newer {name}; yours is kept (smtplab lab --fresh {name[:2]} gives the new one as well)")
    if fresh:
        kept = put_back(shipped, folder, fresh)
        _say(f"{fresh} is as shipped" + (f"; yours is beside it, {kept}" if kept else " already"))


def _numbers(folder: Path) -> str:
    return " ".join(name[:2] for name in notebook_names(folder))


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _has_screen() -> bool:
    """Is there a place where a browser window could open?

    On Linux a text browser would be found without one, and take the terminal over.
    """
    if os.environ.get("BROWSER") or not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say(line: str) -> None:
    print(f"smtplab: {line}", file=sys.stderr, flush=True)


def _become_jupyterlab(command: list[str]) -> int:
    """Run JupyterLab in this process, as `jupyter lab` does, and give its exit status."""
    from jupyterlab import labapp

    path = [str(DEFAULTS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(path)
    sys.argv = ["jupyter-lab", *command]
    try:
        labapp.main(command)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
