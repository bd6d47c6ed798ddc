"""Golden trajectory of the nuclear-norm penalty: autograd through the sum of singular values, heads side by side.

With SGD and a small weight, so that no singular value comes to zero, where the gradient jumps.
"""
import torch

CASES = {
    "nuclear_penalty": {"penalty.nuclear.weight": 2e-4, "optim.kind": "sgd", "optim.learning_rate": 0.05,
                        "optim.momentum": 0.9, "optim.weight_decay": 0.0, "model.activation": "gelu"},
}


def as_matrix(name, tensor):
    """[inputs, outputs]"""
    if tensor.ndim == 3 and name.endswith("W_O"):
        return tensor.reshape(-1, tensor.shape[2])
    if tensor.ndim == 3:
        return tensor.transpose(0, 1).reshape(tensor.shape[1], -1)
    return tensor


def penalty(w, c):
    if "penalty.nuclear.weight" not in c:
        return 0.0
    matrices = [as_matrix(n, v) for n, v in w.items() if n.split(".")[-1].startswith("W")]
    return c["penalty.nuclear.weight"] * sum(torch.linalg.svdvals(m).sum() for m in matrices)
