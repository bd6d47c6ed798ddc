"""The baselines as processes: which variants of each are tried, and how the processes are started and asked."""
import dataclasses
import json
import os
import pathlib
import subprocess
import sys

# Large buffers that stay mapped, on large pages: 5 to 10 % faster steps for both frameworks. The allocators that
# PyTorch's tuning guide advises do the same; this one is always there (glibc).
ALLOCATOR = ":".join(f"glibc.malloc.{key}" for key in ("hugetlb=1", "mmap_threshold=4294967296",
                                                       "trim_threshold=8589934592", "top_pad=67108864"))
HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass(frozen=True)
class Variant:
    """Threads of each process; with more than one process, each has its fraction of the runs and a core of its own."""

    how: str
    threads: int
    processes: int = 1

    def __str__(self):
        threads = f"{self.threads} thread" + "s" * (self.threads > 1)
        return f"{self.how}, {threads}" if self.processes == 1 else f"{self.how}, {self.processes} x {threads}"


def single_process_variants(baseline, workload, cores, device):
    if device == "cuda":
        hows = ["loop"] if workload.runs == 1 else ["vmap"]
        return [Variant(how + kind, 1) for how in hows for kind in (["-scan"] if baseline == "jax" else ["", "-graph"])]
    # In JAX several steps in one call were always at least as fast as one, for several runs as for one.
    hows = ["loop-scan"] if baseline == "jax" else ["loop"]
    if workload.runs > 1:
        hows.append("vmap-scan" if baseline == "jax" else "vmap")
    return [Variant(how, threads) for how in hows for threads in sorted({1, cores})]


class BaselineProcesses:
    """A baseline at work: one process, or several that share the runs of a sweep and are timed at the same time."""

    def __init__(self, baseline, workload, form, variant, starts, cache, device):
        cores = sorted(os.sched_getaffinity(0))
        part = -(-len(starts) // variant.processes)
        self.processes = []
        for i in range(variant.processes):
            env = os.environ | {"TORCHINDUCTOR_CACHE_DIR": str(cache), "JAX_PLATFORMS": device,
                                "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # two processes share a GPU
                                "GLIBC_TUNABLES": ALLOCATOR}
            for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
                env[name] = str(variant.threads)
            if variant.threads == 1 and device == "cpu":
                env["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
            pinned = variant.processes > 1 or (baseline == "jax" and variant.threads == 1 and device == "cpu")
            words = ["--baseline", baseline, "--form", form, "--variant", variant.how, "--threads", variant.threads,
                     "--core", cores[i % len(cores)] if pinned else -1, "--p", workload.p, "--device", device]
            words += starts[i * part:(i + 1) * part]
            self.processes.append(subprocess.Popen([sys.executable, str(HERE / "worker.py"), *map(str, words)], env=env,
                                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        self.name = f"{baseline}, {workload.name}, {form}, {variant}"

    def send(self, **command):
        for process in self.processes:
            process.stdin.write(json.dumps(command) + "\n")
            process.stdin.flush()

    def receive(self):
        """One answer of each process."""
        lines = [process.stdout.readline() for process in self.processes]
        if not all(lines):
            raise SystemExit(f"baselines: {self.name}: the process ended; what it said is above")
        return [json.loads(line) for line in lines]

    def send_losses(self, steps, **changes):
        self.send(losses=steps, **changes)

    def receive_losses(self, steps):
        """[steps][runs]"""
        parts = self.receive()
        return [[loss for part in parts for loss in part[i]] for i in range(steps)]

    def time(self, seconds):
        """Milliseconds of one step of all runs: of the slowest process."""
        self.send(time=seconds)
        return max(self.receive())

    def close(self):
        for process in self.processes:
            process.stdin.close()
        for process in self.processes:
            process.wait()
