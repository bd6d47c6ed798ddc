#!/usr/bin/env python3
"""The same bits, whatever the machine does meanwhile.

    tools/campaign/determinism.py build/groklab [--claims grokking] [--markdown FILE]

`reproduce --scale smoke` is run under one thread and one job, then under other numbers of threads and jobs, beside a
load on every core, in other languages, time zones and folders, with another umask, and once for every instruction set;
a training is run with 1, 2 and 7 threads. All measurements (times, dates, machines apart) and all states must be equal
bit for bit; per instruction set, within it. Negative controls: a single last bit of one number, one of a state, and a
training whose sums follow the number of threads must be found by the same comparisons (and in C++,
Engine.ThreadsDoNotChangeTheBitsOfAnyNumberOfChunks). Exit code 1 if anything differed.
"""
import argparse
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

# What is no result: when, where and how fast.
NO_RESULTS = {"seconds", "created", "machine", "version", "file", "store", "threads", "jobs", "hours", "date", "compiler",
              "host", "elapsed", "command", "instruction_set"}
TRAINING = """seed = 3
[task]
modulus = 23
[split]
train_fraction = 0.6
[model]
d_model = 32
n_heads = 2
d_mlp = 64
[train]
steps = 300
evaluate_every = 25
checkpoint_every = 100
probe_every = 100
"""


class Differs(Exception):
    """Two runs that must be equal are not."""


def results_of(value):
    """JSON without what is no result. Floats as they are written: Python keeps every bit of them."""
    if isinstance(value, dict):
        return {key: results_of(part) for key, part in value.items() if key not in NO_RESULTS}
    if isinstance(value, list):
        return [results_of(part) for part in value]
    return value


def first_difference(a, b, where=""):
    if type(a) is not type(b):
        return f"{where}: {a!r} and {b!r}"
    if isinstance(a, dict):
        for key in sorted(set(a) | set(b)):
            if key not in a or key not in b:
                return f"{where}.{key} is in one only"
            if found := first_difference(a[key], b[key], f"{where}.{key}"):
                return found
        return ""
    if isinstance(a, list):
        if len(a) != len(b):
            return f"{where}: {len(a)} and {len(b)} values"
        return next((f for i, (x, y) in enumerate(zip(a, b)) if (f := first_difference(x, y, f"{where}[{i}]"))), "")
    same = a == b and (not isinstance(a, float) or math.copysign(1, a) == math.copysign(1, b))
    return "" if same else f"{where}: {a!r} and {b!r}"


class Campaign:
    def __init__(self, program, folder, claims):
        self.program, self.folder, self.claims = os.path.abspath(program), folder, claims
        self.n = 0

    def run(self, words, store, environment=None, umask=-1):
        child = subprocess.run([self.program] + words, cwd=self.folder, capture_output=True, text=True, timeout=1200,
                               env=dict(os.environ, GROKLAB_STORE=store, **(environment or {})), umask=umask)
        if child.returncode != 0:
            raise Differs(f"{words}: exit code {child.returncode}: {child.stderr.strip()[-300:]}")
        return child.stdout

    def new_store(self):
        self.n += 1
        return os.path.join(self.folder, f"store{self.n}")

    def states(self, store):
        found = {}
        for folder, _, names in os.walk(os.path.join(store, "checkpoints")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                header = int.from_bytes(data[:8], "little")
                found[os.path.join(os.path.basename(folder), name)] = hashlib.sha256(data[8 + header:]).hexdigest()
        return found

    def reproduce(self, more, environment=None, umask=-1):
        store = self.new_store()
        page = store + ".json"
        self.run(["reproduce", "varma2023"] + self.claims + ["--scale", "smoke", "--quiet", "--json", page] + more, store,
                 environment, umask)
        with open(page) as file:
            return results_of(json.load(file)), self.runs(store), self.states(store)

    def train(self, more, environment=None):
        store = self.new_store()
        self.run(["train", "run.toml", "--quiet"] + more, store, environment)
        return None, self.runs(store), self.states(store)

    def runs(self, store):
        listed = json.loads(self.run(["runs", "--json"], store))
        return {run["id"]: results_of(json.loads(self.run(["export", run["id"], "--format", "json"], store))) for run in listed}


def compare(expected, found):
    for part, a, b in zip(("measurements", "records", "states"), expected, found):
        if difference := first_difference(a, b):
            raise Differs(f"{part}{difference}")


def locales():
    """Languages that write numbers otherwise, as far as they are installed."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.lower().split()
    wanted = ["de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8", "C", "POSIX"]
    return [name for name in wanted if name in ("C", "POSIX") or name.lower().replace("utf-8", "utf8") in known]


def instruction_sets(campaign):
    """Names that the program's own refusal of an unknown one lists."""
    refusal = subprocess.run([campaign.program, "train", "run.toml", "--isa", "none"], capture_output=True, text=True,
                             cwd=campaign.folder).stderr
    return re.search(r"\(([^)]*)\)", refusal).group(1).split(", ")


def controls(campaign, expected):
    """What must be found: a last bit of a number or a state, and a training whose sums are cut by the number of threads
    (the key train.chunks, which no number of threads touches, set to it)."""
    def last_bit(copy):
        record = next(iter(copy[1].values()))["records"][-1]
        record["norm"] = math.nextafter(record["norm"], math.inf)

    def state(copy):
        name = sorted(copy[2])[0]
        copy[2][name] = copy[2][name][:-1] + ("0" if copy[2][name][-1] != "0" else "1")

    def without_names(result):  # the key belongs to the run's name and configuration
        return [run["records"] for run in result[1].values()]

    found = 0
    for damage in (last_bit, state):
        copy = json.loads(json.dumps(expected))
        damage(copy)
        try:
            compare(expected, copy)
        except Differs:
            found += 1
    by_threads = [without_names(campaign.train(["--threads", n, "--set", "train.chunks=" + n])) for n in ("1", "3")]
    found += first_difference(*by_threads) != ""
    if found != 3:
        raise AssertionError(f"{3 - found} negative controls were not found")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--claims", default="grokking", help="of varma2023, separated by commas; all: every one")
    parser.add_argument("--markdown", help="write the table there")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="groklab-campaign-")
    claims = [] if options.claims == "all" else options.claims.split(",")
    campaign = Campaign(options.program, folder, claims)
    with open(os.path.join(folder, "run.toml"), "w") as file:
        file.write(TRAINING)
    rows, code = [], 0

    def row(what, actions, expected):
        nonlocal code
        begin, result = time.time(), "nothing"
        try:
            for action in actions:
                compare(expected, action())
        except (Differs, subprocess.TimeoutExpired) as error:
            code, result = 1, str(error)
        rows.append((what, str(len(actions)), result))
        print(f"{rows[-1]}  {time.time() - begin:.0f} s", flush=True)

    expected = campaign.reproduce(["--jobs", "1"])
    trained = campaign.train(["--threads", "1"])
    row("reproduce: 1, 2 and 7 jobs", [lambda n=n: campaign.reproduce(["--jobs", n]) for n in ("1", "2", "7")], expected)
    row("train: 1, 2 and 7 threads", [lambda n=n: campaign.train(["--threads", n]) for n in ("1", "2", "7")], trained)
    load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        row("reproduce and train under load", [lambda: campaign.reproduce(["--jobs", "2"])], expected)
        row("train under load", [lambda: campaign.train(["--threads", "7"])], trained)
    finally:
        for child in load:
            child.kill()
            child.wait()
    row("languages: " + ", ".join(locales()),
        [lambda name=name: campaign.train([], {"LC_ALL": name, "LANG": name}) for name in locales()], trained)
    zones = ["UTC", "Pacific/Kiritimati", "Asia/Kathmandu", "nonsense"]
    row("time zones: " + ", ".join(zones), [lambda zone=zone: campaign.train([], {"TZ": zone}) for zone in zones], trained)
    row("reproduce: another language, zone and umask",
        [lambda: campaign.reproduce(["--jobs", "2"], {"LC_ALL": locales()[0], "TZ": "Asia/Kathmandu"}, 0o077)], expected)
    for name in instruction_sets(campaign):
        base = campaign.train(["--isa", name, "--threads", "1"])
        row(f"train: instruction set {name} with 1, 2 and 7 threads",
            [lambda n=n, name=name: campaign.train(["--isa", name, "--threads", n]) for n in ("1", "2", "7")], base)
        pinned = campaign.reproduce(["--isa", name, "--jobs", "1"])
        row(f"reproduce: instruction set {name} with 2 and 7 jobs",
            [lambda n=n, name=name: campaign.reproduce(["--isa", name, "--jobs", n]) for n in ("2", "7")], pinned)
    rows.append(("negative controls found", str(controls(campaign, trained)), "-"))
    print(rows[-1])
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("| what was changed | how often | what differed |\n|---|---|---|\n")
            file.writelines(f"| {a} | {b} | {c} |\n" for a, b, c in rows)
    shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
