#!/usr/bin/env python3
"""One table of the reports in a folder: gift-BENCH-COMPUTE.json, and beside them peer-BENCH-COMPUTE.json where they are."""
import json
import sys
from pathlib import Path


def cell(value, form="%.1f"):
    return "" if value is None else form % value


def rows(folder):
    for file in sorted(folder.glob("gift-*.json")):
        own = json.loads(file.read_text())
        beside = file.with_name(file.name.replace("gift-", "peer-", 1))
        peer = json.loads(beside.read_text()) if beside.exists() else {"timings": []}
        compute = file.stem.split("-")[-1]
        for timing in own["timings"]:
            # the peer of a step makes one kind of update; those of a drawing have the names of its parts
            same = [t for t in peer["timings"] if own["bench"] == "step" or t["name"] == timing["name"]]
            theirs = same[0] if same else None
            yield [own["bench"], timing["name"], compute, cell(timing["median_ms"]),
                   "%.1f to %.1f" % (timing["min_ms"], timing["max_ms"]), cell(timing["times_floor"], "%.2f"),
                   cell(timing["gpu_memory_gib"] or timing["peak_memory_gib"], "%.2f"),
                   cell(theirs and theirs["median_ms"]), cell(theirs and timing["median_ms"] / theirs["median_ms"], "%.3f")]


def main():
    table = [["bench", "part", "compute", "ms", "range", "x floor", "GiB", "PyTorch ms", "ratio"]]
    table += rows(Path(sys.argv[1]))
    for number, row in enumerate(table):
        print("| " + " | ".join(row) + " |")
        if number == 0:
            print("|" + "---|" * len(row))


if __name__ == "__main__":
    main()
