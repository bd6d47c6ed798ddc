"""Dropout's masks as groklab draws them (src/groklab/model/dropout.cc), for tools/golden_torch.py."""
import numpy as np
import torch

RATE = "regularizer.dropout.rate"
PURPOSE = 8  # StreamPurpose::kDropout
MLP = {"model.architecture": "mlp", "model.d_mlp": 24}

CASES = {
    "dropout": {RATE: 0.25},
    "dropout_two_layers": {RATE: 0.1, "model.n_layers": 2, "model.activation": "gelu"},
    "dropout_mlp": {**MLP, RATE: 0.5, "model.n_layers": 2, "model.activation": "gelu"},
}


def philox_words(seed, purpose, index, block):
    """Philox 4x32-10 of counters (block, index, purpose) under the key `seed`, block an array: [..., 4] words."""
    low = np.uint64(0xffffffff)
    shape = np.shape(block)
    block = np.asarray(block, dtype=np.uint64)
    x = [block & low, block >> np.uint64(32), np.full(shape, index, np.uint64), np.full(shape, purpose, np.uint64)]
    key = [np.uint64(seed & 0xffffffff), np.uint64(seed >> 32)]
    for _ in range(10):
        a, b = x[0] * np.uint64(0xD2511F53), x[2] * np.uint64(0xCD9E8D57)
        x = [(b >> np.uint64(32)) ^ x[1] ^ key[0], b & low, (a >> np.uint64(32)) ^ x[3] ^ key[1], a & low]
        key = [(key[0] + np.uint64(0x9E3779B9)) & low, (key[1] + np.uint64(0xBB67AE85)) & low]
    return np.stack(x, -1)


def hidden_masks(c, step, rows):
    if RATE not in c:
        return None
    rate, layers, neurons = c[RATE], c["model.n_layers"], c["model.d_mlp"]
    is_mlp = c["model.architecture"] == "mlp"
    masks = []
    for layer in range(layers):
        positions = 1 if is_mlp or layer + 1 == layers else c["model.input_tokens"]
        keys = rows.numpy()[:, None] * positions + np.arange(positions)
        blocks = (layer << 50) | (keys[:, :, None] << 20) | np.arange((neurons + 3) // 4)
        words = philox_words(0, PURPOSE, step, blocks).reshape(*keys.shape, -1)[:, :, :neurons]
        masks.append(torch.from_numpy((words * 2.0**-32 >= rate) / (1 - rate)))
    return masks
