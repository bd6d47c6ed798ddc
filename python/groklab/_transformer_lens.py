"""Networks in TransformerLens' form."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groklab import _hooked_module
from groklab.errors import ConfigError
from groklab._task import Task


@dataclass(frozen=True, eq=False)
class Export:
    """What TransformerLens needs. In any version `module()` makes a network of it; version 3 has HookedTransformer too:
    `HookedTransformer(HookedTransformerConfig(**config))`, then `load_state_dict` of `state_dict` as tensors with
    strict=False (the rest are its masks), and `tokens`.
    """

    config: dict[str, Any]  #: arguments of HookedTransformerConfig
    state_dict: dict[str, NDArray[Any]]  #: every parameter, absent biases as zeros
    tokens: NDArray[np.int64]  #: [rows, n_ctx]; our logits are those of its last position

    def module(self) -> Any:
        """The network as a PyTorch module of TransformerLens 3 or 4 (a HookedRootModule): tokens [rows, n_ctx] to logits
        [rows, n_ctx, d_vocab_out], `run_with_cache`, `run_with_hooks`; hook points and parameters have HookedTransformer's
        names and shapes. Raises ImportError without torch or transformer_lens.
        """
        return _hooked_module.build(self.config, self.state_dict)


def export(config: dict[str, Any], weights: dict[str, NDArray[Any]], task: Task) -> Export:
    """Raises ConfigError for what HookedTransformer has no form of."""
    model = config["model"]
    if model["architecture"] != "transformer":
        raise ConfigError(f"to_transformer_lens: expected a transformer, found {model['architecture']}")
    if model["activation"] not in ("relu", "gelu"):
        raise ConfigError(f"to_transformer_lens: expected relu or gelu neurons, found {model['activation']}")
    if model["layer_norm"] == "post":
        raise ConfigError("to_transformer_lens: expected LayerNorm before each layer or none, found post")
    vocabulary, d_model = weights["embed.W_E"].shape
    n_ctx = weights["pos_embed.W_pos"].shape[0]
    heads, _, d_head = weights["blocks.0.attn.W_Q"].shape
    d_mlp = weights["blocks.0.mlp.W_in"].shape[1]
    classes = model["d_vocab_out"] or task.n_classes
    arguments = {
        "n_layers": model["n_layers"],
        "d_model": d_model,
        "n_ctx": n_ctx,
        "d_head": d_head,
        "n_heads": heads,
        "d_mlp": d_mlp,
        "d_vocab": vocabulary,
        "d_vocab_out": classes,
        "act_fn": model["activation"],
        "normalization_type": "LN" if model["layer_norm"] == "pre" else None,
        "attention_dir": "causal",
        "default_prepend_bos": False,
        "seed": config["seed"],
    }
    state = dict(weights)
    if "unembed.W_U" not in state:
        state["unembed.W_U"] = np.ascontiguousarray(state["embed.W_E"].T[:, :classes])
    dtype = state["embed.W_E"].dtype
    absent: dict[str, tuple[int, ...]] = {"unembed.b_U": (classes,)}
    for layer in range(model["n_layers"]):
        block = f"blocks.{layer}"
        absent |= {f"{block}.attn.b_{name}": (heads, d_head) for name in "QKV"}
        absent |= {f"{block}.attn.b_O": (d_model,), f"{block}.mlp.b_in": (d_mlp,), f"{block}.mlp.b_out": (d_model,)}
    for name, shape in absent.items():
        state.setdefault(name, np.zeros(shape, dtype=dtype))
    return Export(arguments, state, task.tokens(model["input_tokens"], vocabulary))
