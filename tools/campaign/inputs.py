#!/usr/bin/env python3
"""Damages files of every kind that groklab opens, and sees how it ends.

    tools/campaign/inputs.py build/groklab [--inputs 40] [--seed 1] [--markdown FILE]

Every command with such a file must end with exit code 0 or 2 within ten seconds, in at most 1 GiB of memory, and say
at most one line of valid UTF-8, without control characters and of at most 500 bytes, on standard error. Negative
controls: programs that break each of these rules must be found. Exit code 1 if a rule was broken; the file that did it
is kept.
"""
import argparse
import json
import os
import random
import resource
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

GIB = 1 << 30
SECONDS = 10
RUN = """seed = 1
[task]
modulus = 7
[split]
train_fraction = 0.6
[model]
d_model = 16
n_heads = 2
d_mlp = 32
[train]
steps = 40
evaluate_every = 10
checkpoint_every = 20
probe_every = 20
"""
WORDS = [b"9223372036854775807", b"-1", b"1e308", b"nan", b"inf", b"[[[", b"{", b"}", b"\"", b"'", b"\x00", b"\xff\xfe", b"\x1b[2J",
         b"\n", b",", b"=", b"0", b"/dev/zero", b"../../x", b"null", b"1" * 400, b"a." * 200, b"[" * 500]


class Broken(Exception):
    """A rule is broken."""


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (4 * GIB, 4 * GIB))  # code, stacks of threads and mappings; RSS is measured
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check(words, folder, environment=None):
    begin = time.time()
    child = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                             preexec_fn=limited, env=dict(os.environ, **(environment or {})))
    timer = subprocess.Popen(["sh", "-c", f"sleep {SECONDS}; kill -9 {child.pid}"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        err = child.stderr.read(1 << 20)
        child.stderr.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    finally:
        os.killpg(timer.pid, 9)
        timer.wait()
    if time.time() - begin >= SECONDS:
        raise Broken(f"not done after {SECONDS} s")
    if child.returncode not in (0, 2):
        raise Broken(f"exit code {child.returncode}: {err[:200]!r}")
    if usage.ru_maxrss > GIB // 1024:
        raise Broken(f"{usage.ru_maxrss} kB of memory")
    try:
        text = err.decode()
    except UnicodeDecodeError:
        raise Broken(f"invalid UTF-8: {err[:200]!r}")
    lines = text.splitlines()
    if child.returncode == 2 and len(lines) != 1:
        raise Broken(f"{len(lines)} lines: {text[:300]!r}")
    for line in lines:
        if len(line.encode()) > 500 or any(ord(c) < 32 or 0x7f <= ord(c) < 0xa0 for c in line):
            raise Broken(f"a line that is not fit for a terminal: {line[:300]!r}")
    return child.returncode


class Campaign:
    def __init__(self, program, folder, seed):
        self.program, self.folder, self.random = os.path.abspath(program), folder, random.Random(seed)
        self.good = os.path.join(folder, "good")
        os.makedirs(self.good)
        self.write("run.toml", RUN.encode())
        self.write("grid.toml", RUN.replace("seed = 1", "seed = [1, 2]").encode() + b"[[then]]\ntrain.steps = 30\nsplit.train_size = [10, 20]\n")
        self.write("table.csv", b"".join(b",".join(b"%d" % ((x + y) % 7) for y in range(7)) + b"\n" for x in range(7)))
        self.write("rows.txt", b"\n".join(b"%d" % i for i in range(0, 49, 2)))
        header = b"{'descr': '<i8', 'fortran_order': False, 'shape': (20,), }"
        header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
        self.write("rows.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack("<20q", *range(20)))
        self.write("numbers.csv", b"".join(b"%g,%g,%d\n" % (i / 7 - 3, 1e-3 * i * i, i % 3) for i in range(49)))
        header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (49, 3), }"
        header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
        self.write("numbers.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                   + b"".join(struct.pack("<3f", i / 7 - 3, 1e-3 * i * i, i % 3) for i in range(49)))
        self.write("images.idx", bytes([0, 0, 8, 3]) + struct.pack(">3I", 49, 2, 2) + bytes(i % 251 for i in range(196))
                   + bytes([0, 0, 8, 1]) + struct.pack(">I", 49) + bytes(i % 3 for i in range(49)))
        for words in (["train", "run.toml", "--quiet"], ["export", "last", "--format", "safetensors", "-o", "weights.safetensors"]):
            self.succeed(words)
        self.other_stores()
        self.cluster()
        for words in (["reproduce", "varma2023", "adamw-objective", "--scale", "smoke", "--quiet", "--store", "smoke", "--measurements",
                       "measured.json", "--archive", "looks"],):
            self.succeed(words)
        shutil.rmtree(os.path.join(self.good, "smoke"))
        for name in ("store", "other", "packed", "waited"):
            database = sqlite3.connect(os.path.join(self.good, name, "groklab.sqlite"))
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()

    def succeed(self, words):
        subprocess.run([self.program] + words, cwd=self.good, env=dict(os.environ, **self.environment(self.good)), check=True,
                       capture_output=True)

    def other_stores(self):
        """What is merged, and a store whose runs lie in a pack."""
        for seed, name in (("2", "other"), ("3", "packed"), ("4", "packed")):
            self.succeed(["train", "run.toml", "--quiet", "--set", "seed=" + seed, "--store", name])
        self.succeed(["store", "pack", "--store", "packed"])
        self.waiting()

    def waiting(self):
        """A run that was killed while another program held the database: its last parts wait in a file."""
        self.succeed(["train", "run.toml", "--quiet", "--store", "waited", "--set", "train.steps=10"])
        child = subprocess.Popen([self.program, "train", "run.toml", "--quiet", "--store", "waited", "--set", "train.steps=40000",
                                  "--set", "train.checkpoint_every=1000"], cwd=self.good, stderr=subprocess.DEVNULL)
        database = sqlite3.connect(os.path.join(self.good, "waited", "groklab.sqlite"), isolation_level=None, timeout=20)
        while database.execute("SELECT count(*) FROM records").fetchone()[0] < 100:
            time.sleep(0.02)
        database.execute("BEGIN EXCLUSIVE")
        while not self.waiting_file():
            time.sleep(0.02)
        child.kill()
        child.wait()
        database.execute("ROLLBACK")
        database.close()

    def waiting_file(self):
        return self.find("waited", lambda name: name.startswith("waiting-") and name.endswith(".safetensors"))

    def find(self, store, wanted):
        """The first file of a run of that store whose name is wanted; None without one."""
        return next((os.path.relpath(os.path.join(where, name), self.good) for where, _, names in
                     os.walk(os.path.join(self.good, store, "checkpoints")) for name in sorted(names) if wanted(name)), None)

    def cluster(self):
        """A job of a queue that takes everything and knows of nothing."""
        os.mkdir(os.path.join(self.good, "bin"))
        for name, body in (("sbatch", "echo 7"), ("squeue", "exit 0"), ("scancel", "exit 0"), ("sacct", "exit 0"),
                           ("scontrol", "echo MaxArraySize = 1001")):
            path = os.path.join(self.good, "bin", name)
            with open(path, "w") as file:
                file.write("#!/bin/sh\n" + body + "\n")
            os.chmod(path, 0o755)
        self.write("cluster.toml", b"partition = \"short\"\ncores = 2\ntime = \"1:00:00\"\nmodules = [\"gcc\"]\n")
        self.succeed(["cluster", "submit", "grid.toml", "-o", "job", "--settings", "cluster.toml"])

    @staticmethod
    def store(folder):
        return os.path.join(folder, "store")

    def environment(self, folder):
        return {"GROKLAB_STORE": self.store(folder), "PATH": os.path.join(folder, "bin") + os.pathsep + os.environ["PATH"]}

    def write(self, name, data):
        with open(os.path.join(self.good, name), "wb") as file:
            file.write(data)

    def mutate(self, data):
        data = bytearray(data)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randint(0, len(data))
            length = self.random.randint(0, min(64, len(data) - at))
            kind = self.random.randrange(6)
            if kind == 0 and at < len(data):
                data[at] ^= 1 << self.random.randrange(8)
            elif kind == 1:
                data[at:at] = bytes([self.random.randrange(256)])
            elif kind == 2:
                del data[at:at + length]
            elif kind == 3:
                data[at:at + length] = self.random.choice(WORDS)
            elif kind == 4:
                data = data[:at]
            else:
                data[at:at] = data[at:at + length] * self.random.randint(1, 20)
        return bytes(data)

    def kinds(self):
        """(name, file within the folder, commands that open it, files that are taken away). A later reader joins with a line here."""
        steps = ["--set", "train.steps=20", "--quiet", "--set", "model.d_model=16", "--force"]
        state = self.state_in("store")
        own = os.path.join(os.path.dirname(state), "run.rows")
        reads = [["runs"], ["show", "last"], ["export", "last", "--format", "csv"], ["eval", "last"], ["store", "verify"]]
        kinds = [
            ("TOML", "run.toml", [["train", "run.toml", "--quiet", "--set", "train.steps=20", "--set", "task.modulus=7",
                                   "--set", "model.d_model=16", "--set", "model.n_layers=1"], ["sweep", "run.toml", "--dry-run"]]),
            ("grid", "grid.toml", [["sweep", "grid.toml", "--dry-run"]]),
            ("table", "table.csv", [["train", "run.toml", "--set", "task.operation=table", "--set", "task.table=table.csv"] + steps]),
            *((f"data as {kind}", file, [["train", "run.toml", "--set", "task.operation=rows", "--set", f"task.table={file}", "--set",
                                          "model.architecture=number_mlp"] + steps])
              for kind, file in (("numbers", "numbers.csv"), ("npy", "numbers.npy"), ("IDX", "images.idx"))),
            ("rows as text", "rows.txt", [["train", "run.toml", "--set", "split.method=file", "--set", "split.file=rows.txt"] + steps]),
            ("rows as npy", "rows.npy", [["train", "run.toml", "--set", "split.method=file", "--set", "split.file=rows.npy"] + steps]),
            ("weights", "weights.safetensors", [["eval", "--weights", "weights.safetensors"], ["probe", "weights.safetensors"]]),
            ("state", state, [["resume", "last", "--quiet"], ["eval", "last"], ["store", "verify"]]),
            ("database", "store/groklab.sqlite", [["runs"], ["show", "last"], ["export", "last", "--format", "csv"],
                                                  ["report", "last", "-o", "page.html"], ["gc"], ["delete", "last", "--dry-run"],
                                                  ["store", "repair"], ["store", "verify"]]),
            ("a run's own file", own, [["store", "rebuild"], ["store", "verify"]], "store/groklab.sqlite"),
            ("pack", "packed/packs/000001.pack", [words + ["--store", "packed"] for words in reads + [["store", "pack"]]]),
            ("pack alone", "packed/packs/000001.pack", [words + ["--store", "packed"] for words in ([["store", "rebuild"]] + reads)],
             "packed/groklab.sqlite"),
            ("file that waits", self.waiting_file(), [["merge", "waited", "-o", "all", "--quiet"]] + [words + ["--store", "waited"] for words in (
                ["runs"], ["show", "last"], ["store", "repair"], ["resume", "last", "--quiet"], ["store", "verify"])]),
            ("database that is merged", "other/groklab.sqlite", [["merge", "other", "store", "-o", "all", "--quiet"]]),
            ("state that is merged", self.state_in("other"), [["merge", "other", "store", "-o", "all", "--quiet"], ["store", "verify", "--store", "all"]]),
            ("settings of a cluster", "cluster.toml", [["cluster", "submit", "grid.toml", "-o", "new", "--settings", "cluster.toml"]]),
            ("job of a cluster", "job/job.json", [["cluster", "status", "job"], ["cluster", "submit", "grid.toml", "-o", "job"], ["cluster", "cancel", "job"]]),
            ("measurements", "measured.json", [["reproduce", "varma2023", "--from-measurements", "measured.json", "-o", "page.html", "--quiet"]]),
            ("look", os.path.join("looks", sorted(os.listdir(os.path.join(self.good, "looks")))[0]),
             [["reproduce", "varma2023", "--from-measurements", "measured.json", "--looks", "looks", "-o", "page.html", "--quiet"]]),
        ]
        return [kind if len(kind) == 4 else kind + (None,) for kind in kinds]

    def state_in(self, store):
        return self.find(store, lambda name: name.endswith("40.safetensors"))

    def attack(self, name, commands, damage):
        place = os.path.join(self.folder, "place")
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.good, place)
        damage(place)
        count = [0, 0]
        for words in commands:
            try:
                code = check([self.program] + words, place, self.environment(place))
            except Broken as error:
                kept = tempfile.mkdtemp(prefix="groklab-broken-")
                shutil.copytree(place, kept, dirs_exist_ok=True)
                raise Broken(f"{name}: {' '.join(words)}: {error} (kept in {kept})")
            count[code == 2] += 1
        return count

    def damage_file(self, file, gone=None):
        def damage(place):
            if gone:
                os.remove(os.path.join(place, gone))
            path = os.path.join(place, file)
            with open(path, "rb") as stream:
                data = self.mutate(stream.read())
            with open(path, "wb") as stream:
                stream.write(data)
        return damage

    def damage_cell(self):
        """A value of one column of a row becomes another; its checksum goes, as in old stores."""
        def damage(place):
            database = sqlite3.connect(os.path.join(self.store(place), "groklab.sqlite"))
            database.create_function("mutated", 1, lambda v: self.mutate(str(v).encode()).decode("latin-1"))
            table = self.random.choice(["runs", "records", "probes", "checkpoints"])
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in ("number", "run")]
            column = self.random.choice(columns)
            value = self.random.choice(["mutated(%s)" % column, "NULL", "-1", "9223372036854775807", "1e999", "x'00ff'", "'[[['", "''"])
            try:
                if "checksum" in columns:
                    database.execute(f"UPDATE {table} SET checksum = NULL")
                database.execute(f"UPDATE OR IGNORE {table} SET {column} = {value}")
                database.commit()
            except sqlite3.Error:
                pass
            database.close()
        return damage


def controls(folder):
    found = 0
    for body in ("raise SystemExit(1)", "import time; time.sleep(99)", "x = b'a' * (1200 << 20)",
                 "import os; os.write(2, b'a\\nb\\n'); os._exit(2)", "import os; os.write(2, b'\\xff\\n'); os._exit(2)",
                 "import os; os.write(2, b'\\x1b[2J\\n'); os._exit(2)", "import os; os.write(2, b'a' * 600); os._exit(2)",
                 "import os; os.abort()", "import os; os._exit(2)"):
        try:
            check([sys.executable, "-c", body], folder)
        except Broken:
            found += 1
            continue
        raise AssertionError(f"negative control was not found: {body}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--inputs", type=int, default=40, help="damaged files of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="kinds whose name has this in it")
    parser.add_argument("--markdown", help="write the table there")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="groklab-campaign-")
    campaign = Campaign(options.program, folder, options.seed)
    rows, code = [], 0
    cells = [["runs"], ["show", "last"], ["export", "last", "--format", "json"], ["resume", "last", "--quiet"],
             ["report", "last", "-o", "page.html"], ["store", "verify"]]
    kinds = [(name, commands, lambda file=file, gone=gone: campaign.damage_file(file, gone),
              lambda place, gone=gone: gone and os.remove(os.path.join(place, gone))) for name, file, commands, gone in campaign.kinds()]
    kinds.append(("cells of rows", cells, campaign.damage_cell, lambda place: None))
    for name, commands, maker, whole_place in kinds:
        if options.only and options.only not in name:
            continue
        begin, total, broken = time.time(), [0, 0], []
        whole = campaign.attack(name, commands, whole_place)
        if whole[1]:  # or every refusal might be about something else
            raise AssertionError(f"{name}: {whole[1]} commands refuse the undamaged file")
        for _ in range(options.inputs):
            try:
                count = campaign.attack(name, commands, maker())
                total = [a + b for a, b in zip(total, count)]
            except Broken as error:
                broken.append(str(error))
                code = 1
        rows.append((name, options.inputs, total[0], total[1], len(broken)))
        print(f"{rows[-1]}  {time.time() - begin:.0f} s", flush=True)
        for line in broken[:5]:
            print("  " + line, flush=True)
    print(f"negative controls found: {controls(folder)} of 9")
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("| kind | damaged files | commands with exit code 0 | with exit code 2 | rules broken |\n|---|---|---|---|---|\n")
            file.writelines(f"| {a} | {b} | {c} | {d} | {e} |\n" for a, b, c, d, e in rows)
    shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
