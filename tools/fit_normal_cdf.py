"""Prints the Chebyshev coefficients in kernel/simd/activation-inl.h (needs mpmath).

With u = |x| / sqrt(2), erfc(u) = exp(-u^2) / (1 + 2 u) * g(t), t = (u - 3.75) / (u + 3.75) in [-1, 1); g is smooth
(Shepherd and Laframboise 1981), so the Gaussian distribution function needs one exponential and one polynomial.
"""
import mpmath as mp

mp.mp.dps = 50


def g(t):
    if t >= 1:
        return 2 / mp.sqrt(mp.pi)
    u = mp.mpf("3.75") * (1 + t) / (1 - t)
    if u > 200:  # asymptotic series of exp(u^2) erfc(u)
        series = sum((-1) ** n * mp.fac2(2 * n - 1) / (2 * u * u) ** n for n in range(8))
        return (1 + 2 * u) * series / (u * mp.sqrt(mp.pi))
    return (1 + 2 * u) * mp.exp(u * u) * mp.erfc(u)


def chebyshev(n):
    nodes = [mp.cos(mp.pi * (k + mp.mpf("0.5")) / n) for k in range(n)]
    values = [g(t) for t in nodes]
    return [
        2 / mp.mpf(n) * sum(v * mp.cos(j * mp.pi * (k + mp.mpf("0.5")) / n) for k, v in enumerate(values))
        for j in range(n)
    ]


for name, terms in (("double", 28), ("float", 13)):
    coefficients = chebyshev(96)[:terms]
    worst = mp.mpf(0)
    for i in range(400):
        t = mp.mpf(2 * i) / 400 - 1
        value = coefficients[0] / 2 + sum(c * mp.cos(j * mp.acos(t)) for j, c in enumerate(coefficients) if j)
        worst = max(worst, abs(value / g(t) - 1))
    print(name, "relative error", mp.nstr(worst, 3))
    print(", ".join(mp.nstr(c, 20) for c in coefficients))
