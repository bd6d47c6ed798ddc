"""groklab's side, by its program alone: starting weights, the losses of the first steps, and the time of a step."""
import json
import pathlib
import subprocess

import torch
from safetensors.numpy import load_file, save_file


class Groklab:
    def __init__(self, program, directory):
        self.program, self.directory = program, pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)

    def call(self, *words):
        done = subprocess.run([self.program, *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"baselines: groklab {' '.join(words)}: exit code {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def train(self, workload, seed, steps):
        """The records of a run, one for each step. Training rows follow the published order of torch.randperm, which
        both sides can make; groklab's own order is not to be had in Python."""
        settings = {"seed": seed, "task.modulus": workload.p, "split.method": "torch_randperm",
                    "split.train_size": workload.train_size, "model.d_model": workload.d_model,
                    "train.steps": steps, "train.evaluate_every": 1}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        lines = self.call("train", *words, "--json", "--force", "--store", str(self.directory / "store")).splitlines()
        events = [json.loads(line) for line in lines]
        run = next(e["run"] for e in events if e["event"] == "outcome")
        return run, [e for e in events if e["event"] == "record"]

    def losses(self, workload, seed, steps):
        """Before each of the first `steps` steps."""
        _, records = self.train(workload, seed, steps)
        by_step = {r["step"]: r["train"]["loss"] for r in records}
        return [by_step[step] for step in range(steps)]

    def start_file(self, workload, seed):
        """A file with the weights before the first step and the training rows."""
        run, _ = self.train(workload, seed, 0)
        file = self.directory / f"start-{workload.p}-{seed}.safetensors"
        self.call("export", run, "--store", str(self.directory / "store"), "--format", "safetensors", "-o", str(file))
        generator = torch.Generator().manual_seed(seed)
        rows = torch.randperm(workload.p**2, generator=generator)[:workload.train_size]
        save_file(load_file(file) | {"rows": rows.numpy()}, file)
        return str(file)

    def time(self, workload, threads, seconds):
        """Milliseconds of one step of all runs of the workload."""
        text = self.call("bench", "--case", workload.case, "--threads", str(threads), "--repeats", "1", "--seconds",
                         str(seconds), "--json")
        return json.loads(text)["results"][0]["ms_per_step"] * workload.runs
