#include "groklab/config/grid.h"

#include <gtest/gtest.h>

#include <string>

#include "groklab/base/error.h"

namespace groklab {
namespace {

std::string error_of(const std::string& text) {
  try {
    parse_grid_text(text, "g.toml");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::vector<std::int64_t> integers(const GridAxis& axis) {
  std::vector<std::int64_t> values;
  for (const Value& value : axis.values) values.push_back(std::get<std::int64_t>(value));
  return values;
}

TEST(Grid, ListsRangesAndOrder) {
  const Grid grid = parse_grid_text(
      "seed = { from = 0, to = 3 }\n[split]\ntrain_size = { from = 100, to = 800, count = 4, scale = 'log' }\n"
      "[optim]\nweight_decay = [0.3, 1]\nlearning_rate = { from = 0.001, to = 0.003, count = 3 }\n",
      "g.toml");
  ASSERT_EQ(grid.stages.size(), 1u);
  const auto& axes = grid.stages[0].axes;
  ASSERT_EQ(axes.size(), 4u);
  EXPECT_EQ(axes[0].key, "seed");
  EXPECT_EQ(integers(axes[0]), (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(axes[1].key, "split.train_size");
  EXPECT_EQ(integers(axes[1]), (std::vector<std::int64_t>{100, 200, 400, 800}));
  EXPECT_EQ(axes[2].key, "optim.weight_decay");
  EXPECT_DOUBLE_EQ(std::get<double>(axes[3].values[1]), 0.002);
}

TEST(Grid, RoundedDuplicatesAreDropped) {
  const Grid grid = parse_grid_text("seed = { from = 0, to = 2, count = 5 }\n", "g.toml");
  EXPECT_EQ(integers(grid.stages[0].axes[0]), (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(Grid, StagesAndCases) {
  const Grid grid = parse_grid_text(
      "name = 'full'\nsplit.train_fraction = 1\n[[case]]\ntask.modulus = 23\n[[case]]\ntask.modulus = 31\n"
      "[[then]]\nname = 'cut'\nsplit.train_size = [50, 100]\n[[then]]\nof = 'full'\nfork.step = [10, 20]\n",
      "g.toml");
  ASSERT_EQ(grid.stages.size(), 3u);
  EXPECT_EQ(grid.stages[0].cases.size(), 2u);
  EXPECT_EQ(grid.stages[1].name, "cut");
  EXPECT_EQ(grid.stages[2].of, "full");
}

TEST(Grid, BadInputIsOneClearLine) {
  EXPECT_EQ(
      error_of("[optim]\nweight_dekay = [1, 2]\n").find("g.toml:2: unknown key \"optim.weight_dekay\"; did you mean"),
      0u)
      << error_of("[optim]\nweight_dekay = [1, 2]\n");
  EXPECT_NE(error_of("seed = []\n").find("at least one value"), std::string::npos);
  EXPECT_NE(error_of("seed = { from = 3, to = 1 }\n").find("to >= from"), std::string::npos);
  EXPECT_NE(error_of("seed = { from = 0, to = 9, scale = 'log' }\n").find("from > 0"), std::string::npos);
  EXPECT_NE(error_of("seed = { to = 9 }\n").find("'from'"), std::string::npos);
  EXPECT_NE(error_of("seed = { from = 0, to = 9, by = 2 }\n").find("found by"), std::string::npos);
  EXPECT_NE(error_of("seed = [1, 'two']\n").find("g.toml:1"), std::string::npos);
  EXPECT_NE(error_of("[task]\noperation = { from = 0, to = 1 }\n").find("found a range"), std::string::npos);
  EXPECT_NE(error_of("fork.run = 'abc'\n").find("[[then]]"), std::string::npos);
  EXPECT_NE(error_of("fork.step = 3\n").find("[[then]]"), std::string::npos);
  EXPECT_NE(error_of("[[then]]\nof = 'nobody'\n").find("earlier stage"), std::string::npos);
  EXPECT_NE(error_of("then = 3\n").find("[[then]]"), std::string::npos);
  EXPECT_NE(error_of("seed = [1\n").find("syntax error"), std::string::npos);
  EXPECT_NE(error_of("[[[").find("syntax error"), std::string::npos);
  std::string deep = "a";
  for (int i = 0; i < 10'000; ++i) deep += ".a";  // which the walk over tables followed until the stack ended
  EXPECT_NE(error_of(deep + " = 1").find("parts"), std::string::npos);
}

}  // namespace
}  // namespace groklab
