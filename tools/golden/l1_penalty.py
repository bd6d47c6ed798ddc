"""Golden trajectory of the L1 penalty: autograd through weight * sum |theta|.

With SGD and a small weight, since the sign flips where a number passes zero: a float32 run that does so one step
earlier must stay within rounding.
"""
import fnmatch

CASES = {
    "l1_penalty": {"penalty.l1.weight": 1e-4, "penalty.l1.tensors": "*W_in, *W_U, *b_in", "optim.kind": "sgd",
                   "optim.learning_rate": 0.05, "optim.momentum": 0.9, "optim.weight_decay": 0.0,
                   "model.activation": "gelu"},
}


def penalty(w, c):
    globs = [glob.strip() for glob in c.get("penalty.l1.tensors", "*").split(",")]
    chosen = [v for n, v in w.items() if any(fnmatch.fnmatchcase(n, glob) for glob in globs)]
    return c.get("penalty.l1.weight", 0.0) * sum(v.abs().sum() for v in chosen)
