"""The workloads, the ratios to reach, and the arithmetic that all sides share. No framework is imported here."""
import dataclasses
import math

import numpy as np

HEADS = 4
LEARNING_RATE, BETA1, BETA2, EPSILON, WEIGHT_DECAY, WARMUP = 1e-3, 0.9, 0.98, 1e-8, 1.0, 10
BASELINES = {"eager": "PyTorch eager", "compile": "torch.compile", "jax": "JAX jit"}


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    case: str  # of `groklab bench`
    what: str
    p: int
    train_size: int
    d_model: int
    runs: int
    targets: dict  # form -> {baseline: ratio to reach on a processor}; a form without targets is measured all the same
    gpu_only: bool = False  # too many runs for a framework on a processor, as few as keep a GPU busy


def all_baselines(ratio):
    return {baseline: ratio for baseline in BASELINES}


WORKLOADS = [
    Workload("V", "V", "p 113, D 3830, d 128, m 512", 113, 3830, 128, 1,
             {"public": all_baselines(12.0), "expert": all_baselines(4.8)}),
    Workload("16 small", "small-16", "16 runs of p 59, D 1400, d 64, m 256", 59, 1400, 64, 16,
             {"public": all_baselines(13.0), "expert": {}}),
    Workload("16 tiny", "tiny-16", "16 runs of p 43, D 300, d 48, m 192", 43, 300, 48, 16,
             {"public": all_baselines(13.0), "expert": {}}),
    Workload("256 tiny", "tiny-16", "256 runs of p 43, D 300, d 48, m 192", 43, 300, 48, 256,
             {"public": {}, "expert": {}}, gpu_only=True),
]


def learning_rate(t):
    """Of update t = 1, 2, ..."""
    return LEARNING_RATE * min(t / WARMUP, 1.0)


@dataclasses.dataclass
class Start:
    """One run before its first step."""

    weights: dict  # name -> float32 array
    tokens: np.ndarray  # [D, 3]: a, b, "="
    labels: np.ndarray  # [D]

    @staticmethod
    def make(tensors, rows, p):
        """From TransformerLens names and shapes; the heads' matrices become one [d, heads * d_head] product each."""
        w = {name.split(".")[-1]: np.asarray(value, np.float32) for name, value in tensors.items()}
        d = w["W_E"].shape[1]
        for name in ("W_Q", "W_K", "W_V"):
            w[name] = w[name].transpose(1, 0, 2).reshape(d, -1)
        w["W_O"] = w["W_O"].reshape(-1, d)
        x, y = rows // p, rows % p
        return Start({name: np.ascontiguousarray(value) for name, value in w.items()},
                     np.stack([x, y, np.full_like(x, p)], axis=1), (x + y) % p)


def score_scale(d_model):
    return 1.0 / math.sqrt(d_model // HEADS)
