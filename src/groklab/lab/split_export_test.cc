// The rows of a split, as text and as an array.
#include "groklab/lab/split_export.h"

#include <gtest/gtest.h>

#include <cstring>
#include <sstream>

#include "groklab/config.h"

namespace groklab {
namespace {

PreparedRun run_of(const std::string& toml) { return prepare_run(parse_config_text(toml, "run.toml"), nullptr); }

constexpr const char* kQuotient = "[task]\nmodulus = 5\noperation = \"divide\"\n[split]\ntrain_size = 7\n";

TEST(SplitExport, TextHasALineForEachRow) {
  const PreparedRun run = run_of(kQuotient);
  std::istringstream lines(split_csv(run));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "row,x,y,label,set");
  std::size_t row = 0, train = 0;
  for (; std::getline(lines, line); ++row) {
    std::int64_t number = 0, x = 0, y = 0, label = 0;
    char set[20] = "";
    ASSERT_EQ(std::sscanf(line.c_str(), "%ld,%ld,%ld,%ld,%19s", &number, &x, &y, &label, set), 5) << line;
    EXPECT_EQ(number, static_cast<std::int64_t>(row));
    EXPECT_EQ(label * y % 5, x) << line;
    EXPECT_EQ(std::string(set) == "train", run.split.role[row] == RowRole::kTrain) << line;
    EXPECT_TRUE(std::string(set) == "train" || std::string(set) == "test") << line;
    train += std::string(set) == "train" ? 1 : 0;
  }
  EXPECT_EQ(row, 20u) << "x / 0 has no row";
  EXPECT_EQ(train, 7u);
}

TEST(SplitExport, LabelsAreThoseOfTheRun) {
  const PreparedRun run =
      run_of("[task]\nmodulus = 11\nlabels = \"corrupted\"\ncorrupted_fraction = 1\n[split]\ntrain_size = 60\n");
  std::istringstream lines(split_csv(run));
  std::string line;
  std::getline(lines, line);
  for (std::size_t row = 0; std::getline(lines, line); ++row) {
    const std::int64_t expected =
        run.split.role[row] == RowRole::kTrain ? run.task.labels[row] : run.task.test_labels[row];
    EXPECT_NE(line.find("," + std::to_string(expected) + ","), std::string::npos) << line;
  }
}

TEST(SplitExport, TheArrayHoldsTheSame) {
  const PreparedRun run = run_of(kQuotient);
  const std::string image = split_npy(run);
  EXPECT_EQ(image.substr(0, 6), "\x93NUMPY");
  EXPECT_NE(image.find("[('row', '<i8'), ('x', '<i8'), ('y', '<i8'), ('label', '<i8'), ('train', '|b1'), "),
            std::string::npos);
  EXPECT_NE(image.find("'shape': (20,)"), std::string::npos);
  constexpr std::size_t kRecord = 4 * 8 + 2;
  const std::string data = image.substr(image.size() - 20 * kRecord);
  for (std::size_t row = 0; row < 20; ++row) {
    std::int64_t numbers[4];
    std::memcpy(numbers, data.data() + row * kRecord, sizeof(numbers));
    EXPECT_EQ(numbers[0], static_cast<std::int64_t>(row));
    EXPECT_EQ(numbers[3] * numbers[2] % 5, numbers[1]);
    EXPECT_EQ(data[row * kRecord + 32] == 1, run.split.role[row] == RowRole::kTrain);
    EXPECT_EQ(data[row * kRecord + 33], 0);
  }
}

TEST(SplitExport, OtherTablesHaveOtherInputs) {
  const std::string text = split_csv(run_of("[task]\noperation = \"parity\"\nparity_bits = 4\nparity_subset = 2\n"));
  EXPECT_EQ(text.substr(0, text.find('\n')), "row,x1,x2,x3,x4,label,set");
}

}  // namespace
}  // namespace groklab
