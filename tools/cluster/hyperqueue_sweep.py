#!/usr/bin/env python3
"""Trains the shards of a sweep or a study as tasks of HyperQueue and merges their stores.

    hyperqueue_sweep.py GRID.toml --shards 8 --cores 32 --folder DIR --store ALL [--server-dir DIR]
    hyperqueue_sweep.py --study varma2023 --scale standard --shards 8 ...

Needs `pip install hyperqueue`. --server-dir is that of a running `hq server start`; without it, a server with two workers
starts on this machine. A shard that fails is tried three times; each goes on where its store stands, and the same command
goes on after an interruption.
"""
import argparse
import pathlib
import subprocess
import sys

import hyperqueue
from hyperqueue.cluster import LocalCluster, WorkerConfig
from hyperqueue.ffi.protocol import ResourceRequest

TRIES = 3


def is_done(arguments, shard):
    return (arguments.folder / f"done-{shard}").exists()


def what(arguments):
    """The words of groklab that train it."""
    if arguments.study:
        return ["reproduce", arguments.study, "--scale", arguments.scale]
    return ["sweep", str(arguments.grid)]


def submit(client, arguments, shards):
    job = hyperqueue.Job(max_fails=None)
    for shard in shards:
        job.program(
            ["bash", "-c", '"$@" && : >"$0"', str(arguments.folder / f"done-{shard}"), arguments.groklab, *what(arguments),
             "--shard", f"{shard}/{arguments.shards}", "--store", str(arguments.folder / f"shard-{shard}"),
             "--jobs", str(arguments.cores), "--quiet"],
            stdout=str(arguments.folder / f"shard-{shard}.out"),
            stderr=str(arguments.folder / f"shard-{shard}.err"),
            resources=ResourceRequest(cpus=arguments.cores))
    client.wait_for_jobs([client.submit(job)], raise_on_error=False)


def train(client, arguments):
    """Returns the shards that failed each time."""
    shards = []
    for attempt in range(TRIES):
        shards = [shard for shard in range(1, arguments.shards + 1) if not is_done(arguments, shard)]
        if not shards:
            break
        if attempt > 0:
            print("failed, and tried again:", *shards, flush=True)
        submit(client, arguments, shards)
    return [shard for shard in shards if not is_done(arguments, shard)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grid", nargs="?", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--study")
    parser.add_argument("--scale", default="standard")
    parser.add_argument("--groklab", default="groklab")
    parser.add_argument("--shards", type=int, required=True)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--folder", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--server-dir")
    arguments = parser.parse_args()
    if (arguments.grid is None) == (arguments.study is None):
        parser.error("expected a grid or --study, one of them")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.server_dir:
        failed = train(hyperqueue.Client(arguments.server_dir), arguments)
    else:
        with LocalCluster() as cluster:
            for _ in range(2):
                cluster.start_worker(WorkerConfig(cores=max(1, arguments.cores)))
            failed = train(cluster.client(), arguments)
    if failed:
        sys.exit(f"hyperqueue_sweep: shards failed {TRIES} times: {failed}; see {arguments.folder}/shard-*.err")
    stores = [str(arguments.folder / f"shard-{shard}") for shard in range(1, arguments.shards + 1)]
    sys.exit(subprocess.run([arguments.groklab, "merge", *stores, "-o", arguments.store], check=False).returncode)


if __name__ == "__main__":
    main()
