"""Golden trajectories of the norm clamp: a loop that rescales the weights after each step of torch.optim.AdamW."""
import fnmatch

import torch

CASES = {
    "norm_hold": {"constraint.norm.value": 6.0, "constraint.norm.mode": "hold", "constraint.norm.start_step": 20,
                  "model.activation": "gelu"},
    "norm_cap": {"constraint.norm.value": 4.0, "constraint.norm.mode": "cap",
                 "constraint.norm.tensors": "*W_E, *W_U", "optim.weight_decay": 0.01, "optim.learning_rate": 3e-3,
                 "model.activation": "gelu"},
}


def after_step(w, c, t):
    if "constraint.norm.value" not in c or t < c.get("constraint.norm.start_step", 1):
        return
    globs = [glob.strip() for glob in c.get("constraint.norm.tensors", "*").split(",")]
    chosen = [v for n, v in w.items() if any(fnmatch.fnmatchcase(n, glob) for glob in globs)]
    norm = torch.sqrt(sum((v ** 2).sum() for v in chosen))
    if c["constraint.norm.mode"] == "hold" or norm > c["constraint.norm.value"]:
        for v in chosen:
            v *= c["constraint.norm.value"] / norm
