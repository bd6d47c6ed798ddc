"""Networks in TransformerLens' form: against its formula in NumPy, and, where it is installed, against the package."""

import math

import numpy as np
import pytest

import groklab

VARIANTS = {
    "plain": {},
    "two layers, LayerNorm, all biases": {"model": {"n_layers": 2, "layer_norm": "pre", "biases": "all"}},
    "gelu, four tokens": {"model": {"activation": "gelu", "input_tokens": 4}},
    "two tokens, tied, no biases": {"model": {"input_tokens": 2, "tied_embeddings": True, "biases": "none"}},
    "float64": {"train.precision": "float64"},
}


@pytest.fixture(params=VARIANTS)
def run(request, small):
    model = small["model"] | VARIANTS[request.param].get("model", {})
    rest = {key: value for key, value in VARIANTS[request.param].items() if key != "model"}
    return groklab.Run(small | rest | {"model": model}).train(to=100)


def layer_norm(x, w, b):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5) * w + b


def gelu(x):
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def hooked_transformer(config, w, tokens):
    """HookedTransformer's formula, its biases and causal mask included: logits [rows, n_ctx, d_vocab_out]."""
    w = {name: values.astype(np.float64) for name, values in w.items()}
    x = w["embed.W_E"][tokens] + w["pos_embed.W_pos"]
    mask = np.triu(np.full((config["n_ctx"],) * 2, -np.inf), 1)
    normalises = config["normalization_type"] == "LN"
    for layer in range(config["n_layers"]):

        def of(name, block=f"blocks.{layer}."):
            return w[block + name]

        inputs = layer_norm(x, of("ln1.w"), of("ln1.b")) if normalises else x
        q, k, v = (
            np.einsum("rpd,hde->rhpe", inputs, of(f"attn.W_{n}")) + of(f"attn.b_{n}")[:, None] for n in "QKV"
        )
        scores = q @ k.swapaxes(-1, -2) / math.sqrt(config["d_head"]) + mask
        pattern = np.exp(scores - scores.max(-1, keepdims=True))
        pattern /= pattern.sum(-1, keepdims=True)
        x = x + np.einsum("rhpe,hed->rpd", pattern @ v, of("attn.W_O")) + of("attn.b_O")
        inputs = layer_norm(x, of("ln2.w"), of("ln2.b")) if normalises else x
        hidden = inputs @ of("mlp.W_in") + of("mlp.b_in")
        hidden = gelu(hidden) if config["act_fn"] == "gelu" else np.maximum(hidden, 0)
        x = x + hidden @ of("mlp.W_out") + of("mlp.b_out")
    if normalises:
        x = layer_norm(x, w["ln_final.w"], w["ln_final.b"])
    return x @ w["unembed.W_U"] + w["unembed.b_U"]


def test_the_formula_gives_our_logits(run):
    lens = run.to_transformer_lens()
    theirs = hooked_transformer(lens.config, lens.state_dict, lens.tokens)[:, -1]
    np.testing.assert_allclose(theirs, run.logits(), atol=1e-5, rtol=0)


def in_hooked_transformer(lens):
    """The network in the installed package's HookedTransformer; skips the test where there is none (from 4 on)."""
    package = pytest.importorskip("transformer_lens")
    torch = pytest.importorskip("torch")
    try:
        network_class, config_class = package.HookedTransformer, package.HookedTransformerConfig
    except ImportError:
        pytest.skip("this TransformerLens has no HookedTransformer")
    dtype = torch.from_numpy(lens.state_dict["embed.W_E"]).dtype
    network = network_class(config_class(**lens.config, device="cpu", dtype=dtype))
    state = {name: torch.from_numpy(values) for name, values in lens.state_dict.items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    assert not unexpected and all(name.endswith(("mask", "IGNORE")) for name in missing)
    return network


def test_the_module_gives_our_logits_and_its_hooks_change_them(run):
    pytest.importorskip("transformer_lens")
    torch = pytest.importorskip("torch")
    lens = run.to_transformer_lens()
    network, tokens = lens.module(), torch.from_numpy(lens.tokens)
    assert {name for name, _ in network.named_parameters()} == set(lens.state_dict)
    with torch.no_grad():
        logits, cache = network.run_with_cache(tokens)
        np.testing.assert_allclose(logits[:, -1].double().numpy(), run.logits(), atol=1e-5, rtol=0)
        pattern = cache["blocks.0.attn.hook_pattern"]  # [rows, heads, queries, keys]
        np.testing.assert_allclose(pattern.sum(-1).numpy(), 1, atol=1e-5)
        assert (pattern.triu(1) == 0).all()
        off = network.run_with_hooks(tokens, fwd_hooks=[("blocks.0.mlp.hook_post", lambda value, hook: 0 * value)])
    assert np.abs(off[:, -1].double().numpy() - run.logits()).max() > 1e-3


def test_the_module_has_the_values_of_hooked_transformer_at_every_hook_point(run):
    lens = run.to_transformer_lens()
    theirs = in_hooked_transformer(lens)
    import torch

    tokens = torch.from_numpy(lens.tokens)
    with torch.no_grad():
        expected = dict(theirs.run_with_cache(tokens)[1])
        found = dict(lens.module().run_with_cache(tokens)[1])
    assert set(found) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name].numpy(), values.numpy(), atol=1e-4, rtol=1e-4, err_msg=name)


def test_the_package_gives_our_logits(run):
    lens = run.to_transformer_lens()
    network = in_hooked_transformer(lens)
    import torch

    with torch.no_grad():
        theirs = network(torch.from_numpy(lens.tokens))[:, -1].double().numpy()
    np.testing.assert_allclose(theirs, run.logits(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("model", [{"architecture": "mlp"}, {"activation": "quadratic"}, {"layer_norm": "post"}])
def test_what_has_no_form_there_is_refused(model, small):
    with pytest.raises(groklab.ConfigError, match="to_transformer_lens"):
        groklab.Run(small | {"model": small["model"] | model}).to_transformer_lens()
