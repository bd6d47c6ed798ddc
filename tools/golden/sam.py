"""Golden trajectories of SAM (Foret et al. 2021): two gradients a step, the second at w + rho g / |g|."""
import torch

KIND = "sam"
CASES = {
    "sam_adamw": {"optim.kind": "sam", "optim.sam.rho": 0.1, "optim.sam.base": "adamw", "model.activation": "gelu"},
    "sam_sgd": {"optim.kind": "sam", "optim.sam.rho": 0.2, "optim.sam.base": "sgd", "optim.learning_rate": 0.05,
                "optim.momentum": 0.9, "optim.weight_decay": 1e-3, "model.architecture": "mlp", "model.d_mlp": 24,
                "model.n_layers": 2, "model.activation": "gelu"},
}


class Sam:
    def __init__(self, w, c):
        self.w, self.rho = w, c["optim.sam.rho"]
        if c["optim.sam.base"] == "sgd":
            self.base = torch.optim.SGD(w.values(), momentum=c["optim.momentum"], weight_decay=c["optim.weight_decay"])
        else:
            self.base = torch.optim.AdamW(w.values(), betas=(c["optim.beta1"], c["optim.beta2"]), eps=c["optim.epsilon"],
                                          weight_decay=c["optim.weight_decay"])
        self.param_groups = self.base.param_groups

    def zero_grad(self):
        self.base.zero_grad()

    def step(self, gradients):
        start = {n: v.detach().clone() for n, v in self.w.items()}
        norm = torch.sqrt(sum((v.grad ** 2).sum() for v in self.w.values()))
        with torch.no_grad():
            for v in self.w.values():
                v += self.rho * v.grad / (norm + 1e-12)
        gradients()
        with torch.no_grad():
            for n, v in self.w.items():
                v.copy_(start[n])
        self.base.step()


def make_optimizer(w, c):
    return Sam(w, c)
