#!/usr/bin/env python3
"""One table of the reports in a folder: gift-BENCH-COMPUTE.json, and beside them peer-BENCH-COMPUTE.json where they are."""
import json
import sys
from pathlib import Path

BENCHES, COMPUTES = ["step", "unet", "generate"], ["fp32", "tf32", "bf16", "fp16"]
HEADER = ["bench", "part", "compute", "ms", "range, ms", "x floor", "GiB", "PyTorch, ms", "range, ms", "GiB", "ratio"]


def cell(value, form="%.1f"):
    return "" if value is None else form % value


def span(timing):
    return "%.1f to %.1f" % (timing["min_ms"], timing["max_ms"])


def memory(timing):
    """Of the GPU where one was used, else of the process."""
    return cell(timing["peak_memory_gib"] if timing["gpu_memory_gib"] is None else timing["gpu_memory_gib"], "%.2f")


def reports(folder):
    """Bench, compute, the own report and that of the peer, which may be None."""
    for bench in BENCHES:
        for compute in COMPUTES:
            own, peer = (folder / ("%s-%s-%s.json" % (who, bench, compute)) for who in ("gift", "peer"))
            if own.exists():
                yield bench, compute, json.loads(own.read_text()), json.loads(peer.read_text()) if peer.exists() else None


def rows(bench, compute, own, peer):
    for timing in own["timings"]:
        # the peer of a step makes one kind of update; those of a drawing have the names of its parts
        same = [t for t in peer["timings"] if bench == "step" or t["name"] == timing["name"]] if peer else []
        row = [bench, timing["name"], compute, cell(timing["median_ms"]), span(timing), cell(timing["times_floor"], "%.2f"),
               memory(timing)]
        for theirs in same[:1]:
            ratio = timing["median_ms"] / theirs["median_ms"]
            row += [cell(theirs["median_ms"]), span(theirs), memory(theirs), cell(ratio, "%.3f")]
        yield row + [""] * (len(HEADER) - len(row))


def heading(found):
    """What was measured, on what, and what the columns mean."""
    machine = found[0][2]["environment"]
    gpu = any(t["gpu_memory_gib"] is not None for _, _, own, _ in found for t in own["timings"])
    device = (machine["gpu"] or "the GPU").replace("\n", "; ") + ", with" if gpu else "the CPU,"
    yield "on %s %s, %d threads, %s" % (device, machine["cpu"], machine["threads"], machine["os"])
    for software in sorted({r["software"] + ", allocator " + r["allocator"] for _, _, *both in found for r in both if r}):
        yield software
    for bench, work in dict.fromkeys((bench, own["work"]) for bench, _, own, _ in found):
        yield "%s: %s" % (bench, work)
    for compute in dict.fromkeys(compute for _, compute, _, _ in found):
        floors = [own["floor"] for _, c, own, _ in found if c == compute]
        rates = sorted(floor["gflops"] for floor in floors)
        yield "floor in {0}: {1:,.0f} to {2:,.0f} GFLOP/s, what gift's runs reached in a product of {3} x {3} matrices".format(
            compute, rates[0], rates[-1], floors[0]["size"])
    yield "ms: median, of %d timed." % found[0][2]["timings"][0]["repeats"]
    yield ("x floor: how many times as long as the operations take at the floor's rate; below 1 is possible, as 3 x 3 convolutions "
           "may be computed with fewer than are counted.")
    yield ("GiB: memory of the GPU; of all processes for gift, reserved by its own for PyTorch." if gpu
           else "GiB: largest resident memory of the process.") + " ratio: gift's ms over PyTorch's, below 1 where gift is faster."


def main():
    found = list(reports(Path(sys.argv[1])))
    if not found:
        sys.exit("nothing was measured: no gift-BENCH-COMPUTE.json in " + sys.argv[1])
    print("\n".join("- " + line for line in heading(found)) + "\n")
    table = [HEADER] + [row for report in found for row in rows(*report)]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEADER))]
    for number, row in enumerate(table):
        print("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


if __name__ == "__main__":
    main()
