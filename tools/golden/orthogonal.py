"""Golden trajectories of orthogonal gradients (Prieto et al. 2025): each tensor's gradient without its part along the
tensor, given back its length, before the base optimiser's step."""
import torch

KIND = "orthogonal"
CASES = {
    "orthogonal_adamw": {"optim.kind": "orthogonal", "optim.orthogonal.base": "adamw", "optim.weight_decay": 0.0,
                         "model.activation": "gelu"},
    "orthogonal_sgd": {"optim.kind": "orthogonal", "optim.orthogonal.base": "sgd", "optim.learning_rate": 0.01,
                       "optim.momentum": 0.5, "optim.weight_decay": 0.0, "model.architecture": "mlp",
                       "model.d_mlp": 24, "model.n_layers": 2, "model.activation": "gelu"},
}


class Orthogonal:
    def __init__(self, w, c):
        self.w = w
        if c["optim.orthogonal.base"] == "sgd":
            self.base = torch.optim.SGD(w.values(), momentum=c["optim.momentum"], weight_decay=c["optim.weight_decay"])
        else:
            self.base = torch.optim.AdamW(w.values(), betas=(c["optim.beta1"], c["optim.beta2"]), eps=c["optim.epsilon"],
                                          weight_decay=c["optim.weight_decay"])
        self.param_groups = self.base.param_groups

    def zero_grad(self):
        self.base.zero_grad()

    def step(self, gradients):
        with torch.no_grad():
            for v in self.w.values():
                if (v == 0).all():
                    continue
                length = torch.linalg.vector_norm(v.grad)
                rest = v.grad - (v.grad * v).sum() / (v * v).sum() * v
                v.grad.copy_(rest * length / torch.linalg.vector_norm(rest))
        self.base.step()


def make_optimizer(w, c):
    return Orthogonal(w, c)
