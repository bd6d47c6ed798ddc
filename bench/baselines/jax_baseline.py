"""The training step in JAX: as public grokking code writes it, and as an expert would. AdamW is written out."""
import jax
import jax.numpy as jnp
import numpy as np

import workloads as wl

SCAN = {"cpu": 5, "cuda": 50}  # steps in one call of the "scan" variants
MASK = np.triu(np.ones((3, 3), bool), k=1)


def heads(x):
    return x.reshape(*x.shape[:-1], wl.HEADS, -1)


def mlp(w, x):
    return jax.nn.relu(x @ w["W_in"] + w["b_in"]) @ w["W_out"] + w["b_out"]


def cross_entropy(logits, labels):
    correct = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return (jax.nn.logsumexp(logits, axis=1) - correct).mean()


def public_loss(w, tokens, labels):
    """Every layer at all three positions, under a causal mask; the last position is picked at the end."""
    x = w["W_E"][tokens] + w["W_pos"]  # [D, 3, d]
    q, k, v = (heads(x @ w[name]) for name in ("W_Q", "W_K", "W_V"))
    scores = jnp.einsum("nqhe,nkhe->nhqk", q, k) * wl.score_scale(x.shape[-1])
    pattern = jax.nn.softmax(jnp.where(MASK, -jnp.inf, scores), axis=-1)
    x = x + jnp.einsum("nhqk,nkhe->nqhe", pattern, v).reshape(x.shape) @ w["W_O"]
    x = x + mlp(w, x)
    return cross_entropy((x @ w["W_U"])[:, -1], labels)


def expert_loss(w, tokens, labels):
    """Keys and values at all positions; the query, W_O, the MLP and the unembedding at the last one only."""
    x = w["W_E"][tokens] + w["W_pos"]
    last = x[:, -1]
    k, v = heads(x @ w["W_K"]), heads(x @ w["W_V"])  # [D, 3, heads, d_head]
    q = heads(last @ w["W_Q"])[:, None]
    pattern = jax.nn.softmax((q * k).sum(-1) * wl.score_scale(x.shape[-1]), axis=1)  # [D, 3, heads]
    z = (pattern[..., None] * v).sum(1).reshape(last.shape)
    last = last + z @ w["W_O"]
    last = last + mlp(w, last)
    return cross_entropy(last @ w["W_U"], labels)


LOSSES = {"public": public_loss, "expert": expert_loss}


def adamw(w, gradient, m, v, t, decay):
    rate = wl.LEARNING_RATE * jnp.minimum(t / wl.WARMUP, 1.0)
    m = jax.tree.map(lambda m, g: wl.BETA1 * m + (1 - wl.BETA1) * g, m, gradient)
    v = jax.tree.map(lambda v, g: wl.BETA2 * v + (1 - wl.BETA2) * g * g, v, gradient)
    c1, c2 = 1 - wl.BETA1**t, 1 - wl.BETA2**t

    def update(w, m, v):
        return w * (1 - rate * decay) - rate * (m / c1) / (jnp.sqrt(v / c2) + wl.EPSILON)

    return jax.tree.map(update, w, m, v), m, v


class JaxBaseline:
    """All runs of one process: one after the other ("loop"), or stacked on a leading axis ("vmap"); one step in a
    call, or SCAN of them ("-scan")."""

    def __init__(self, starts, form, variant, device):
        jax.config.update("jax_default_matmul_precision", "highest")  # float32 on a GPU too, not TF32
        vmap = variant.startswith("vmap")
        value_and_grad = jax.value_and_grad(LOSSES[form])
        if vmap:
            value_and_grad = jax.vmap(value_and_grad)

        def step(state, data, decay):
            w, m, v, t = state
            t = t + 1
            loss, gradient = value_and_grad(w, *data)
            return (*adamw(w, gradient, m, v, t, decay), t), loss

        self.per_call = SCAN[device] if variant.endswith("-scan") else 1

        def scan(state, data, decay):
            return jax.lax.scan(lambda s, _: step(s, data, decay), state, length=self.per_call)

        self.call = jax.jit(scan if self.per_call > 1 else step, donate_argnums=0)
        groups = [(s.weights, s.tokens.astype(np.int32), s.labels.astype(np.int32)) for s in starts]
        if vmap:
            groups = [jax.tree.map(lambda *a: np.stack(a), *groups)]
        self.start = [g[0] for g in groups]
        self.data = [jax.device_put(g[1:]) for g in groups]
        self.reset()

    def reset(self, weight_decay=wl.WEIGHT_DECAY):
        self.decay = jnp.float32(weight_decay)
        zeros = [jax.tree.map(np.zeros_like, w) for w in self.start]
        self.states = [jax.tree.map(jnp.array, (w, z, z, np.float32(0))) for w, z in zip(self.start, zeros)]

    def run(self, steps, keep_losses=False):
        """`steps` more steps, rounded up to whole calls; the mean loss of every run before each of them, if kept."""
        kept = []
        for _ in range(-(-steps // self.per_call)):
            losses = []
            for i, data in enumerate(self.data):
                self.states[i], loss = self.call(self.states[i], data, self.decay)
                losses.append(loss)
            if keep_losses:
                rows = np.stack([np.reshape(loss, (self.per_call, -1)) for loss in losses], axis=1)
                kept += rows.reshape(self.per_call, -1).tolist()
        jax.block_until_ready(self.states)
        return kept[:steps]
