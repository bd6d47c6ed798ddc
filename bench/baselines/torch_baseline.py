"""The training step in PyTorch, eager or compiled: as public grokking code writes it, and as an expert would."""
import functools

import torch
import torch.nn.functional as F

import workloads as wl

MASK = torch.triu(torch.ones(3, 3, dtype=torch.bool), diagonal=1)  # on the device of the baseline


def split_heads(x):
    return x.unflatten(-1, (wl.HEADS, -1)).transpose(-3, -2)  # [D, heads, T, d_head]


def mlp(w, x):
    return F.linear(F.relu(F.linear(x, w["W_in"].mT, w["b_in"])), w["W_out"].mT, w["b_out"])


def public_loss(w, tokens, labels):
    """Every layer at all three positions, under a causal mask; the last position is picked at the end."""
    rows, positions = tokens.shape
    x = (F.embedding(tokens, w["W_E"]) + w["W_pos"]).flatten(0, 1)  # [D * 3, d]: torch.compile is slower on [D, 3, d]
    q, k, v = (split_heads((x @ w[name]).unflatten(0, (rows, positions))) for name in ("W_Q", "W_K", "W_V"))
    scores = (q @ k.mT) * wl.score_scale(x.shape[-1])
    pattern = scores.masked_fill(MASK, float("-inf")).softmax(-1)
    x = x + (pattern @ v).transpose(1, 2).reshape(x.shape) @ w["W_O"]
    x = x + mlp(w, x)
    return F.cross_entropy((x @ w["W_U"]).unflatten(0, (rows, positions))[:, -1], labels)


def expert_loss(w, tokens, labels):
    """Keys and values at all positions; the query, W_O, the MLP and the unembedding at the last one only."""
    x = F.embedding(tokens, w["W_E"]) + w["W_pos"]
    last = x[:, -1]  # [D, d]
    k, v = (x @ w["W_K"]).unflatten(-1, (wl.HEADS, -1)), (x @ w["W_V"]).unflatten(-1, (wl.HEADS, -1))
    q = (last @ w["W_Q"]).unflatten(-1, (wl.HEADS, -1)).unsqueeze(1)  # [D, 1, heads, d_head]
    pattern = ((q * k).sum(-1) * wl.score_scale(x.shape[-1])).softmax(1)  # [D, 3, heads]
    z = (pattern.unsqueeze(-1) * v).sum(1).flatten(-2)
    last = last + z @ w["W_O"]
    last = last + mlp(w, last)
    return F.cross_entropy(last @ w["W_U"], labels)


LOSSES = {"public": public_loss, "expert": expert_loss}


class TorchBaseline:
    """All runs of one process: one after the other ("loop"), or stacked on a leading axis ("vmap"). With "-graph" a whole
    step is recorded once as a CUDA graph and then replayed, which saves the launches of its kernels."""

    per_call = 1

    def __init__(self, starts, form, variant, compiled, threads, device):
        global MASK
        torch.set_num_threads(threads)
        torch.set_default_device(device)
        MASK, self.device = MASK.to(device), device
        self.graph = variant.endswith("-graph")
        loss = LOSSES[form]
        groups = [(s.weights, s.tokens, s.labels) for s in starts]
        if variant.startswith("vmap"):
            loss = torch.func.vmap(loss)
            stack = functools.partial(torch.stack, dim=0)
            weights = {n: stack([torch.from_numpy(s.weights[n]) for s in starts]) for n in starts[0].weights}
            groups = [(weights, stack([torch.from_numpy(s.tokens) for s in starts]),
                       stack([torch.from_numpy(s.labels) for s in starts]))]
        self.loss = torch.compile(loss, dynamic=False) if compiled else loss
        self.start = [{n: torch.as_tensor(v, device=device) for n, v in weights.items()} for weights, _, _ in groups]
        self.data = [tuple(torch.as_tensor(a, device=device) for a in (tokens, labels)) for _, tokens, labels in groups]
        self.weights = [{n: v.clone().requires_grad_() for n, v in w.items()} for w in self.start]
        self.reset()

    def reset(self, weight_decay=wl.WEIGHT_DECAY):
        # One optimiser for all runs: fewer calls. The fused one is the fastest of the three that torch has.
        self.rate = torch.tensor(wl.LEARNING_RATE) if self.graph else wl.LEARNING_RATE
        self.optimizer = torch.optim.AdamW([v for w in self.weights for v in w.values()], lr=self.rate,
                                           betas=(wl.BETA1, wl.BETA2), eps=wl.EPSILON, weight_decay=weight_decay,
                                           fused=True, capturable=self.graph)
        if self.graph:
            self.record()
        with torch.no_grad():
            for w, start in zip(self.weights, self.start):
                for name in w:
                    w[name].copy_(start[name])
            for state in self.optimizer.state.values():  # only what recording left behind
                for value in state.values():
                    value.zero_()
        self.t = 0

    def record(self):
        """One step as a CUDA graph; the steps before it, on a stream of their own, are what PyTorch asks for."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step()
        torch.cuda.current_stream().wait_stream(side)
        self.recorded = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.recorded):
            self.losses = self.step()

    def step(self):
        """The loss of every run before the step."""
        self.optimizer.zero_grad(set_to_none=True)
        losses = []
        for w, (tokens, labels) in zip(self.weights, self.data):
            loss = self.loss(w, tokens, labels)
            loss.sum().backward()
            losses.append(loss.detach().reshape(-1))
        self.optimizer.step()
        return losses

    def run(self, steps, keep_losses=False):
        """`steps` more steps; the mean loss of every run before each of them, if kept: [steps][runs]."""
        kept = []
        for _ in range(steps):
            self.t += 1
            if self.graph:
                self.rate.fill_(wl.learning_rate(self.t))
                self.recorded.replay()
                losses = self.losses
            else:
                self.optimizer.param_groups[0]["lr"] = wl.learning_rate(self.t)
                losses = self.step()
            if keep_losses:
                kept.append(torch.cat(losses).tolist())
        if self.device == "cuda":
            torch.cuda.synchronize()
        return kept
