"""Golden trajectories of Muon: torch.optim.Muon for the hidden matrices, torch.optim.AdamW for the rest.

torch.optim.Muon rounds to bfloat16 before its Newton-Schulz steps. For a comparison to nine digits its own code runs
here with that conversion left out, in the tensors' own precision.
"""
import fnmatch
from unittest import mock

import torch

KIND = "muon"
KEYS = {"optim.kind": "muon", "optim.muon.momentum": 0.9, "optim.muon.nesterov": True, "optim.muon.steps": 5,
        "optim.muon.a": 3.4445, "optim.muon.b": -4.775, "optim.muon.c": 2.0315, "optim.muon.epsilon": 1e-7,
        "optim.muon.adjust": "original", "optim.weight_decay": 0.5}
CASES = {
    "muon": {**KEYS, "model.activation": "gelu"},
    "muon_match_rms": {**KEYS, "optim.muon.nesterov": False, "optim.muon.steps": 3, "optim.muon.a": 3.0,
                       "optim.muon.b": -3.2, "optim.muon.c": 1.2, "optim.muon.adjust": "match_rms_adamw",
                       "optim.decay": "layers.0.*, *W_U", "optim.learning_rate": 3e-4, "optim.warmup_steps": 10,
                       "model.architecture": "mlp", "model.d_mlp": 24, "model.n_layers": 2,
                       "model.activation": "gelu"},
}


def to_linear(name, tensor):
    """As the weight of nn.Linear, [outputs, inputs]; heads side by side."""
    if tensor.ndim == 3 and name.endswith("W_O"):
        return tensor.reshape(-1, tensor.shape[2]).T.contiguous()
    if tensor.ndim == 3:
        return tensor.transpose(1, 2).reshape(-1, tensor.shape[1]).contiguous()
    return tensor.T.contiguous()


def from_linear(name, matrix, shape):
    if len(shape) == 3 and name.endswith("W_O"):
        return matrix.T.reshape(shape)
    if len(shape) == 3:
        return matrix.reshape(shape[0], shape[2], shape[1]).transpose(1, 2)
    return matrix.T


class MuonAndAdamW:
    def __init__(self, w, c):
        decay = {n: c["optim.weight_decay"] * any(fnmatch.fnmatchcase(n, g.strip()) for g in c["optim.decay"].split(","))
                 for n in w}
        self.w = w
        hidden = [n for n, v in w.items() if v.ndim > 1 and n.split(".")[-1].startswith("W") and "embed" not in n]
        self.matrices = {n: torch.nn.Parameter(to_linear(n, w[n].detach())) for n in hidden}
        self.muon = torch.optim.Muon(
            [{"params": [m], "weight_decay": decay[n]} for n, m in self.matrices.items()],
            momentum=c["optim.muon.momentum"], nesterov=c["optim.muon.nesterov"], eps=c["optim.muon.epsilon"],
            ns_coefficients=tuple(c[f"optim.muon.{k}"] for k in "abc"), ns_steps=c["optim.muon.steps"],
            adjust_lr_fn=c["optim.muon.adjust"])
        self.adamw = torch.optim.AdamW([{"params": [v], "weight_decay": decay[n]} for n, v in w.items()
                                        if n not in hidden],
                                       betas=(c["optim.beta1"], c["optim.beta2"]), eps=c["optim.epsilon"])
        self.param_groups = self.muon.param_groups + self.adamw.param_groups

    def zero_grad(self):
        for tensor in self.w.values():
            tensor.grad = None

    def step(self, gradients):
        for name, matrix in self.matrices.items():
            matrix.grad = to_linear(name, self.w[name].grad)
        with mock.patch.object(torch.Tensor, "bfloat16", lambda tensor: tensor.clone()):
            self.muon.step()
        self.adamw.step()
        with torch.no_grad():
            for name, matrix in self.matrices.items():
                self.w[name].copy_(from_linear(name, matrix, self.w[name].shape))


def make_optimizer(w, c):
    return MuonAndAdamW(w, c)
