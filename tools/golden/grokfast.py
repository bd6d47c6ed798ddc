"""Golden trajectories of Grokfast (Lee et al. 2024): a multiple of the gradients' exponential average joins them."""
import torch

KIND = "grokfast"
CASES = {
    "grokfast_adamw": {"optim.kind": "grokfast", "optim.grokfast.average": 0.95, "optim.grokfast.factor": 1.5,
                       "optim.grokfast.base": "adamw", "model.activation": "gelu"},
    "grokfast_sgd": {"optim.kind": "grokfast", "optim.grokfast.average": 0.9, "optim.grokfast.factor": 2.0,
                     "optim.grokfast.base": "sgd", "optim.learning_rate": 0.02, "optim.momentum": 0.5,
                     "optim.weight_decay": 1e-3, "model.architecture": "mlp", "model.d_mlp": 24, "model.n_layers": 2,
                     "model.activation": "gelu"},
}


class Grokfast:
    def __init__(self, w, c):
        self.w, self.slow = w, {}
        self.average, self.factor = c["optim.grokfast.average"], c["optim.grokfast.factor"]
        if c["optim.grokfast.base"] == "sgd":
            self.base = torch.optim.SGD(w.values(), momentum=c["optim.momentum"], weight_decay=c["optim.weight_decay"])
        else:
            self.base = torch.optim.AdamW(w.values(), betas=(c["optim.beta1"], c["optim.beta2"]), eps=c["optim.epsilon"],
                                          weight_decay=c["optim.weight_decay"])
        self.param_groups = self.base.param_groups

    def zero_grad(self):
        self.base.zero_grad()

    def step(self, gradients):
        with torch.no_grad():
            for n, v in self.w.items():
                old = self.slow.get(n)
                self.slow[n] = v.grad.clone() if old is None else old.lerp(v.grad, 1 - self.average)
                v.grad.add_(self.factor * self.slow[n])
        self.base.step()


def make_optimizer(w, c):
    return Grokfast(w, c)
