"""One process that holds one peer. Reads one JSON command a line on standard input and answers with one line:
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
    if args.peer == "jax":
        from jax_baseline import JaxPeer
        return JaxPeer(starts, args.form, args.variant)
    from torch_baseline import TorchPeer
    return TorchPeer(starts, args.form, args.variant, args.peer == "compile", args.threads)


def time_steps(peer, seconds):
    def timed(calls):
        begin = time.perf_counter()
        peer.run(calls * peer.per_call)
        return time.perf_counter() - begin

    peer.reset()
    calls = max(1, round(seconds / timed(1)))
    return 1e3 * timed(calls) / (calls * peer.per_call)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", choices=wl.PEERS, required=True)
    parser.add_argument("--form", choices=["public", "expert"], required=True)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--core", type=int, default=-1, help="the only core that this process may use; -1: any")
    parser.add_argument("--p", type=int, required=True)
    parser.add_argument("starts", nargs="+")
    args = parser.parse_args()
    if args.core >= 0:
        os.sched_setaffinity(0, {args.core})  # before the import: JAX has as many threads as it may use cores
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a framework prints is no answer
    peer = make_baseline(args)
    for line in sys.stdin:
        command = json.loads(line)
        if "losses" in command:
            peer.reset(command.get("weight_decay", wl.WEIGHT_DECAY))
            result = peer.run(command["losses"], keep_losses=True)
        else:
            result = time_steps(peer, command["time"])
        print(json.dumps(result), file=answers, flush=True)


if __name__ == "__main__":
    main()
