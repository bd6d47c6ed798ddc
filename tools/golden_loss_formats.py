#!/usr/bin/env python3
"""Makes tests/golden_loss_formats.safetensors: cross-entropies of PyTorch in several number formats, row by row, for
tests/loss_formats_test.cc to repeat.

Needs torch, numpy and safetensors; the file is checked in, so the tests do not. It holds
  logits                       [rows, classes] float32; labels [rows] int64
  FORMAT_ROUNDING_loss         [rows] -log softmax of the label, in the format
  FORMAT_ROUNDING_gradient_N   [rows, classes] of the mean over N rows
  FORMAT_ROUNDING_collapsed    [rows] 1 where the sum of exp(z - max z) is exactly 1 in the format
of FORMAT float16, bfloat16 (all ROUNDINGs), float32 and float64 (`results`). `sums` is what log_softmax of this PyTorch
gives for a tensor of the format on a CPU, where the sum and its logarithm are rounded. `results` is what its kernels for
GPUs do, said with float32 tensors. Of `operations` each is a tensor operation of its own, sums class by class.
"""
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

ROWS_OF_MEAN = (48, 5107)
FORMATS = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64}


def make_logits():
    """Margins from -3 to 45, noise of three sizes, and logits that 16 bits hold coarsely."""
    generator = torch.Generator().manual_seed(5)
    classes, rows = 31, 0
    logits, labels = [], []
    for margin in np.arange(-3, 45.5):
        for noise in (0.05, 1.0, 4.0):
            row = torch.randn(classes, generator=generator) * noise
            label = (rows * 7 + 3) % classes
            others = torch.cat([row[:label], row[label + 1:]])
            row[label] = others.max() + float(margin)
            row += (0.0, 100.0, -700.0)[rows % 3] * (1 if rows % 4 == 0 else 0)
            logits.append(row)
            labels.append(label)
            rows += 1
    return torch.stack(logits), torch.tensor(labels)


def automatic(logits, labels, dtype, n):
    """log_softmax of logits in the format, and what automatic differentiation gives the float32 logits."""
    z = logits.clone().requires_grad_()
    losses = -F.log_softmax(z.to(dtype), dim=-1).gather(-1, labels[:, None])[:, 0]
    losses.backward(torch.full_like(losses, 1.0) / n)
    return losses.detach(), z.grad


def results(logits, labels, dtype, n):
    """What the kernels for GPUs do: float32 inside, rounded where a tensor is written."""
    log_p = F.log_softmax(logits.to(dtype).float(), dim=-1).to(dtype)
    factor = (torch.tensor(1.0, dtype=dtype) / n).float()
    gradient = log_p.float().exp() * factor
    at = torch.arange(len(labels))
    gradient[at, labels] = gradient[at, labels] - factor
    return -log_p[at, labels], gradient.to(dtype).float()


def operations(logits, labels, dtype, n):
    z = logits.to(dtype)
    difference = z - z.max(dim=-1, keepdim=True).values
    terms = difference.exp()
    total = torch.zeros_like(terms[:, 0])
    for c in range(z.shape[1]):
        total = total + terms[:, c]
    log_p = difference - total.log()[:, None]
    factor = torch.tensor(1.0, dtype=dtype) / n
    gradient = log_p.exp() * factor
    at = torch.arange(len(labels))
    gradient[at, labels] = gradient[at, labels] - factor
    return -log_p[at, labels], gradient.float(), total == 1


def collapse(logits, dtype):
    z = logits.to(dtype)
    return torch.exp(z - z.amax(dim=1, keepdim=True)).sum(dim=-1) == 1


def main():
    logits, labels = make_logits()
    out = {"logits": logits, "labels": labels}
    for name, dtype in FORMATS.items():
        wide = torch.float64 if name == "float64" else torch.float32
        for rounding in ("results", "sums", "operations") if name.endswith("16") else ("results",):
            prefix = f"{name}_{rounding}_"
            for n in ROWS_OF_MEAN if name.endswith("16") else ROWS_OF_MEAN[:1]:
                collapsed = collapse(logits, dtype)
                if rounding == "operations":
                    loss, gradient, collapsed = operations(logits, labels, dtype, n)
                elif rounding == "results" and name.endswith("16"):
                    loss, gradient = results(logits, labels, dtype, n)
                else:
                    loss, gradient = automatic(logits, labels, dtype, n)
                # what 16 bits hold is stored in as many
                out[f"{prefix}gradient_{n}"] = gradient.half() if name == "float16" else gradient
            out[prefix + "loss"] = loss.to(wide)
            out[prefix + "collapsed"] = collapsed.half()
    out = {key: value.numpy() for key, value in out.items()}
    path = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden_loss_formats.safetensors"
    save_file(out, path)
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
