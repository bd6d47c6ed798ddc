// At which margin and which logit the norms of networks are compared.
#pragma once

namespace groklab {

/// A mean margin of 10 on the training rows: a loss of some 1e-4, reached by every converged network (they end at 14 to
/// 18), so that a network is scaled by 0.8 to 1 only. Raw correct logits would not do: those of wrong classes move with
/// them.
inline constexpr double kReferenceMargin = 10;
/// The same comparison at a mean centred correct logit of 30 on the training rows. On x + y mod 31 memorising networks
/// end at 41 and a generalising one at 76, both with a margin of 17 to 18: they are scaled by 0.95 and
/// 0.87. The two differ as a margin counts the largest wrong class alone, which lies high where logits are waves.
inline constexpr double kReferenceLogit = 30;

}  // namespace groklab
