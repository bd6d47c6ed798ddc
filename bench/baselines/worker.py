"""One process that holds one baseline. Reads one JSON command a line on standard input and answers with one line:
{"losses": N, "weight_decay": w} -> the losses of the first N steps, [N][runs]
{"time": seconds}                -> milliseconds of one step of all its runs; starts anew from the first weights
"""
import argparse
import json
import os
import sys
import time

import numpy as np
from safetensors.numpy import load_file

import workloads as wl


def make_baseline(args):
    starts = []
    for file in args.starts:
        tensors = load_file(file)
        rows = tensors.pop("rows").astype(np.int64)
        starts.append(wl.Start.make(tensors, rows, args.p))
    if args.baseline == "jax":
        from jax_baseline import JaxBaseline
        return JaxBaseline(starts, args.form, args.variant, args.device)
    from torch_baseline import TorchBaseline
    return TorchBaseline(starts, args.form, args.variant, args.baseline == "compile", args.threads,
                         args.device)


def time_steps(baseline, seconds):
    def timed(calls):
        begin = time.perf_counter()
        baseline.run(calls * baseline.per_call)
        return time.perf_counter() - begin

    baseline.reset()
    calls = max(1, round(seconds / timed(1)))
    return 1e3 * timed(calls) / (calls * baseline.per_call)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--baseline", choices=wl.BASELINES, required=True)
    parser.add_argument("--form", choices=["public", "expert"], required=True)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", choices=["cpu", "cuda"], required=True)
    parser.add_argument("--core", type=int, default=-1, help="the only core that this process may use; -1: any")
    parser.add_argument("--p", type=int, required=True)
    parser.add_argument("starts", nargs="+")
    args = parser.parse_args()
    if args.core >= 0:
        os.sched_setaffinity(0, {args.core})  # before the import: JAX has as many threads as it may use cores
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a framework prints is no answer
    baseline = make_baseline(args)
    for line in sys.stdin:
        command = json.loads(line)
        if "losses" in command:
            baseline.reset(command.get("weight_decay", wl.WEIGHT_DECAY))
            result = baseline.run(command["losses"], keep_losses=True)
        else:
            result = time_steps(baseline, command["time"])
        print(json.dumps(result), file=answers, flush=True)


if __name__ == "__main__":
    main()
