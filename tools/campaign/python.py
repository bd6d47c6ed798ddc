#!/usr/bin/env python3
"""Ends trainings of the Python package at random moments, and lets it share a store with the program.

    tools/campaign/python.py build/groklab PYTHON [--kills 60] [--rounds 2] [--markdown FILE]

PYTHON is an interpreter that has the package. A training and a sweep with forks are ended by SIGKILL, SIGTERM and Ctrl-C until
they end by themselves; then four Python processes and four of the program train overlapping runs into one store. In the
end all records (times apart) and states must have the bits of what the program alone made. Exit code 1 if anything was lost.
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import crash

# What takes the place of the program's commands; a run that another process trains is refused with its line.
SCRIPT = """
import sys
import groklab
print("imported", flush=True)
what, store, *files = sys.argv[1:]
for file in files:
    try:
        groklab.sweep(file, store=store, jobs=2) if what == "sweep" else groklab.train(file, store=store)
    except groklab.StoreError as error:
        if "another process" not in str(error):
            raise
"""


class Campaign(crash.Campaign):
    def __init__(self, program, python, seed, folder):
        super().__init__(program, seed, folder)
        self.python = os.path.abspath(python)
        self.path("script.py", SCRIPT)

    def words(self, name):
        return ["python", name, {"train": "train.toml", "sweep": "grid.toml"}[name]]

    def commands(self, name, store):
        return self.words(name)

    def start(self, words, store, fault=None):
        if words[0] != "python":
            return super().start(words, store, fault)
        command = [self.python, "script.py", words[1], store, *words[2:]]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                preexec_fn=crash.restore_signals)


def by_signal(campaign, number, seconds):
    """As crash.by_signal, but Ctrl-C comes out of Python as a KeyboardInterrupt, which ends it by SIGINT."""
    def disturb(words, store):
        child = campaign.start(words, store)
        child.stdout.readline()  # imports that Ctrl-C meets end in whatever they make of it
        try:
            child.communicate(timeout=campaign.random.uniform(0, seconds))
            return False
        except subprocess.TimeoutExpired:
            child.send_signal(number)
            _, err = child.communicate(timeout=60)
            last = err.strip().rsplit("\n", 1)[-1]  # of a traceback
            if child.returncode not in (0, -number) or last not in ("", "KeyboardInterrupt"):
                raise crash.Lost(f"signal {number}: exit code {child.returncode}: {err.strip()[-300:]}")
            return child.returncode != 0
    return disturb


def together(campaign, rounds):
    """Four processes of each kind, neighbours with runs in common; returns how many processes there were."""
    files = [campaign.path(f"run{seed}.toml", crash.RUN % (seed, 3000, 100, 500)) for seed in range(10)]
    alone = campaign.path("alone")
    for file in files:
        campaign.succeed(["train", file, "--quiet"], alone)
    expected = campaign.contents(alone)
    for round in range(rounds):
        store = campaign.path(f"shared-{round}")
        campaign.succeed(["train", files[0], "--quiet"], store)
        children = []
        for number in range(4):
            own = files[2 * number:2 * number + 4]
            children.append(campaign.start(["python", "train", *own], store))
            children += [campaign.start(["train", file, "--quiet"], store) for file in own[:1]]
        for child in children:
            _, err = child.communicate(timeout=300)
            if child.returncode != 0 and "another process" not in err:
                raise crash.Lost(f"together: exit code {child.returncode}: {err.strip()[-300:]}")
        for file in files:  # those that were refused
            campaign.succeed(["train", file, "--quiet"], store)
        if campaign.contents(store) != expected:
            raise crash.Lost(f"together: {crash.differences(expected, campaign.contents(store))}")
        campaign.check(store)
    return rounds * 8


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("python")
    parser.add_argument("--kills", type=int, default=60, help="SIGKILLs, half of them for each command")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", help="write the table there")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="groklab-campaign-")
    campaign = Campaign(options.program, options.python, options.seed, folder)
    rows, code = [], 0

    def row(what, action):
        nonlocal code
        try:
            rows.append((what, str(action()), "nothing"))
        except (crash.Lost, subprocess.TimeoutExpired) as error:
            code = 1
            rows.append((what, "-", str(error)))
        print(rows[-1], flush=True)

    for name in ("train", "sweep"):
        store = campaign.path("whole-" + name)
        campaign.succeed(super(Campaign, campaign).commands(name, store), store)  # by the program, undisturbed
        expected = campaign.contents(store)
        begin = time.time()
        campaign.succeed(campaign.words(name), campaign.path("timed-" + name))
        seconds = 1.1 * (time.time() - begin)
        if campaign.contents(campaign.path("timed-" + name)) != expected:
            raise crash.Lost(f"{name}: the package has other bits than the program")
        for number, count in ((signal.SIGKILL, options.kills // 2), (signal.SIGTERM, options.kills // 6), (signal.SIGINT, options.kills // 6)):
            row(f"Python {name}: {number.name} at a random moment",
                lambda: campaign.disturbed(name, expected, by_signal(campaign, number, seconds), count, 30))
        if name == "train":
            row("negative controls found", lambda: crash.negative_controls(campaign, store))
    row("Python and the program on one store, processes", lambda: together(campaign, options.rounds))
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("| what was injected | how often | what was lost |\n|---|---|---|\n")
            file.writelines(f"| {a} | {b} | {c} |\n" for a, b, c in rows)
    shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
