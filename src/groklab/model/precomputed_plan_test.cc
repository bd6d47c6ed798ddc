// Counts of operations against the sums of docs/decisions/precomputed-tables.md, and the choice that follows from them.
#include "groklab/model/precomputed_plan.h"

#include <gtest/gtest.h>

namespace groklab {
namespace {

constexpr PrecomputedPlan kResidual{.input_tables = false, .folded_output = false};
constexpr PrecomputedPlan kTables{.input_tables = true, .folded_output = true};

PrecomputedShape default_network(std::int64_t rows) { return {rows, 116, 2, 4, 32, 128, 512, 113}; }

// Catches: a term of the sum that is left out or counted twice (the smallest one, the values, is 0.7 % of it).
TEST(PrecomputedPlan, CountsAreThoseOfTheDerivation) {
  EXPECT_NEAR(precomputed_flop(default_network(3830), kTables), 1.6174e9, 0.0001e9);
  EXPECT_NEAR(precomputed_flop(default_network(3830), kResidual), 3.3908e9, 0.0001e9);
  EXPECT_NEAR(precomputed_flop(default_network(12769), kTables), 4.9886e9, 0.0001e9);
  const PrecomputedShape tiny{300, 46, 2, 4, 12, 48, 192, 43};
  EXPECT_NEAR(precomputed_flop(tiny, kTables), 0.0276e9, 0.0001e9);
  EXPECT_NEAR(precomputed_flop(tiny, kResidual), 0.0389e9, 0.0001e9);
}

// Catches: a rule that does not look at the number of rows. The tables' cost is the same for any.
TEST(PrecomputedPlan, FewRowsAreCheaperByTheResidualStream) {
  const PrecomputedPlan many = cheapest_plan(default_network(3830)), few = cheapest_plan(default_network(128));
  EXPECT_TRUE(many.input_tables && many.folded_output);
  EXPECT_FALSE(many.needs_stream());
  EXPECT_FALSE(few.input_tables || few.folded_output);
}

// Each stretch is chosen by itself. Many classes make the folded matrix dear; many heads and positions the mixtures.
TEST(PrecomputedPlan, EachStretchIsChosenByItself) {
  PrecomputedShape many_classes = default_network(3830);
  many_classes.classes = 2000;
  const PrecomputedPlan first = cheapest_plan(many_classes);
  EXPECT_TRUE(first.input_tables);
  EXPECT_FALSE(first.folded_output);
  const PrecomputedShape many_positions{3830, 50, 40, 8, 16, 128, 512, 2};
  const PrecomputedPlan second = cheapest_plan(many_positions);
  EXPECT_FALSE(second.input_tables);
  EXPECT_TRUE(second.folded_output);
}

TEST(PrecomputedPlan, NoOtherPlanIsCheaper) {
  for (const std::int64_t rows : {20, 100, 400, 5000}) {
    for (const std::int64_t classes : {2, 40, 700}) {
      PrecomputedShape shape = default_network(rows);
      shape.classes = classes;
      const double best = precomputed_flop(shape, cheapest_plan(shape));
      for (const bool tables : {false, true}) {
        for (const bool folded : {false, true}) EXPECT_LE(best, precomputed_flop(shape, {tables, folded}));
      }
    }
  }
}

}  // namespace
}  // namespace groklab
