"""What the scripts of this folder share: options, timing, the floor, the report, with the keys of `gift bench ... --json`."""
import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

import torch

DTYPES = {"fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--device", default="auto", help="auto, cpu, gpu0, ... (default auto)")
    parser.add_argument("--compute", default="fp32", choices=list(DTYPES), help="below fp32: torch.autocast (default fp32)")
    parser.add_argument("--warmup", type=int, default=1, help="calls before, not counted (default 1)")
    parser.add_argument("--repeats", type=int, default=3, help="calls that are timed (default 3)")
    parser.add_argument("--json", type=Path, help="write the report there, too")
    return parser


def device_of(name):
    if name == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    return torch.device("cuda:" + name[3:] if name.startswith("gpu") else name)


def wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Samples:
    """The times of the calls of one piece of work; the first ones are warm-up."""

    def __init__(self, options, device):
        self.options, self.device, self.made, self.wall, self.processor = options, device, 0, [], []

    def take(self, call):
        wait(self.device)
        used, begin = time.process_time(), time.perf_counter()
        result = call()
        wait(self.device)
        if self.made >= self.options.warmup:
            self.wall.append(1e3 * (time.perf_counter() - begin))
            self.processor.append(1e3 * (time.process_time() - used))
        self.made += 1
        return result

    def timing(self, name, operations, floor):
        wall, processor = sorted(self.wall), sorted(self.processor)
        median = wall[len(wall) // 2]
        gpu = self.device.type == "cuda"
        return {"name": name, "warmup": self.options.warmup, "repeats": len(wall), "median_ms": round(median, 3),
                "min_ms": round(wall[0], 3), "max_ms": round(wall[-1], 3),
                "processor_ms": round(processor[len(processor) // 2], 3), "operations": operations,
                "times_floor": round(median * 1e6 * floor["gflops"] / operations, 3) if operations else None,
                "peak_memory_gib": peak_memory(),
                "gpu_memory_gib": round(torch.cuda.max_memory_reserved(self.device) / 2**30, 3) if gpu else None}


def peak_memory():
    """Largest resident memory of this process in GiB, or None."""
    try:
        line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
    except (OSError, StopIteration):
        return None
    return round(int(line.split()[1]) / 2**20, 3)


def floor_of(device, compute):
    """10^9 operations a second in one large matrix product, the fastest of five; printed, too."""
    n = 8192 if device.type == "cuda" else 2048
    with torch.no_grad():
        x, w = (torch.rand(n, n, device=device).to(DTYPES[compute]) for _ in range(2))
        best = float("inf")
        for i in range(7):
            wait(device)
            begin = time.perf_counter()
            torch.nn.functional.linear(x, w)
            wait(device)
            best = min(best, time.perf_counter() - begin) if i >= 2 else best
    gflops = round(2 * n**3 / best / 1e9, 1)
    print("floor: {:,.1f} GFLOP/s in a product of {} x {} matrices, {}".format(gflops, n, n, compute), flush=True)
    return {"size": n, "precision": compute, "gflops": gflops}


def allocator():
    if "jemalloc" in os.environ.get("LD_PRELOAD", ""):
        return "jemalloc"
    return "system, thresholds raised" if "MALLOC_MMAP_THRESHOLD_" in os.environ else "system"


def tf32(on):
    """As the engine computes: products and convolutions in TF32 only where that is asked for."""
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on


def report(options, device, bench, work, floor, timings, models):
    """Prints the timings, and writes the file of --json; `models` says which library the models are of."""
    for t in timings:
        print("%-22s %10.1f ms (median of %d; %.1f to %.1f), processor %.1f ms%s%s" % (
            t["name"], t["median_ms"], t["repeats"], t["min_ms"], t["max_ms"], t["processor_ms"],
            "" if t["peak_memory_gib"] is None else ", peak resident memory %.2f GiB" % t["peak_memory_gib"],
            "" if t["gpu_memory_gib"] is None else ", GPU %.2f GiB" % t["gpu_memory_gib"]))
    result = {"bench": bench, "work": work, "software": "PyTorch %s, %s" % (torch.__version__, models),
              "compute": options.compute, "allocator": allocator(),
              "environment": {"python": sys.version.split()[0], "pytorch": torch.__version__, "os": platform.platform(),
                              "cores": os.cpu_count(), "threads": torch.get_num_threads(),
                              "gpu": torch.cuda.get_device_name(device) if device.type == "cuda" else None},
              "floor": floor, "timings": timings}
    if options.json:
        part = options.json.with_name(options.json.name + ".part")
        part.write_text(json.dumps(result, indent=2) + "\n")
        part.replace(options.json)
