"""A trained network as a PyTorch module with TransformerLens' hook points."""

import importlib
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def build(config: dict[str, Any], state: dict[str, NDArray[Any]]) -> Any:
    """A HookedRootModule of the installed TransformerLens whose forward takes tokens [rows, n_ctx] and gives logits
    [rows, n_ctx, d_vocab_out]. Hook points and parameters have the names and shapes of HookedTransformer, which
    TransformerLens 4 has no more. Raises ImportError without torch or transformer_lens.
    """
    torch: Any = importlib.import_module("torch")
    hooks: Any = importlib.import_module("transformer_lens.hook_points")
    lens: Any = importlib.import_module("transformer_lens")
    nn: Any = torch.nn
    module_class: Any = nn.Module
    root_class: Any = getattr(lens, "HookedRootModule", None) or hooks.HookedRootModule
    point: Any = hooks.HookPoint

    def parameters(module: Any, prefix: str) -> None:
        """What `state` holds right below `prefix`."""
        for name, values in state.items():
            if name.startswith(prefix) and "." not in name[len(prefix) :]:
                setattr(module, name[len(prefix) :], nn.Parameter(torch.from_numpy(np.array(values))))

    class Embed(module_class):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            parameters(self, "embed.")

        def forward(self, tokens: Any) -> Any:
            return self.W_E[tokens]

    class PosEmbed(module_class):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            parameters(self, "pos_embed.")

        def forward(self, tokens: Any) -> Any:
            return self.W_pos[: tokens.shape[1]].expand(tokens.shape[0], -1, -1)

    class LayerNorm(module_class):  # type: ignore[misc]
        def __init__(self, prefix: str) -> None:
            super().__init__()
            parameters(self, prefix)
            self.hook_scale, self.hook_normalized = point(), point()

        def forward(self, x: Any) -> Any:
            x = x - x.mean(-1, keepdim=True)
            scale = self.hook_scale((x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt())
            return self.hook_normalized(x / scale) * self.w + self.b

    class Attention(module_class):  # type: ignore[misc]
        def __init__(self, prefix: str) -> None:
            super().__init__()
            parameters(self, prefix)
            for name in ("q", "k", "v", "z", "attn_scores", "pattern"):
                setattr(self, f"hook_{name}", point())

        def forward(self, x: Any) -> Any:
            q = self.hook_q(torch.einsum("rpd,hde->rphe", x, self.W_Q) + self.b_Q)
            k = self.hook_k(torch.einsum("rpd,hde->rphe", x, self.W_K) + self.b_K)
            v = self.hook_v(torch.einsum("rpd,hde->rphe", x, self.W_V) + self.b_V)
            scores = torch.einsum("rqhe,rkhe->rhqk", q, k) / math.sqrt(config["d_head"])
            hidden = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
            pattern = self.hook_pattern(self.hook_attn_scores(scores.masked_fill(hidden, -math.inf)).softmax(-1))
            z = self.hook_z(torch.einsum("rhqk,rkhe->rqhe", pattern, v))
            return torch.einsum("rqhe,hed->rqd", z, self.W_O) + self.b_O

    class Mlp(module_class):  # type: ignore[misc]
        def __init__(self, prefix: str) -> None:
            super().__init__()
            parameters(self, prefix)
            self.hook_pre, self.hook_post = point(), point()

        def forward(self, x: Any) -> Any:
            pre = self.hook_pre(x @ self.W_in + self.b_in)
            post = nn.functional.gelu(pre) if config["act_fn"] == "gelu" else nn.functional.relu(pre)
            return self.hook_post(post) @ self.W_out + self.b_out

    def norm(prefix: str) -> Any:
        return LayerNorm(prefix) if config["normalization_type"] == "LN" else nn.Identity()

    class Block(module_class):  # type: ignore[misc]
        def __init__(self, prefix: str) -> None:
            super().__init__()
            self.ln1, self.attn = norm(prefix + "ln1."), Attention(prefix + "attn.")
            self.ln2, self.mlp = norm(prefix + "ln2."), Mlp(prefix + "mlp.")
            for name in ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post"):
                setattr(self, f"hook_{name}", point())

        def forward(self, x: Any) -> Any:
            x = self.hook_resid_pre(x)
            x = self.hook_resid_mid(x + self.hook_attn_out(self.attn(self.ln1(x))))
            return self.hook_resid_post(x + self.hook_mlp_out(self.mlp(self.ln2(x))))

    class Unembed(module_class):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            parameters(self, "unembed.")
            self.hook_in, self.hook_out = point(), point()

        def forward(self, x: Any) -> Any:
            return self.hook_out(self.hook_in(x) @ self.W_U + self.b_U)

    class HookedNetwork(root_class):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.hook_embed = Embed(), point()
            self.pos_embed, self.hook_pos_embed = PosEmbed(), point()
            self.blocks = nn.ModuleList(Block(f"blocks.{layer}.") for layer in range(config["n_layers"]))
            self.ln_final, self.unembed = norm("ln_final."), Unembed()
            self.setup()

        def forward(self, tokens: Any) -> Any:
            x = self.hook_embed(self.embed(tokens)) + self.hook_pos_embed(self.pos_embed(tokens))
            for block in self.blocks:
                x = block(x)
            return self.unembed(self.ln_final(x))

    return HookedNetwork()
