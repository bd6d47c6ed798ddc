#!/usr/bin/env python3
"""Many programs on one store, and clocks that mislead: nothing may be lost, doubled, stuck or different.

    tools/campaign/concurrency.py build/groklab [--rounds 3] [--markdown FILE]

Per round eight processes train twelve runs each into one store (some the same), two sweep one plan, and two
report, list, export and merge it into another store all the time. Every command must end within --wait seconds; afterwards
every run must be there once, and equal, in records (times apart) and states, that of a store into which one process wrote. Then trainings under
a clock that stands, goes back, jumps or is slow (clock.c, loaded with LD_PRELOAD) must end and give the same bits.
Negative controls: lost records, a changed one, a lost run, a renamed one, a program that does not end and a clock that
stands must be found. Exit code 1 if anything was lost.
"""
import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = """seed = %s
[task]
modulus = 7
[split]
train_fraction = 0.6
[model]
d_model = 16
n_heads = 2
d_mlp = 32
[train]
steps = 600
evaluate_every = 20
checkpoint_every = 200
"""


class Lost(Exception):
    """Something that must not happen."""


class Campaign:
    def __init__(self, program, folder, wait):
        self.program, self.folder, self.wait = os.path.abspath(program), folder, wait
        self.clock = os.path.join(folder, "clock.so")
        subprocess.run([os.environ.get("CC") or "cc", "-shared", "-fPIC", "-O1", "-o", self.clock,
                        os.path.join(HERE, "clock.c"), "-ldl"], check=True)
        for seed in range(97):
            with open(os.path.join(folder, f"run{seed}.toml"), "w") as file:
                file.write(RUN % seed)
        with open(os.path.join(folder, "grid.toml"), "w") as file:
            file.write(RUN % "[0, 1, 2, 3, 90, 91, 92, 93]")

    def start(self, words, store, environment=None, out=subprocess.PIPE):
        return subprocess.Popen([self.program] + words, cwd=self.folder, stdout=out, stderr=subprocess.PIPE,
                                text=True, env=dict(os.environ, GROKLAB_STORE=store, **(environment or {})))

    def finish(self, child, words, excuse=None):
        """`excuse`: what a command that is refused, with exit code 2, must say."""
        try:
            out, err = child.communicate(timeout=self.wait)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise Lost(f"{' '.join(words)}: did not end within {self.wait} s")
        if child.returncode != 0 and not (child.returncode == 2 and excuse and excuse in err):
            raise Lost(f"{' '.join(words)}: exit code {child.returncode}: {err.strip()}")
        return out

    def run(self, words, store, environment=None):
        return self.finish(self.start(words, store, environment), words)

    def contents(self, store):
        """(records without times, states) of every run, from the rows themselves."""
        database = sqlite3.connect(f"file:{store}/groklab.sqlite?mode=ro", uri=True)
        database.row_factory = sqlite3.Row
        found = {}
        for run in database.execute("SELECT number, id, status, step, folder FROM runs"):
            if run["id"] in found:
                raise Lost(f"run {run['id']} is there twice")
            rows = [{k: row[k] for k in row.keys() if k not in ("run", "seconds", "checksum")}
                    for row in database.execute("SELECT * FROM records WHERE run = ? ORDER BY step", (run["number"],))]
            states = {}
            folder = os.path.join(store, "checkpoints", run["folder"])
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                states[name] = hashlib.sha256(data[8 + int.from_bytes(data[:8], "little"):]).hexdigest()
            found[run["id"]] = (run["status"], run["step"], rows, states)
        database.close()
        out = self.run(["store", "verify"], store)
        if wrong := [line for line in out.splitlines() if not line.startswith("all of")]:
            raise Lost(f"verify: {wrong[0]}")
        return found

    def worker(self, number):
        """Twelve trainings, one after another; neighbours share four of them."""
        return [["train", f"run{(number * 8 + i) % 64}.toml", "--quiet", "--threads", "1"] for i in range(12)]


def compare(expected, found):
    if set(expected) != set(found):
        raise Lost(f"{len(set(expected) - set(found))} runs are lost, {len(set(found) - set(expected))} were not there")
    for id, parts in expected.items():
        for what, a, b in zip(("status", "step", "records", "states"), parts, found[id]):
            if a != b:
                raise Lost(f"{what} of run {id}")


def undisturbed(campaign):
    store = os.path.join(campaign.folder, "undisturbed")
    for seed in range(64):
        campaign.run(["train", f"run{seed}.toml", "--quiet", "--threads", "1"], store)
    campaign.run(["sweep", "grid.toml", "--quiet", "--jobs", "1"], store)
    return campaign.contents(store)


def together(campaign, expected, round):
    """Returns how many commands were run and the longest of them, in seconds."""
    store = os.path.join(campaign.folder, f"shared{round}")
    campaign.run(["train", "run0.toml", "--quiet"], store)
    active, count, longest = [], 0, 0.0
    queues = [campaign.worker(number) for number in range(8)] + [[["sweep", "grid.toml", "--quiet", "--jobs", "2"]]] * 2
    queues = [list(queue) for queue in queues]
    looks = [["runs", "--json"], ["report", "last", "-o", "page.html"], ["export", "last", "--format", "csv"],
             ["runs", "--times"], ["show", "last"], ["merge", store, "-o", store + "-merged", "--quiet"]]
    readers = 0

    def launch(queue, words):
        nonlocal count
        count += 1
        # A pipe that nobody empties meanwhile would hold the program up.
        active.append((queue, words, time.time(), campaign.start(words, store, out=subprocess.DEVNULL)))

    for queue in queues:
        launch(queue, queue.pop(0))
    for _ in range(2):
        launch(None, looks[0])
    while active:
        time.sleep(0.01)
        for job in list(active):
            queue, words, begin, child = job
            if child.poll() is None and time.time() - begin < campaign.wait:
                continue
            active.remove(job)
            # A run that another process trains is refused, and said so; whoever trains it finishes it.
            campaign.finish(child, words, {"train": "another process", "merge": "another program merges"}.get(words[0]))
            longest = max(longest, time.time() - begin)
            if queue:
                launch(queue, queue.pop(0))
            elif queue is None and any(other[0] is not None for other in active):
                readers += 1
                launch(None, looks[readers % len(looks)])
    for seed in range(64):  # those that were refused
        campaign.run(["train", f"run{seed}.toml", "--quiet", "--threads", "1"], store)
    compare(expected, campaign.contents(store))
    # What was merged while it was trained grew with it; a last merge makes it whole.
    campaign.run(["merge", store, "-o", store + "-merged", "--quiet"], store)
    compare(expected, campaign.contents(store + "-merged"))
    return count, longest


def clocks(campaign, expected):
    one = None
    count = 0
    for kind in ("still", "back", "jump", "slow"):
        for everything in ({}, {"CLOCK_ALL": "1"}):
            if everything and kind in ("back", "jump"):
                continue
            store = os.path.join(campaign.folder, f"clock-{kind}-{len(everything)}")
            environment = {"LD_PRELOAD": campaign.clock, "CLOCK_KIND": kind, **everything}
            campaign.run(["train", "run5.toml", "--quiet"], store, environment)
            campaign.run(["sweep", "grid.toml", "--quiet", "--jobs", "2"], store, environment)
            campaign.run(["runs", "--times"], store, environment)
            campaign.run(["report", "last", "-o", "page.html"], store, environment)
            found = campaign.contents(store)
            compare({id: expected[id] for id in found}, found)
            if len(found) != 9:
                raise Lost(f"clock {kind}: {len(found)} runs instead of 9")
            count += 4
    return count


def controls(campaign, expected):
    """Damage that the comparisons must find, a program that hangs, and a clock that is known to mislead."""
    found = 0
    for sql in ("DELETE FROM records WHERE step = 20 AND run = 3", "UPDATE records SET norm = norm * (1 + 1e-15) WHERE step = 20",
                "DELETE FROM runs WHERE number = 2", "UPDATE runs SET id = 'another' WHERE number = 2"):
        copy = os.path.join(campaign.folder, "damaged")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(os.path.join(campaign.folder, "undisturbed"), copy)
        database = sqlite3.connect(os.path.join(copy, "groklab.sqlite"))
        database.execute("PRAGMA foreign_keys = ON")
        database.execute(sql)
        database.commit()
        database.close()
        try:
            compare(expected, campaign.contents(copy))
        except Lost:
            found += 1
    patient, campaign.wait = campaign.wait, 1
    try:
        campaign.run(["train", "run1.toml", "--quiet", "--set", "train.steps=100000000"], os.path.join(campaign.folder, "hangs"))
    except Lost:
        found += 1
    campaign.wait = patient
    program = "import time; a = time.time(); time.sleep(0.2); print(time.time() == a)"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                         env=dict(os.environ, LD_PRELOAD=campaign.clock, CLOCK_KIND="still")).stdout
    found += out.strip() == "True"
    if found != 6:
        raise AssertionError(f"{6 - found} negative controls were not found")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wait", type=float, default=60, help="seconds that a command may take")
    parser.add_argument("--markdown", help="write the table there")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="groklab-campaign-")
    campaign = Campaign(options.program, folder, options.wait)
    rows, code = [], 0

    def row(what, action):
        nonlocal code
        begin = time.time()
        try:
            rows.append((what, str(action()), "nothing"))
        except Lost as error:
            code = 1
            rows.append((what, "-", str(error)))
        print(f"{rows[-1]}  {time.time() - begin:.0f} s", flush=True)

    expected = undisturbed(campaign)
    waits = []
    for round in range(options.rounds):
        def action():
            count, longest = together(campaign, expected, round)
            waits.append(longest)
            return f"{count} commands, the longest {longest:.1f} s"
        row("eight trainers, two sweeps of one plan, two readers", action)
    row("clocks that stand, go back, jump, are slow: commands", lambda: clocks(campaign, expected))
    row("negative controls found", lambda: controls(campaign, expected))
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("| what happened | how often | what was lost |\n|---|---|---|\n")
            file.writelines(f"| {a} | {b} | {c} |\n" for a, b, c in rows)
    shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
