#!/usr/bin/env python3
"""What grows with the size of what is stored: time and peak memory of commands over large runs and large stores.

    tools/campaign/growth.py build/groklab [--steps 2000000] [--runs 20000] [--report 300] [--plan 200000] [--merged 0]
        [--small] [--markdown FILE]

A training that records every step; commands over it; a store of so many runs (one trained, the others copies of its
rows); a page about many of them; a plan; with --merged 100000 a merge of eight shards with so many runs in all, and what is done
with them then. The write-ahead log is looked at while the training writes. Bounds that must
hold: training and exports as csv and json take under 100 MB whatever the number of records, and the log stays under
16 MB while nobody reads. Negative control: a store that a reader keeps open must make the log grow over that. --small, for
every day: 100,000 records and a plan of 20,000 runs, within bounds that holding the records, or a plan as it was once, would
break; negative control: a page, which holds them. Exit code 1 if a bound is broken.
"""
import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

RUN = """[task]
modulus = 5
[split]
train_fraction = 0.6
[model]
d_model = 8
n_heads = 1
d_mlp = 8
[train]
evaluate_every = 1
"""
FLAT_KB = 100_000
LONGEST_LOG = 16 << 20
# --small. What holds no records takes 16 to 23 MB, all of 100,000 records 43 MB more. A planned run takes 1.5 kB; 3.2 kB, as
# once, would be 80 MB.
SMALL_RECORDS, SMALL_RECORDS_KB = 100_000, 40_000
SMALL_PLAN, SMALL_PLAN_KB = 20_000, 64_000


class Campaign:
    def __init__(self, program, folder):
        self.program, self.folder = os.path.abspath(program), folder
        self.rows, self.code = [], 0
        with open(os.path.join(folder, "run.toml"), "w") as file:
            file.write(RUN)

    def path(self, name):
        return os.path.join(self.folder, name)

    def succeed(self, words, store):
        subprocess.run([self.program] + words, cwd=self.folder, env=dict(os.environ, GROKLAB_STORE=store), check=True)

    def measure(self, what, words, store, most_kb=None, watch=False):
        begin, largest, done = time.time(), [0], threading.Event()
        log = os.path.join(store, "groklab.sqlite-wal")

        def look():
            while not done.wait(0.05):
                if os.path.exists(log):
                    largest[0] = max(largest[0], os.path.getsize(log))
        watcher = threading.Thread(target=look)
        if watch:
            watcher.start()
        child = subprocess.Popen([self.program] + words, cwd=self.folder, env=dict(os.environ, GROKLAB_STORE=store),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        err = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        done.set()
        if watch:
            watcher.join()
        seconds, code = time.time() - begin, os.waitstatus_to_exitcode(status)
        fault = ""
        if code != 0:
            fault = f"exit code {code}: {err.strip()[:200]}"
        elif most_kb and usage.ru_maxrss > most_kb:
            fault = f"more than {most_kb // 1000} MB"
        elif watch and largest[0] > LONGEST_LOG:
            fault = f"a write-ahead log of {largest[0] >> 20} MB"
        self.code |= fault != ""
        log_text = f"{largest[0] / 1e6:.1f} MB" if watch else ""
        self.rows.append((what, f"{seconds:.1f} s", f"{usage.ru_maxrss / 1000:.0f} MB", log_text, fault))
        print(self.rows[-1], flush=True)
        return largest[0]


def copies(store, runs, records, salt=0):
    """The first run's rows under other names, `records` of them each. The states stay away: no command here reads them."""
    database = sqlite3.connect(os.path.join(store, "groklab.sqlite"))
    columns = [row[1] for row in database.execute("PRAGMA table_info(runs)") if row[1] not in ("number", "id", "folder")]
    cells = [row[1] for row in database.execute("PRAGMA table_info(records)") if row[1] != "run"]
    have = database.execute("SELECT count(*) FROM runs").fetchone()[0]
    for n in range(have, runs):
        made = database.execute(f"INSERT INTO runs(id, folder, {', '.join(columns)}) SELECT ?, ?, {', '.join(columns)} FROM runs "
                                "WHERE number = 1", (f"{salt:04x}{n:08x}", f"{salt:04x}{n:08x}")).lastrowid
        database.execute(f"INSERT INTO records(run, {', '.join(cells)}) SELECT ?, {', '.join(cells)} FROM records WHERE run = 1 "
                         f"ORDER BY step DESC LIMIT {records}", (made,))
    database.commit()
    database.close()


def shard(campaign, number, runs):
    """A store of so many runs with their states, named so that no two shards share one."""
    store = campaign.path(f"shard-{number}")
    campaign.succeed(["train", "run.toml", "--quiet", "--set", "train.steps=20", "--set", f"seed={number}"], store)
    copies(store, runs, 20, number)
    database = sqlite3.connect(os.path.join(store, "groklab.sqlite"))
    database.execute("INSERT INTO checkpoints(run, step, kept) SELECT number, 20, 1 FROM runs WHERE number > 1")
    database.commit()
    folders = [row[0] for row in database.execute("SELECT folder FROM runs ORDER BY number")]
    database.close()
    state = os.path.join(store, "checkpoints", folders[0], "step-20.safetensors")
    for folder in folders[1:]:
        os.mkdir(os.path.join(store, "checkpoints", folder))
        shutil.copyfile(state, os.path.join(store, "checkpoints", folder, "step-20.safetensors"))
    return store


def many_runs(campaign, merged):
    shards = [shard(campaign, n, merged // 8) for n in range(8)]
    all_runs = campaign.path("all")
    what = f"{merged:,} runs"
    campaign.measure(f"merge of 8 shards, {what}", ["merge", *shards, "-o", all_runs, "--quiet"], all_runs, None, True)
    campaign.measure(f"merge again, {what}", ["merge", *shards, "-o", all_runs, "--quiet"], all_runs)
    for name in shards:
        shutil.rmtree(name)
    files = sum(len(names) for _, _, names in os.walk(all_runs))
    print(f"files in the merged store: {files:,}", flush=True)
    campaign.measure(f"runs, {what}", ["runs"], all_runs)
    campaign.measure(f"runs --where, {what}", ["runs", "--where", "seed = 3 and test_accuracy > 2"], all_runs)
    campaign.measure(f"report --where, medians over seeds, {what}", ["report", "--where", "seed >= 0", "-o", "many.html"], all_runs)
    campaign.measure(f"export as parquet, {what}", ["export", "--format", "parquet", "-o", "tables"], all_runs)
    campaign.measure(f"store verify, {what}", ["store", "verify"], all_runs)
    for end in ("", "-wal", "-shm"):
        if os.path.exists(os.path.join(all_runs, "groklab.sqlite" + end)):
            os.remove(os.path.join(all_runs, "groklab.sqlite" + end))
    campaign.measure(f"store rebuild, {what}", ["store", "rebuild"], all_runs)
    campaign.measure(f"store backup, {what}", ["store", "backup", "copy"], all_runs)


def write_plan(campaign, runs):
    with open(campaign.path("grid.toml"), "w") as file:
        file.write(RUN + f"steps = 10\n[optim]\nlearning_rate = {{ from = 1e-4, to = 1e-2, count = {runs // 1000} }}\n"
                   "weight_decay = { from = 0.001, to = 1, count = 1000 }\n")


def small(campaign):
    """Half a minute instead of half an hour: records are not held, plans are small."""
    store, records = campaign.path("small"), f"{SMALL_RECORDS:,} records"
    train = ["train", "run.toml", "--quiet", "--set", f"train.steps={SMALL_RECORDS}"]
    campaign.measure(f"train, {records}", train, store, SMALL_RECORDS_KB, True)
    campaign.measure(f"export as csv, {records}", ["export", "last", "--format", "csv", "-o", "x.csv"], store, SMALL_RECORDS_KB)
    campaign.measure(f"show, {records}", ["show", "last"], store, SMALL_RECORDS_KB)
    write_plan(campaign, SMALL_PLAN)
    campaign.measure(f"sweep --dry-run, {SMALL_PLAN:,} runs", ["sweep", "grid.toml", "--dry-run"], store, SMALL_PLAN_KB)
    code, campaign.code = campaign.code, False
    campaign.measure(f"control: report, {records}", ["report", "last", "-o", "page.html"], store, SMALL_RECORDS_KB)
    if not campaign.code:
        raise AssertionError("negative control: records that are held were not found")
    campaign.code = code
    del campaign.rows[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--steps", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--report", type=int, default=300)
    parser.add_argument("--plan", type=int, default=200_000)
    parser.add_argument("--merged", type=int, default=0, help="runs in all of eight shards that are merged")
    parser.add_argument("--only-merged", action="store_true")
    parser.add_argument("--small", action="store_true", help="memory alone, in half a minute")
    parser.add_argument("--markdown", help="write the table there")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="groklab-campaign-")
    campaign = Campaign(options.program, folder)
    if options.small:
        small(campaign)
        return finish(campaign, options, folder)
    if options.merged:
        many_runs(campaign, options.merged)
    if options.only_merged:
        return finish(campaign, options, folder)
    long, many = campaign.path("long"), campaign.path("many")

    steps = f"{options.steps:,} records"
    campaign.measure(f"train, {steps}", ["train", "run.toml", "--quiet", "--set", f"train.steps={options.steps}"], long, FLAT_KB, True)
    for form in ("csv", "json"):
        campaign.measure(f"export as {form}, {steps}", ["export", "last", "--format", form, "-o", "x." + form], long, FLAT_KB)
    campaign.measure(f"export as npz, {steps}", ["export", "last", "--format", "npz", "-o", "x.npz"], long)
    campaign.measure(f"show, {steps}", ["show", "last"], long, FLAT_KB)
    campaign.measure(f"runs --times, {steps}", ["runs", "--times"], long, FLAT_KB)
    campaign.measure(f"report, {steps}", ["report", "last", "-o", "page.html"], long)
    campaign.measure(f"store verify, {steps}", ["store", "verify"], long, FLAT_KB)

    campaign.measure("train, 200 records", ["train", "run.toml", "--quiet", "--set", "train.steps=200"], many, FLAT_KB, True)
    copies(many, options.runs, 20)
    runs = f"{options.runs:,} runs"
    campaign.measure(f"runs, {runs}", ["runs"], many)
    campaign.measure(f"runs --json, {runs}", ["runs", "--json"], many)
    campaign.measure(f"runs --where, {runs}", ["runs", "--where", "optim.beta1 > 2"], many, FLAT_KB)
    campaign.measure(f"train into {runs}", ["train", "run.toml", "--quiet", "--set", "train.steps=201"], many, FLAT_KB, True)
    campaign.measure(f"merge, {runs}", ["merge", many, "-o", campaign.path("merged"), "--quiet"], many, None, True)
    campaign.measure(f"merge again, {runs}", ["merge", many, "-o", campaign.path("merged"), "--quiet"], many)
    ids = [f"{n:012x}" for n in range(1, options.report + 1)]
    campaign.measure(f"report of {options.report} runs", ["report"] + ids + ["-o", "page.html"], many)
    write_plan(campaign, options.plan)
    campaign.measure(f"sweep --dry-run, {options.plan:,} runs", ["sweep", "grid.toml", "--dry-run"], many)

    reader = sqlite3.connect(os.path.join(many, "groklab.sqlite"), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM runs").fetchone()
    rows, code = len(campaign.rows), campaign.code
    log = campaign.measure("control: train while a reader holds the log", ["train", "run.toml", "--quiet", "--set", "train.steps=100000"],
                           many, None, True)
    reader.close()
    campaign.rows, campaign.code = campaign.rows[:rows], code
    if log <= LONGEST_LOG:
        raise AssertionError("negative control: a log that cannot be shortened was not found")
    return finish(campaign, options, folder)


def finish(campaign, options, folder):
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("| what | time | peak memory | longest write-ahead log | broken |\n|---|---|---|---|---|\n")
            file.writelines("| " + " | ".join(row) + " |\n" for row in campaign.rows)
    shutil.rmtree(folder, ignore_errors=True)
    return campaign.code


if __name__ == "__main__":
    sys.exit(main())
