// The language of conditions: what it takes, what it refuses, and that no text of a user gets into SQL.
#include "groklab/store/run_condition.h"

#include <gtest/gtest.h>

#include "groklab/base/error.h"

namespace groklab {
namespace {

std::string refusal(const std::string& text) {
  try {
    return "taken: " + parse_run_condition(text).sql;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kStore);
    return error.what();
  }
}

TEST(RunCondition, BecomesFixedWordsAndBoundValues) {
  const RunCondition condition = parse_run_condition("STATUS = 'o''k; --' or not (seed >= -3 and optim.beta1 < 1e-3)");
  EXPECT_EQ(condition.sql,
            "status = ?1 OR NOT (seed >= ?2 AND json_extract(CASE WHEN json_valid(config) THEN config END, ?3) < ?4)");
  ASSERT_EQ(condition.values.size(), 4u);
  EXPECT_EQ(condition.values[0], ConditionValue("o'k; --"));
  EXPECT_EQ(condition.values[1], ConditionValue(std::int64_t{-3}));
  EXPECT_EQ(condition.values[2], ConditionValue("$.optim.beta1"));
  EXPECT_EQ(condition.values[3], ConditionValue(1e-3));
  EXPECT_EQ(parse_run_condition("parent is not null and id not like 'a%' and step not between 1 and 2.5").sql,
            "parent IS NOT NULL AND id NOT LIKE ?1 AND step NOT BETWEEN ?2 AND ?3");
}

// Whatever is written, what SQLite compiles has words of a fixed list alone. Mutation: a value written into `sql`.
TEST(RunCondition, RefusesWhatLeavesTheLanguage) {
  for (const char* bad : {"",
                          "seed",
                          "seed =",
                          "= 3",
                          "seed = seed",
                          "seed = 1;",
                          "seed = 1 --",
                          "seed = 1)",
                          "(seed = 1",
                          "seed = 'a",
                          "seed = 1e999",
                          "seed = 1x",
                          "seed = -",
                          "seed in ()",
                          "seed in (1",
                          "seed is 3",
                          "id like 3",
                          "seed = (SELECT 1)",
                          "id = \"a\"",
                          "config = ''",
                          "load_extension('x')",
                          "id = 'a' UNION SELECT 1",
                          "seed = 1 /* */",
                          "seed = ?1",
                          "optim = 1",
                          "rowid = 1",
                          "seed = @a",
                          "seed between 1",
                          "not",
                          "status = x'00'"}) {
    EXPECT_TRUE(refusal(bad).starts_with("condition \"")) << bad << ": " << refusal(bad);
  }
  EXPECT_NE(refusal("seed = 1 and").find("at 13: expected a column or a key of the configuration, found its end"),
            std::string::npos)
      << refusal("seed = 1 and");
  EXPECT_NE(refusal("optim.learning_rat < 1").find("did you mean optim.learning_rate?"), std::string::npos);
}

TEST(RunCondition, IsBounded) {
  EXPECT_NE(refusal(std::string(100'000, '(')).find("at most 10000 bytes"), std::string::npos);
  EXPECT_NE(refusal(std::string(9'000, '(')).find("at most 50 brackets"), std::string::npos);
  std::string many = "seed in (0";
  for (int i = 0; i < 300; ++i) many += ",1";
  EXPECT_NE(refusal(many + ")").find("at most 200 values"), std::string::npos);
}

}  // namespace
}  // namespace groklab
