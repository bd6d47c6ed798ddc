#!/usr/bin/env python3
"""Compares groklab's training step with its Python baselines; `make bench-baselines` runs it. See README.md.

First every baseline must repeat groklab's losses; then groklab and the baseline are timed in turns. One table on standard
output, everything in JSON.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

import numpy as np

import workloads as wl
from groklab_side import Groklab
from baselines import BaselineProcesses, Variant, single_process_variants

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOSS_STEPS = 20
# Largest relative difference of two losses. Float32 rounds to 6e-8; logits are sums of some hundreds of such terms, and
# 20 steps of AdamW hand the error on. Seen: up to 6e-6; a wrong weight decay: 1e-3 (see `control`).
TOLERANCE = 2e-5
CONTROL_DECAY = 0.0
NEAR = 1.25  # variants this near to the fastest in the short trial are measured in full, two at most


def largest_difference(losses, expected):
    """Relative; not a number if any loss is none."""
    return float(np.max(np.abs(np.divide(losses, expected) - 1)))


def say(text):
    print(text, file=sys.stderr, flush=True)


class Comparison:
    def __init__(self, args):
        self.args = args
        self.cores = len(os.sched_getaffinity(0))
        self.groklab = Groklab(args.groklab, args.work)
        self.cache = pathlib.Path(args.work) / "compiled"
        self.cells = []

    def workload(self, workload):
        seeds = range(workload.runs)
        with concurrent.futures.ThreadPoolExecutor(self.cores) as pool:
            starts = list(pool.map(lambda seed: self.groklab.start_file(workload, seed), seeds))
            by_run = list(pool.map(lambda seed: self.groklab.losses(workload, seed, LOSS_STEPS), seeds))
        expected = [[losses[step] for losses in by_run] for step in range(LOSS_STEPS)]
        most = self.args.groklab_threads or self.cores
        counts = [most] if workload.runs > 1 else sorted({1, most})
        times = {n: min(self.groklab.time(workload, n, self.args.seconds) for _ in range(3)) for n in counts}
        threads = min(times, key=times.get)
        self.controlled = False
        for form in self.args.form:
            for baseline in self.args.baseline:
                self.cell(workload, form, baseline, starts, expected, threads)

    def cell(self, workload, form, baseline, starts, expected, groklab_threads):
        """One baseline on one workload: its fastest single process and, for a sweep, one process on each core."""
        begin = time.perf_counter()
        tried, differences = {}, {}

        def start(variants):
            # They compile at the same time; nothing is timed before the last is done.
            started = {v: BaselineProcesses(baseline, workload, form, v, starts, self.cache, self.args.device) for v in variants}
            for processes in started.values():
                processes.send_losses(LOSS_STEPS)
            for v, processes in started.items():
                differences[v] = self.agree(processes, expected)
            for _ in range(2):
                for v, processes in started.items():
                    tried[v] = min(tried.get(v, float("inf")), processes.time(self.args.seconds / 2))
            return started

        at_work = start(single_process_variants(baseline, workload, self.cores, self.args.device))
        if not self.controlled:
            self.control(next(iter(at_work.values())), expected)
        # The short trial only rules out what is far behind.
        near = [v for v in sorted(at_work, key=tried.get)[:2] if tried[v] < NEAR * min(tried.values())]
        for v in [v for v in at_work if v not in near]:
            at_work.pop(v).close()
        if workload.runs > 1 and self.cores > 1 and self.args.device == "cpu":
            how = min((v for v in tried if v.threads == 1), key=tried.get).how
            at_work |= start([Variant(how, 1, self.cores)])

        ours, theirs = [self.groklab.time(workload, groklab_threads, self.args.seconds)], {v: [] for v in at_work}
        for _ in range(self.args.repeats):
            for v, processes in at_work.items():
                theirs[v].append(processes.time(self.args.seconds))
            ours.append(self.groklab.time(workload, groklab_threads, self.args.seconds))
        for processes in at_work.values():
            processes.close()
        # Each round of the baseline against the two times of groklab around it, so that a neighbour's load moves both.
        around = [0.5 * (before + after) for before, after in zip(ours, ours[1:])]
        for count in sorted({v.processes for v in theirs}):
            finalists = [v for v in theirs if v.processes == count]
            v = min(finalists, key=lambda v: statistics.median(theirs[v]))
            self.add(workload, form, baseline, v, theirs[v], around, {
                "groklab_threads": groklab_threads, "tried_ms": {str(v): t for v, t in tried.items()},
                "loss_difference": max(differences.values())})
        say(f"{workload.name}, {form}, {wl.BASELINES[baseline]}: " + "; ".join(f"{v}: {t:.2f} ms" for v, t in tried.items()) +
            f"; losses differ by {max(differences.values()):.1e} ({time.perf_counter() - begin:.0f} s)")

    def add(self, workload, form, baseline, variant, theirs, ours, more):
        ratios = sorted(a / b for a, b in zip(theirs, ours))
        ratio = statistics.median(ratios)
        target = None
        if variant.processes == 1 and self.args.device == "cpu":
            target = workload.targets[form].get(baseline)
        self.cells.append({
            "workload": workload.name, "form": form, "baseline": wl.BASELINES[baseline], "variant": str(variant),
            "ms_per_step": statistics.median(theirs),
            "groklab_ms_per_step": statistics.median(ours),
            "ratio": ratio, "ratio_low": ratios[0], "ratio_high": ratios[-1], "target": target,
            "met": None if target is None else ratio >= target} | more)

    def agree(self, processes, expected):
        difference = largest_difference(processes.receive_losses(LOSS_STEPS), expected)
        if not difference <= TOLERANCE:  # a NaN is no agreement
            raise SystemExit(f"baselines: {processes.name}: the first {LOSS_STEPS} losses: expected groklab's to "
                             f"{TOLERANCE:.0e}, found a difference of {difference:.1e}")
        return difference

    def control(self, processes, expected):
        """The check must see a wrong weight decay, or it shows nothing."""
        processes.send_losses(LOSS_STEPS, weight_decay=CONTROL_DECAY)
        difference = largest_difference(processes.receive_losses(LOSS_STEPS), expected)
        if difference <= 10 * TOLERANCE:
            raise SystemExit(f"baselines: {processes.name}: a weight decay of {CONTROL_DECAY} moves the losses by only "
                             f"{difference:.1e}: the comparison of losses is blind")
        self.controlled = True


def table(cells):
    lines = [f"{'workload':9s} {'form':7s} {'baseline':14s} {'fastest variant':26s} {'ms/step':>8s} {'groklab':>8s} "
             f"{'ratio':>7s}  {'(least-most)':15s} {'target':>6s}  met"]
    for c in cells:
        target = "-" if c["target"] is None else f"{c['target']:.1f}"
        spread = f"({c['ratio_low']:.2f}-{c['ratio_high']:.2f})"
        met = {None: "-", True: "yes", False: "no"}[c["met"]]
        lines.append(f"{c['workload']:9s} {c['form']:7s} {c['baseline']:14s} {c['variant']:26s} {c['ms_per_step']:8.2f} "
                     f"{c['groklab_ms_per_step']:8.2f} {c['ratio']:7.2f}  {spread:15s} {target:>6s}  {met}")
    return "\n".join(lines)


def device_name(device):
    if device == "cpu":
        return "processor"
    done = subprocess.run(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True)
    return done.stdout.strip().splitlines()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groklab", default=str(ROOT / "build" / "groklab"), help="the program")
    parser.add_argument("--work", default=str(ROOT / "build" / "baselines"), help="directory for runs and compiled code")
    parser.add_argument("--json", default=str(ROOT / "build" / "baselines.json"), help="where the results go")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.4, help="of steps in each repeat")
    parser.add_argument("--quick", action="store_true", help="3 repeats of 0.2 s: shows that all works, no more")
    parser.add_argument("--workload", choices=[w.name for w in wl.WORKLOADS], action="append", help="only these")
    parser.add_argument("--form", choices=["public", "expert"], action="append", help="only these")
    parser.add_argument("--baseline", choices=wl.BASELINES, action="append", help="only these")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="of the baselines; groklab has the processor")
    parser.add_argument("--groklab-threads", type=int, default=0, help="0: as many as there are cores")
    args = parser.parse_args()
    args.form, args.baseline = args.form or ["public", "expert"], args.baseline or list(wl.BASELINES)
    if args.quick:
        args.repeats, args.seconds = 3, 0.2

    comparison = Comparison(args)
    for workload in wl.WORKLOADS:
        wanted = workload.name in args.workload if args.workload else args.device == "cuda" or not workload.gpu_only
        if wanted:
            comparison.workload(workload)
    print(table(comparison.cells))
    result = {"groklab": comparison.groklab.call("--version").strip(), "processor": platform.processor(),
              "cores": comparison.cores, "device": device_name(args.device), "python": platform.python_version(),
              "packages": {name: version(name) for name in ("torch", "jax", "jaxlib", "numpy")},
              "repeats": args.repeats, "seconds": args.seconds, "loss_steps": LOSS_STEPS, "loss_tolerance": TOLERANCE,
              "results": comparison.cells}
    pathlib.Path(args.json).write_text(json.dumps(result, indent=2) + "\n")
    say(f"written: {args.json}")


if __name__ == "__main__":
    main()
