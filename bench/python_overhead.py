#!/usr/bin/env python3
"""What the Python layer costs beside the paper's network (x + y mod 113, 3830 rows, d_model 128): two answers.

    python bench/python_overhead.py [REPEATS [STEPS]]      # by default 9 and 200; with groklab installed

1. The same training with a callback at every hundredth step and without one, in turn, in this one process: user CPU time,
   so that others on the machine count little, and the median of the ratios of neighbours, so that drift counts none.
2. The cost of one callback by itself, from a network so small that the callback is most of the time, over the time of
   a hundred steps of the large one. That is the finer number: noise of the first is larger than what it measures.
"""

import resource
import statistics
import sys

import groklab

PAPER = {"task.modulus": 113, "split.train_size": 3830, "model.d_model": 128}
SMALL = {"task.modulus": 5, "split.train_fraction": 0.6, "model": {"d_model": 8, "n_heads": 2, "d_mlp": 8}}


def seconds(run: groklab.Run, steps: int, callback) -> float:
    """User CPU time of so many more steps."""
    begin = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    run.train(to=run.step + steps, callback=callback)
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - begin


def schedule(every: int) -> dict:
    return {"train.evaluate_every": every, "train.evaluate_per_decade": 0, "train.steps": 10_000_000}


def look(record, run) -> None:
    """What a callback does at least: it reads a number and knows the run."""
    assert record["step"] >= 0 and run is not None


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    run = groklab.Run(PAPER | schedule(100))
    seconds(run, 100, None)  # both start warm
    ratios, bare = [], []
    for i in range(repeats):
        order = [None, look] if i % 2 == 0 else [look, None]
        times = {callback: seconds(run, steps, callback) for callback in order}
        ratios.append(times[look] / times[None])
        bare.append(times[None] / steps)
    step = statistics.median(bare)
    low, high = sorted(ratios)[len(ratios) // 4], sorted(ratios)[-1 - len(ratios) // 4]
    print(
        f"with a callback every 100 steps / without: median {statistics.median(ratios):.4f}, "
        f"quartiles {low:.4f} and {high:.4f}, {repeats} pairs of {steps} steps of {1e3 * step:.2f} ms"
    )

    small = groklab.Run(SMALL | schedule(1))
    seconds(small, 1000, look)
    costs = []
    for _ in range(repeats):
        without = seconds(small, 5000, None)
        costs.append((seconds(small, 5000, look) - without) / 5000)
    cost = statistics.median(costs)
    print(f"one callback: {1e6 * cost:.0f} us, {100 * cost / (100 * step):.5f} % of the time of 100 steps")


if __name__ == "__main__":
    main()
