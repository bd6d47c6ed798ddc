#!/usr/bin/env python3
"""Kills and starves groklab at random moments and proves that nothing is lost.

    tools/campaign/crash.py build/groklab [--kills 200] [--seed 1] [--markdown FILE]

Each command (train, fork, sweep, merge, rebuild, pack, delete, gc, reproduce) is first run undisturbed. Then it is disturbed again and again until it ends
by itself: by signals at random moments, by SIGKILL inside the N-th write, fsync or rename, by a loss of power that takes
back all that was not synced, by errors of the disk, by a small disk. After each disturbance the store must open and `groklab store verify` may find leftovers only; at the end all
records (times apart) and all states must be those of the undisturbed store, bit for bit. The negative controls damage a
store on purpose, or let the layer of the lost power forget that states were synced, and must be found. Exit code 1 if
anything was lost. Needs a C compiler for the faults; the small disk and the store that cannot be written need the right to
mount, and are told as skipped without it.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
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
steps = %d
evaluate_every = %d
checkpoint_every = %d
"""
TRAINERS = ("train", "fork", "sweep", "reproduce")  # that share --kills
FAULT_CALLS = ["write", "pwrite", "fsync", "fdatasync", "ftruncate", "rename", "unlink", "open", "mkdir"]
READ_CALLS = ["read", "pread"]  # a disk that cannot read: EIO alone
ENDED, SURVIVED = "ended", "survived"  # what a disturbance did: the command failed, or succeeded all the same


class Lost(Exception):
    """Something that must not happen."""


def restore_signals():
    """In the background of a script, or behind nohup, what starts here would ignore what the campaign sends."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Campaign:
    def __init__(self, program, seed, folder):
        self.program, self.folder = os.path.abspath(program), folder
        self.random = random.Random(seed)
        self.fault = os.path.join(folder, "fault.so")
        subprocess.run([os.environ.get("CC") or "cc", "-shared", "-fPIC", "-O1", "-o", self.fault, os.path.join(HERE, "fault.c"), "-ldl", "-lpthread"], check=True)
        self.path("train.toml", RUN % ("0", 40000, 200, 1000))  # longer than a second, so that it waits for the disk
        self.path("long.toml", RUN % ("[0, 1, 2]", 100000000, 200, 1000))  # is removed long before it ends
        self.path("grid.toml", RUN % ("[0, 1, 2]", 1500, 25, 200) + "[[then]]\ntrain.steps = 400\nsplit.train_size = [10, 20]\n")
        self.table = []

    def path(self, name, text=None):
        path = os.path.join(self.folder, name)
        if text is not None:
            with open(path, "w") as file:
                file.write(text)
        return path

    def start(self, words, store, fault=None):
        environment = dict(os.environ, GROKLAB_STORE=store)
        if fault:
            environment.update({"LD_PRELOAD": self.fault, "FAULT_DIR": os.path.basename(store)}, **fault)
        words = [store if word == "STORE" else word for word in words]
        return subprocess.Popen([self.program] + words, cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, preexec_fn=restore_signals)

    def run(self, words, store, fault=None):
        child = self.start(words, store, fault)
        out, err = child.communicate(timeout=600)
        return child.returncode, out, err

    def succeed(self, words, store):
        code, out, err = self.run(words, store)
        if code != 0:
            raise Lost(f"{words}: exit code {code}: {err.strip()}")
        return out

    def contents(self, store):
        """Records without times, and states, of every run."""
        runs = {}
        for run in json.loads(self.succeed(["runs", "--json"], store)):
            id = run["id"]
            text = json.loads(self.succeed(["export", id, "--format", "json"], store))
            for record in text["records"]:
                del record["seconds"]
            states = {}
            for state in json.loads(self.succeed(["show", id, "--json"], store))["checkpoints"]:
                if not state["kept"]:
                    continue
                with open(os.path.join(self.folder, state["file"]), "rb") as file:
                    file.seek(state["offset"])
                    bytes = file.read(state["size"])
                header = struct.unpack("<Q", bytes[:8])[0]
                states[state["step"]] = hashlib.sha256(bytes[8 + header:]).hexdigest()
            runs[id] = (text["status"], text["step"], text["records"], states)
        return runs

    def check(self, store):
        """Whether the store is sound: what a disturbed program left may be superfluous, never damaged."""
        if not os.path.exists(os.path.join(store, "groklab.sqlite")):
            return
        code, out, err = self.run(["store", "verify"], store)
        wrong = [line for line in out.splitlines()
                 if not line.startswith("nothing needs ") and "wait for the database" not in line
                 and not line.startswith("all of")]
        if code not in (0, 2) or wrong:
            raise Lost(f"after a disturbance: exit code {code}: {wrong[:3]} {err.strip()}")

    def commands(self, name, store):
        """The command, and what must be in the store before it."""
        if name == "train":
            return ["train", "train.toml", "--quiet", "--threads", "1"]
        if name == "fork":
            if not os.path.exists(store):
                self.succeed(["train", "train.toml", "--quiet"], store)
            parent = json.loads(self.succeed(["runs", "--json", "--where", "parent IS NULL"], store))[0]["id"]
            return ["fork", parent, "--quiet", "--set", "split.train_size=15", "--set", "train.steps=2000"]
        if name == "sweep":
            return ["sweep", "grid.toml", "--quiet", "--jobs", "2"]
        if name == "merge":
            sources = [self.path(f"shard-{i}") for i in (1, 2)]
            for i, source in enumerate(sources, 1):
                if not os.path.exists(source):
                    self.succeed(["sweep", "grid.toml", "--quiet", "--shard", f"{i}/2"], source)
            return ["merge", *sources, "-o", "STORE", "--quiet"]
        if name == "rebuild":  # a sweep's store that lost its index; what a kill leaves is the start of the next try
            source = self.path("shard-1")
            if not os.path.exists(source):
                self.succeed(["sweep", "grid.toml", "--quiet"], source)
            if not os.path.exists(store):
                shutil.copytree(source, store, ignore=shutil.ignore_patterns("groklab.sqlite*"))
            return ["store", "rebuild"]
        if name == "pack":  # a sweep's store, a part of which is in packs already
            source = self.path("packed")
            if not os.path.exists(source):
                self.succeed(["sweep", "grid.toml", "--quiet", "--shard", "1/2"], source)
                self.succeed(["store", "pack"], source)
                self.succeed(["sweep", "grid.toml", "--quiet"], source)
            if not os.path.exists(store):
                shutil.copytree(source, store)
            return ["store", "pack"]
        if name in ("delete", "gc"):
            if not os.path.exists(store):
                shutil.copytree(self.filled(name), store)
            if name == "gc":
                return ["gc", "--keep-last", "1"]
            return ["delete", "--where", "seed = 1", "--with-forks"]
        return ["reproduce", "varma2023", "grokking", "--scale", "smoke", "--quiet", "--jobs", "2"]

    def filled(self, name):
        """A store to delete from: a sweep with names and tags; for gc also with leftovers of all kinds."""
        store = self.path("filled-" + name)
        if os.path.exists(store):
            return store
        self.succeed(["sweep", "grid.toml", "--quiet", "--jobs", "2"], store)
        self.succeed(["annotate", "--where", "seed >= 0", "--tag", "all"], store)
        if name == "gc":
            self.succeed(["delete", "--where", "seed = 1", "--with-forks"], store)
            states = os.path.join(store, "checkpoints")
            for folder in [os.path.join(states, "gone"), os.path.join(states, sorted(os.listdir(states))[0])]:
                os.makedirs(folder, exist_ok=True)
                for step in range(7000001, 7000006):
                    with open(os.path.join(folder, f"step-{step}.safetensors"), "w") as file:
                        file.write("left")
        return store

    def check_clean(self, store):
        """After a last gc nothing is left over, and what is there is sound."""
        self.succeed(["gc"], store)
        code, out, err = self.run(["store", "verify"], store)
        if code != 0:
            raise Lost(f"after gc: {out.strip()} {err.strip()}")

    def disturbed(self, name, expected, disturb, count, most=10**9):
        """Disturbs the command until it ends by itself, `count` times in all; returns how often it was disturbed."""
        done = idle = 0
        while done < count and idle < 5:
            store = os.path.join(self.folder, "disturbed")
            shutil.rmtree(store, ignore_errors=True)
            words = self.commands(name, store)
            here = 0
            while True:
                what = disturb(words, store) if here < most and done < count + 50 else None
                if what:
                    done += 1
                    here += 1
                    self.check(store)
                if what == ENDED:
                    continue
                code, _, err = self.run(words, store) if not what else (0, "", "")
                if code != 0:
                    raise Lost(f"{name} could not go on: {err.strip()}")
                break
            idle = 0 if here > 0 else idle + 1  # a call that the command does not make disturbs nothing
            found = self.contents(store)
            if name in ("delete", "gc"):
                self.check_clean(store)
            if found != expected:
                raise Lost(f"{name}: another result than undisturbed: {differences(expected, found)}")
        return done


def differences(expected, found):
    for id in sorted(set(expected) | set(found)):
        if id not in expected or id not in found:
            return f"run {id} is in one store only"
        for part, a, b in zip(("status", "step", "records", "states"), expected[id], found[id]):
            if a != b:
                return f"{part} of run {id}"
    return "nothing"


def by_signal(campaign, number, seconds):
    def disturb(words, store):
        child = campaign.start(words, store)
        try:
            child.communicate(timeout=campaign.random.uniform(0, seconds))
            return None
        except subprocess.TimeoutExpired:
            child.send_signal(number)
            out, err = child.communicate(timeout=60)
            # 130: saved; -number: it had not begun.
            if child.returncode not in (0, -number) + ((130,) if number != signal.SIGKILL else ()):
                raise Lost(f"signal {number}: exit code {child.returncode}: {err.strip()}")
            return ENDED if child.returncode != 0 else None
    return disturb


def by_fault(campaign, kind, call, more=None):
    """Fails a random one of these calls. Where the call is one that the command may do without (a log that is shortened later),
    it may also succeed. What merge reads are its sources' files."""
    def disturb(words, store):
        counted = campaign.path("count")
        copy = store + "-count"
        shutil.rmtree(copy, ignore_errors=True)
        if os.path.exists(store):
            shutil.copytree(store, copy)
        where = {"FAULT_DIR": "shard-"} if words[0] == "merge" and call in READ_CALLS else {}
        campaign.run(words, copy, {"FAULT_CALLS": call, "FAULT_AT": "0", "FAULT_COUNT": counted, **where})
        total = int(open(counted).read())
        if total == 0:
            return None
        at = campaign.random.randint(1, total)
        code, _, err = campaign.run(words, store, {"FAULT_CALLS": call, "FAULT_AT": str(at), "FAULT_KIND": kind,
                                                   "FAULT_COUNT": counted, **where, **(more or {})})
        if kind in ("kill", "power"):
            return ENDED if code == -signal.SIGKILL else None
        if code not in (0, 2):
            raise Lost(f"{kind} at {call} {at}: exit code {code}: {err.strip()}")
        if code == 2:
            return ENDED
        return SURVIVED if int(open(counted).read()) >= at else None  # with two jobs there are not always as many calls
    return disturb


def small_disk(campaign, expected):
    """Trains on disks of growing size until it fits; each time the disk is full the next must go on. In a namespace."""
    disk = campaign.path("disk")
    os.makedirs(disk, exist_ok=True)
    script = f"""
mount -t tmpfs -o size=100k tmpfs {disk} || exit 77
full=0
for size in 150 250 400 600 900 1500 4000 20000; do
  GROKLAB_STORE={disk}/store {campaign.program} train train.toml --quiet --threads 1 2>>{disk}.err; code=$?
  if [ $code = 2 ]; then full=$((full + 1)); mount -o remount,size=${{size}}k {disk}; continue; fi
  cp -r {disk}/store {campaign.path('from-disk')}; echo $full; exit $code
done
exit 3"""
    shutil.rmtree(campaign.path("from-disk"), ignore_errors=True)
    child = subprocess.run(["unshare", "-m", "sh", "-c", script], cwd=campaign.folder, capture_output=True, text=True)
    if child.returncode != 0 and ("not permitted" in child.stderr or child.returncode == 77):
        return None
    if child.returncode != 0:
        raise Lost(f"small disk: exit code {child.returncode}: {child.stderr.strip()}")
    if campaign.contents(campaign.path("from-disk")) != expected:
        raise Lost("small disk: another result than undisturbed")
    return int(child.stdout)


def removed_store(campaign, name, count):
    """The whole store goes while the command trains in it: exit code 2, and soon."""
    long = {"train": ["train", "train.toml", "--quiet", "--set", "train.steps=100000000"],
            "sweep": ["sweep", "long.toml", "--quiet", "--jobs", "2"]}
    for _ in range(count):
        store = campaign.path("removed")
        shutil.rmtree(store, ignore_errors=True)
        words = long[name] if name in long else campaign.commands(name, store)[:3] + ["--set", "train.steps=100000000"]
        states = os.path.join(store, "checkpoints")
        before = len(os.listdir(states)) if os.path.exists(states) else 0
        child = campaign.start(words, store)
        begin = time.time()
        while not os.path.exists(states) or len(os.listdir(states)) == before:
            if child.poll() is not None or time.time() - begin > 60:
                child.kill()
                raise Lost(f"a store removed midway: {name} did not begin: {child.communicate()[1].strip()}")
            time.sleep(0.01)
        time.sleep(campaign.random.uniform(0.05, 0.5))
        for _ in range(100):  # the program may be making a folder at this moment
            shutil.rmtree(store, ignore_errors=True)
            if not os.path.exists(os.path.join(store, "groklab.sqlite")):
                break
        _, err = child.communicate(timeout=60)
        if child.returncode != 2:
            raise Lost(f"a store removed midway: exit code {child.returncode}: {err.strip()}")
    return count


def read_only_store(campaign, name, expected, seconds, count):
    """Ends a command midway, then makes its store one that cannot be written (a mount in a namespace of its own): going on
    is refused with exit code 2, everything that reads works, and with the right to write it goes on to the same bits."""
    done = 0
    for attempt in range(20 * count):
        if done == count:
            break
        store = campaign.path("read-only")
        shutil.rmtree(store, ignore_errors=True)
        words = campaign.commands(name, store)
        number = (signal.SIGTERM, signal.SIGKILL)[attempt % 2]
        child = campaign.start(words, store)  # a sweep first measures for a second, and longer beside others
        while child.poll() is None and not os.path.exists(os.path.join(store, "groklab.sqlite")):
            time.sleep(0.01)
        time.sleep(campaign.random.uniform(0, 0.5 * seconds))
        child.send_signal(number)
        child.communicate(timeout=60)
        if child.returncode == 0:
            continue
        reads = [["runs"], ["runs", "--json"], ["runs", "--times"], ["store", "verify"]]
        script = [f"mount --bind {store} {store} && mount -o remount,ro,bind {store} || exit 77", f"touch {store}/x 2>/dev/null && exit 78"]
        for line in [words] + reads:
            script.append(f"GROKLAB_STORE={store} {campaign.program} {' '.join(line).replace('STORE', store)} 2>&1 >/dev/null; echo $?")
        child = subprocess.run(["unshare", "-m", "sh", "-c", "\n".join(script)], cwd=campaign.folder, capture_output=True, text=True,
                               timeout=600)
        if "not permitted" in child.stderr or child.returncode == 77:
            return None
        lines = child.stdout.split("\n")
        codes = [line for line in lines if line.isdigit()]
        if codes[:1] == ["0"] and campaign.contents(store) == expected:
            continue  # it had done everything when the signal came: the command shows that
        # One line (a sweep has one for each run) and the refusal; then the readers, of which `verify` may find what a killed program left.
        if codes[:4] != ["2", "0", "0", "0"] or (name != "sweep" and lines[1] != "2") or len(codes) != 5 or codes[4] not in ("0", "2"):
            raise Lost(f"a store that cannot be written: {name} after {number.name}: exit code {child.returncode}: {lines}")
        campaign.check(store)
        campaign.succeed(words, store)
        if (found := campaign.contents(store)) != expected:
            raise Lost(f"a store that could not be written: {name}: {differences(expected, found)}")
        done += 1
    if done < count:
        raise Lost(f"a store that cannot be written: {name} was ended midway {done} times, expected {count}")
    return done


def forgotten_syncs(campaign, expected):
    """A program that does not sync its states, as far as the layer of the lost power can tell: that must be found."""
    for _ in range(20):
        try:
            campaign.disturbed("train", expected, by_fault(campaign, "power", "fdatasync", {"FAULT_FORGET": ".safetensors"}), 1, 1)
        except Lost as error:
            print(f"  found: {error}", flush=True)
            return 1
    raise AssertionError("negative control: states that were never synced were not found")


def negative_controls(campaign, store):
    """Damage that must be found, or the checks above would prove nothing."""
    expected = campaign.contents(store)
    found = 0
    for damage in ("record", "state", "lost record", "lost state"):
        copy = campaign.path("damaged")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(store, copy)
        database = sqlite3.connect(os.path.join(copy, "groklab.sqlite"))
        folder = os.path.join(copy, "checkpoints", database.execute("SELECT folder FROM runs").fetchone()[0])
        state = os.path.join(folder, min(name for name in os.listdir(folder) if name.startswith("step-")))
        if damage == "record":
            database.execute("UPDATE records SET train_loss = train_loss + 1e-9 WHERE step = 200")
        elif damage == "lost record":
            database.execute("DELETE FROM records WHERE step = 200")
        elif damage == "lost state":
            os.remove(state)
        else:
            with open(state, "r+b") as file:
                file.seek(-7, 2)
                byte = file.read(1)
                file.seek(-7, 2)
                file.write(bytes([byte[0] ^ 1]))
        database.commit()
        database.close()
        try:
            campaign.check(copy)
            if campaign.contents(copy) == expected:
                raise AssertionError(f"negative control '{damage}' was not found")
        except Lost:
            pass
        found += 1
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=200, help="SIGKILLs at random moments: a quarter each for "
                        "train, fork, sweep and reproduce, an eighth for each other command, however many are chosen")
    parser.add_argument("--faults", type=int, default=5, help="faults per kind and call")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", default="train,fork,sweep,merge,rebuild,pack,reproduce,delete,gc")
    parser.add_argument("--kinds", default="kill,power,eio,enospc,short", help="kinds of faults")
    parser.add_argument("--markdown", help="write the table there")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="groklab-campaign-")
    campaign = Campaign(options.program, options.seed, folder)
    rows, code = [], 0

    def row(what, action):
        nonlocal code
        begin = time.time()
        try:
            count = action()
            rows.append((what, "skipped: no right to mount" if count is None else str(count), "nothing"))
        except (Lost, subprocess.TimeoutExpired) as error:
            code = 1
            rows.append((what, "-", str(error)))
        print(f"{rows[-1]}  {time.time() - begin:.0f} s", flush=True)

    names = options.commands.split(",")
    kinds = options.kinds.split(",")
    for name in names:
        store = campaign.path("whole-" + name)
        words = campaign.commands(name, store)
        begin = time.time()
        campaign.succeed(words, store)
        seconds = time.time() - begin
        expected = campaign.contents(store)
        kills = max(1, options.kills // (4 if name in TRAINERS else 8))
        row(f"{name}: SIGKILL at a random moment",
            lambda: campaign.disturbed(name, expected, by_signal(campaign, signal.SIGKILL, 1.1 * seconds), kills, 30))
        for number in (signal.SIGTERM, signal.SIGHUP):
            row(f"{name}: {number.name} at a random moment",
                lambda: campaign.disturbed(name, expected, by_signal(campaign, number, 1.1 * seconds), kills // 5 + 1, 5))
        if name == "reproduce":
            continue  # its runs are a sweep's
        for kind in kinds:
            for call in FAULT_CALLS + (READ_CALLS if kind == "eio" else []):
                if kind == "short" and call not in ("write", "pwrite"):
                    continue
                row(f"{name}: {kind} in a random {call}",
                    lambda: campaign.disturbed(name, expected, by_fault(campaign, kind, call), options.faults, 3))
        if name in ("train", "fork", "sweep"):
            row(f"{name}: the store removed midway", lambda: removed_store(campaign, name, 5))
            row(f"{name}: a store that cannot be written", lambda: read_only_store(campaign, name, expected, seconds, 4))
    if "train" in names:
        expected = campaign.contents(campaign.path("whole-train"))
        row("train: a disk that is full again and again", lambda: small_disk(campaign, expected))
        row("negative controls found", lambda: negative_controls(campaign, campaign.path("whole-train")))
        row("negative control: states that are not synced, found", lambda: forgotten_syncs(campaign, expected))
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("| what was injected | how often | what was lost |\n|---|---|---|\n")
            file.writelines(f"| {a} | {b} | {c} |\n" for a, b, c in rows)
    shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
