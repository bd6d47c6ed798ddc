"""Prints what torch.randperm gives, as the C++ rows that src/groklab/task/torch_randperm_test.cc compares with.

Usage: python3 tools/print_torch_randperm.py      (needs PyTorch; the values do not depend on its version since 1.x)
Each row: n, seed, checksum, the first values. The checksum is sum over i of (i + 1) * value[i], modulo 2^64.
"""

import torch

CASES = [(1, 0), (2, 1), (10, 0), (10, 42), (100, 598), (12769, 0), (12769, 42), (12769, 598), (12769, 2**32 + 598),
         (300000, 7)]

print(f"// PyTorch {torch.__version__}")
for n, seed in CASES:
    torch.manual_seed(seed)
    values = torch.randperm(n).tolist()
    checksum = sum((i + 1) * value for i, value in enumerate(values)) % 2**64
    first = ", ".join(str(value) for value in values[:20])
    print(f"{{{n}, {seed}u, {checksum}u, {{{first}}}}},")
