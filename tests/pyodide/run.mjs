// Runs a Python file in Pyodide: node run.mjs PYODIDE_FOLDER SETTINGS_JSON SCRIPT ARGUMENT...
// SETTINGS: {"mounts": {folder inside: folder outside}, "path": [folders inside], "cwd": folder inside, "env": {...}}.
// A coroutine function named `later` in the script is awaited when the rest is done, in the browser's own loop.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [home, settings, ...argv] = process.argv.slice(2);
const { mounts, path, cwd, env } = JSON.parse(settings);
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")));
const pyodide = await loadPyodide({ env });
for (const [inside, outside] of Object.entries(mounts)) {
  pyodide.FS.mkdirTree(inside);
  pyodide.mountNodeFS(inside, outside);
}
pyodide.globals.set("settings", pyodide.toPy({ argv, path, cwd }));
const code = `
import os, runpy, sys
sys.dont_write_bytecode = True
os.chdir(settings["cwd"])
sys.path[:0] = settings["path"]
sys.argv = settings["argv"]
code = 0
try:
    made = runpy.run_path(sys.argv[0], run_name="__main__")
    if "later" in made:
        await made["later"]()
except SystemExit as end:
    code = end.code or 0
code
`;
try {
  process.exitCode = await pyodide.runPythonAsync(code);
} catch (error) {
  console.error(error.message); // not the error itself: Node would print the line of source around it, a megabyte
  process.exitCode = 1;
}
