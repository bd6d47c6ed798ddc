// A slice of the table is the rows of one first input, in the order of the second, with the network's logits on them.
#include <gtest/gtest.h>

#include "engine_fixture.h"
#include "groklab/probe/logit_slice.h"
#include "groklab/probe/prober.h"

namespace groklab {
namespace {

using testing::Lab;
using testing::small_config;

// Catches: rows chosen by the wrong input, another row's label, columns beyond the classes.
TEST(LogitSlice, HoldsTheRowsOfOneFirstInput) {
  Lab lab(small_config({"model.d_vocab_out=9"}));
  const LogitSlice slice = logit_slice(*lab.engine, lab.task, lab.split, 3);
  EXPECT_EQ(slice.fixed_input, 3);
  ASSERT_EQ(slice.row_names.size(), 7u);
  ASSERT_EQ(slice.n_classes, 7);
  ASSERT_EQ(slice.logits.size(), 49u);
  for (std::int64_t y = 0; y < 7; ++y) {
    const std::int64_t row = 3 * 7 + y;
    const auto i = static_cast<std::size_t>(y);
    EXPECT_EQ(slice.row_names[i], std::to_string(y));
    EXPECT_EQ(slice.labels[i], (3 + y) % 7);
    EXPECT_EQ(slice.roles[i], lab.split.role[static_cast<std::size_t>(row)]);
    const std::int64_t rows[1] = {row};
    const std::vector<double> expected = lab.engine->logits(rows);
    ASSERT_EQ(expected.size(), 9u);
    for (std::size_t c = 0; c < 7; ++c) EXPECT_EQ(slice.logits[7 * i + c], expected[c]) << y << ", " << c;
  }
}

TEST(LogitSlice, IsEmptyWhereThereIsNone) {
  Lab lab(small_config());
  EXPECT_TRUE(logit_slice(*lab.engine, lab.task, lab.split, 7).logits.empty()) << "no such input";
  Lab parity(
      small_config({"task.operation=parity", "task.parity_bits=5", "task.parity_subset=2", "split.train_size=9"}));
  const LogitSlice none = logit_slice(*parity.engine, parity.task, parity.split, 0);
  EXPECT_TRUE(none.row_names.empty() && none.logits.empty()) << "no binary operation";
}

// The number of triples is part of the result: another one would give other numbers for the same network.
TEST(GeometryProbe, TakesTheNumberOfSamplesThatItReports) {
  Lab lab(small_config());
  const ProbeResult result = lab.run.prober().read(*lab.engine, ProbeSet{{"geometry"}}, false);
  ASSERT_TRUE(result.geometry.has_value());
  EXPECT_EQ(result.geometry->samples, 128);
}

}  // namespace
}  // namespace groklab
