#!/usr/bin/python3
"""Runs notebooks from top to bottom without a browser, and stops loudly at the first failure.

One line per code cell with its seconds; compiler diagnostics and stack traces in full; the notebook is saved with
all outputs up to the failing cell, always. A cell tagged `raises-exception` may fail. The working folder of a
notebook is its own folder. With --jobs 2 two notebooks run at a time; the lines of each come when it has ended. With
--no-run nothing runs: what is saved has the outputs that are there. With --own-runs the cells tagged `independent` do not
run and keep their outputs: they compute the same whatever runs of the study there are.

Parameters of a notebook are environment variables with defaults, read in its first cell (tagged `parameters`):
GIFT_QUICK=1 environment/run_notebook.py notebooks/01_*.ipynb
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent
# The project's kernel is found before any other of the same name; Jupyter reads this at import.
os.environ["JUPYTER_PATH"] = os.pathsep.join(
    filter(None, [str(ENVIRONMENT / "jupyter"), os.environ.get("JUPYTER_PATH")]))

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

KERNEL = "java"
INDEPENDENT = "independent"  # tag of a cell
# Equations in pages: Debian's MathJax (package libjs-mathjax) is copied beside them, so that they need no network. Of it
# the parts that draw TeX as SVG, without web fonts: 3 MB.
MATHJAX = Path("/usr/share/javascript/mathjax")
MATHJAX_LICENCE = Path("/usr/share/doc/libjs-mathjax/copyright")
MATHJAX_PARTS = ["MathJax.js", "config/TeX-AMS_SVG-full.js", "config/Safe.js", "extensions", "jax/element", "jax/input/TeX",
                 "jax/output/SVG/jax.js", "jax/output/SVG/config.js", "jax/output/SVG/autoload", "jax/output/SVG/fonts/TeX"]
MATHJAX_BESIDE = "mathjax/MathJax.js?config=TeX-AMS_SVG-full,Safe"
MATHJAX_ONLINE = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/latest.js?config=TeX-AMS_CHTML-full,Safe"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text_of(value):
    return value if isinstance(value, str) else "".join(value)


def first_line(cell):
    lines = [line for line in cell.source.splitlines() if line.strip()]
    return lines[0].strip() if lines else "(empty)"


def joined_streams(outputs):
    """Outputs with neighbouring pieces of stdout (or stderr) joined: how they were cut depends on timing alone.

    Of a line that was overwritten by carriage returns only the last state stays.
    """
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if output.output_type == "stream" and last and last.output_type == "stream" and last.name == output.name:
            last.text = text_of(last.text) + text_of(output.text)
        else:
            joined.append(output)
    for output in joined:
        if output.output_type == "stream":
            lines = text_of(output.text).split("\n")
            output.text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    return joined


def steady(notebook):
    """Takes out what differs between two runs that compute the same: times, the JDK's version, random cell ids."""
    notebook.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Java (GIFT)", "language": "java", "name": KERNEL},
        "language_info": {"file_extension": ".jshell", "mimetype": "text/x-java-source", "name": "Java",
                          "codemirror_mode": "text/x-java", "pygments_lexer": "java"},
        **{key: value for key, value in notebook.metadata.items()
           if key not in ("kernelspec", "language_info", "widgets")}})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined_streams(cell.outputs)


def read(path):
    """The notebook in format 4.5; a cell without an id gets one from its place, so that ids do not change by run."""
    with open(path, encoding="utf-8") as file:
        notebook = nbformat.reader.reads(file.read())
    if notebook.nbformat != 4:
        raise ValueError(f"notebook format {notebook.nbformat}; open and save it with a present Jupyter")
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    taken = {cell.get("id") for cell in notebook.cells}
    for number, cell in enumerate(notebook.cells, 1):
        if "id" not in cell:
            name = f"cell-{number}"
            while name in taken:
                name += "x"
            cell["id"] = name
            taken.add(name)
    nbformat.validate(notebook)
    return notebook


def save(notebook, path, html):
    """Writes the notebook, and its page beside it if `html`, each whole or not at all."""
    steady(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    nbformat.write(notebook, str(part))
    os.replace(part, path)
    if html:
        save_html(notebook, path.with_suffix(".html"))


def mathjax_beside(folder):
    """Copies MathJax into `folder`/mathjax, with its licence, unless it is there. What pages there load it from."""
    if not (MATHJAX / "MathJax.js").is_file() or not MATHJAX_LICENCE.is_file():
        print(f"no MathJax at {MATHJAX} (Debian's libjs-mathjax): equations in the pages need a network", file=sys.stderr)
        return MATHJAX_ONLINE
    place = folder / "mathjax"
    if not place.is_dir():
        part = Path(tempfile.mkdtemp(prefix="mathjax.", dir=folder))
        for name in MATHJAX_PARTS:
            target = part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (MATHJAX / name).is_dir():
                shutil.copytree(MATHJAX / name, target)
            else:
                shutil.copyfile(MATHJAX / name, target)
        shutil.copyfile(MATHJAX_LICENCE, part / "LICENCE.txt")
        part.chmod(0o755)
        try:
            os.rename(part, place)
        except OSError:  # another process was first
            shutil.rmtree(part)
    return MATHJAX_BESIDE


def save_html(notebook, path):
    from nbconvert import HTMLExporter
    exporter = HTMLExporter(mathjax_url=mathjax_beside(path.parent), require_js_url="")
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": path.stem}})
    page = page.replace('<script src=""></script>\n', "")  # nothing in the pages needs require.js
    part = path.with_name(path.name + ".part")
    part.write_text(page, encoding="utf-8")
    os.replace(part, path)


def report_failure(path, number, cell, error):
    """Everything a reader of a log needs: where, what the compiler or the stack trace says, what the cell printed."""
    print(f"\nFAILED {path}, cell {number}: {first_line(cell)}", file=sys.stderr)
    print("--- the cell", file=sys.stderr)
    print(cell.source, file=sys.stderr)
    cell.outputs = joined_streams(cell.get("outputs", []))
    shown = False
    for output in cell.outputs:
        if output.output_type == "stream":
            print(f"--- its {output.name}", file=sys.stderr)
            print(text_of(output.text).rstrip("\n"), file=sys.stderr)
        elif output.output_type == "error":
            print("--- the error", file=sys.stderr)
            print(ANSI.sub("", "\n".join(output.traceback)) or f"{output.ename}: {output.evalue}", file=sys.stderr)
            shown = True
    if isinstance(error, CellTimeoutError):
        print("--- it ran longer than --timeout allows", file=sys.stderr)
    elif not shown:
        print("--- the error", file=sys.stderr)
        print(ANSI.sub("", str(error)), file=sys.stderr)


def execute(path, timeout, target, html, own_runs):
    """Runs one notebook, without its independent cells if `own_runs`, and saves it to `target`. True if every cell ran."""
    notebook = read(path)
    code = [(number, cell) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    places = {number: place for place, (number, _) in enumerate(code, 1)}
    if own_runs:
        code = [(number, cell) for number, cell in code if INDEPENDENT not in cell.metadata.get("tags", [])]
    for _, cell in code:
        cell.outputs = []
        cell.execution_count = None
    client = NotebookClient(notebook, kernel_name=KERNEL, timeout=timeout, startup_timeout=120, record_timing=False,
                            resources={"metadata": {"path": str(path.resolve().parent)}})
    print(f"{path}", flush=True)
    begin = time.monotonic()
    number, cell = 0, None
    good = False
    try:
        with client.setup_kernel():
            print(f"  kernel   {time.monotonic() - begin:7.1f} s  started", flush=True)
            for number, cell in code:
                start = time.monotonic()
                client.execute_cell(cell, number - 1, execution_count=places[number])
                print(f"  cell {number:3d} {time.monotonic() - start:7.1f} s  {first_line(cell)[:90]}", flush=True)
        good = True
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        report_failure(path, number, cell, error)
    except Exception as error:  # the kernel itself did not start or went away
        where = f"cell {number}: {first_line(cell)}" if cell else "before the first cell"
        print(f"\nFAILED {path}, {where}\n{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        save(notebook, target, html)
    if good:
        kept = len(places) - len(code)
        print(f"  {len(code)} cells in {time.monotonic() - begin:.1f} s{f', {kept} as they were' if kept else ''}, saved as {target}",
              flush=True)
    else:
        print(f"the notebook as far as it went: {target}", file=sys.stderr, flush=True)
    return good


def side_by_side(options):
    """Runs the notebooks in processes of their own, each with its share of the cores. True if every one ran."""
    command = [sys.executable, __file__, "--timeout", str(options.timeout)]
    command += ["--in-place"] if options.in_place else ["--output-dir", str(options.output_dir)]
    command += ["--html"] if options.html else []
    command += ["--own-runs"] if options.own_runs else []
    threads = str(max(1, (os.cpu_count() or 1) // options.jobs))
    environment = {**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", threads)}
    failed = threading.Event()

    def run(path):
        if failed.is_set():
            return
        done = subprocess.run([*command, str(path)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        print(done.stdout, end="", flush=True)
        if done.returncode:
            failed.set()

    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(run, options.notebooks))
    return not failed.is_set()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--in-place", action="store_true", help="write the outputs into the notebook itself")
    place.add_argument("--output-dir", type=Path, metavar="DIR", help="write the executed copy to this folder")
    parser.add_argument("--html", action="store_true", help="write a page (.html) beside the executed notebook")
    parser.add_argument("--jobs", type=int, default=1, metavar="N",
                        help="notebooks at the same time, which then share the cores (default: %(default)s)")
    parser.add_argument("--no-run", action="store_true", help="run no cell; with --output-dir")
    parser.add_argument("--own-runs", action="store_true", help="run only the cells that depend on which runs there are")
    parser.add_argument("--timeout", type=int, default=1800, metavar="SECONDS",
                        help="longest time for one cell; 0 for no limit (default: %(default)s)")
    options = parser.parse_args()
    if options.timeout < 0:
        parser.error("--timeout: a number of seconds, or 0 for no limit")
    if options.jobs < 1:
        parser.error("--jobs: 1 or more")
    if options.no_run and options.in_place:
        parser.error("--no-run goes with --output-dir")
    for path in options.notebooks:
        if not path.is_file():
            parser.error(f"no notebook at {path}")
    if options.jobs > 1 and len(options.notebooks) > 1 and not options.no_run:
        sys.exit(0 if side_by_side(options) else 1)
    for path in options.notebooks:
        target = path if options.in_place else options.output_dir / path.name
        try:
            good = True
            if options.no_run:
                save(read(path), target, options.html)
            else:
                good = execute(path, options.timeout or None, target, options.html, options.own_runs)
        except (ValueError, nbformat.ValidationError) as error:  # not JSON, or not a notebook
            print(f"FAILED {path}: not a readable notebook: {error}", file=sys.stderr)
            good = False
        if not good:
            sys.exit(1)


if __name__ == "__main__":
    main()
