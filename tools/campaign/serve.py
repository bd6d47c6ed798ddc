#!/usr/bin/env python3
"""What is lost when the live page's server, or a training that it began, ends at a random moment.

    tools/campaign/serve.py build/groklab [--rounds 10] [--seed 1] [--markdown FILE]

Each round starts `groklab serve` and asks it for a run. Then, at a random moment,
  server -9   the server is killed: the run must train on to its end;
  Ctrl-C      the server is asked to end: the run must be interrupted with a state, and `groklab resume` must end it;
  run -9      the training is killed: the server must go on answering, and resume the run when asked.
In the end every record must have the bits of a run that nobody touched (times apart). Negative control: a run whose
records were changed must be told from it. Exit code 1 if anything was lost.
"""
import argparse
import csv
import io
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

CONFIG = {"task.modulus": 5, "split.train_fraction": 0.6, "model.d_model": 8, "model.n_heads": 1, "model.d_mlp": 8,
          "train.steps": 60000, "train.evaluate_every": 100}
LONGEST = 120  # seconds


class Server:
    def __init__(self, program, store):
        self.process = subprocess.Popen([program, "serve", "--store", store], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)
        self.url = self.process.stdout.readline().strip()
        page = urllib.request.urlopen(self.url).read().decode()
        self.token = re.search(r'groklab-token" content="(\w+)"', page)[1]

    def get(self, path):
        return json.load(urllib.request.urlopen(self.url + path, timeout=20))

    def post(self, path, body):
        head = {"Content-Type": "application/json", "X-Groklab-Token": self.token}
        return json.load(urllib.request.urlopen(urllib.request.Request(self.url + path, json.dumps(body).encode(), head),
                                                timeout=20))

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait()


class Campaign:
    def __init__(self, program, seed):
        self.program, self.random = os.path.abspath(program), random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="groklab-campaign-")
        self.count = 0
        assignments = [word for key, value in CONFIG.items() for word in ("--set", f"{key}={value}")]
        begin = time.time()
        self.reference = self.store()
        self.groklab(["train", "--quiet"] + assignments, self.reference)
        self.seconds = time.time() - begin
        self.wanted = self.records(self.reference, "last")

    def store(self, fresh=False):
        self.count += fresh
        return os.path.join(self.folder, f"store-{self.count}")

    def groklab(self, words, store, check=True):
        done = subprocess.run([self.program] + words + ["--store", store], capture_output=True, text=True, timeout=LONGEST)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def records(self, store, run):
        rows = list(csv.DictReader(io.StringIO(self.groklab(["export", run, "--format", "csv", "-o", "-"], store))))
        for row in rows:
            row.pop("seconds")
        return rows

    def wait_for(self, what, holds):
        end = time.time() + LONGEST
        while time.time() < end:
            if holds():
                return
            time.sleep(0.05)
        raise RuntimeError(f"not within {LONGEST} s: {what}")

    def trainer(self, server):
        """The process of the run that the server began."""
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True)
        return int(children.stdout.split()[0])

    def round(self, kind):
        store = self.store(fresh=True)
        self.groklab(["train", "--quiet", "--set", "task.modulus=3", "--set", "train.steps=1"], store)  # makes the store
        server = Server(self.program, store)
        run = server.post("api/runs", {"config": CONFIG})["run"]
        time.sleep(self.random.uniform(0, 0.8 * self.seconds))
        state = lambda: json.loads(self.groklab(["show", run, "--json"], store))["status"]
        if kind == "server -9":
            server.end(signal.SIGKILL)
            self.wait_for("the run's end", lambda: state() == "finished")
        elif kind == "Ctrl-C":
            server.end(signal.SIGINT)
            if state() not in ("interrupted", "finished"):
                return f"the run is {state()}"
            self.groklab(["resume", run, "--quiet"], store)
        else:
            try:
                os.kill(self.trainer(server), signal.SIGKILL)
            except (IndexError, ProcessLookupError):
                pass  # it was done before
            self.wait_for("the server notices", lambda: not server.get(f"api/runs/{run}")["running_here"])
            if state() != "finished":
                server.post(f"api/runs/{run}/resume", {})
            self.wait_for("the run's end", lambda: server.get(f"api/runs/{run}")["status"] == "finished")
            server.end(signal.SIGINT)
        return self.fault(store, run)

    def fault(self, store, run):
        verified = self.groklab(["store", "verify"], store, check=False)
        rows = self.records(store, run)
        if rows != self.wanted:
            return f"{sum(a != b for a, b in zip(rows, self.wanted))} of {len(self.wanted)} records differ, {len(rows)} are there"
        return "" if "damaged" not in verified else verified.strip()

    def control(self):
        database = sqlite3.connect(os.path.join(self.reference, "groklab.sqlite"))
        database.execute("UPDATE records SET train_loss = train_loss + 1, checksum = NULL WHERE step = 100")
        database.commit()
        if not self.fault(self.reference, "last"):
            raise AssertionError("negative control: a changed record was not found")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", help="write the table there")
    options = parser.parse_args()
    campaign, code = Campaign(options.program, options.seed), 0
    table = "| what ends | rounds | runs lost or changed |\n|---|---|---|\n"
    for kind in ("server -9", "Ctrl-C", "run -9"):
        lost = 0
        for number in range(options.rounds):
            fault = campaign.round(kind)
            if fault:
                print(f"{kind}, round {number}: {fault}", flush=True)
                lost += 1
        code |= lost > 0
        print(f"{kind}: {options.rounds} rounds, {lost} lost", flush=True)
        table += f"| {kind} | {options.rounds} | {lost} |\n"
    campaign.control()
    table += "| negative controls, found | 1 | |\n"
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write(table)
    shutil.rmtree(campaign.folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
