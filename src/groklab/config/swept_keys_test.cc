// Tests of swept_keys.h.
#include "groklab/config/swept_keys.h"

#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

using Keys = std::vector<std::string>;

Config resolved(const std::vector<std::string>& assignments) {
  Config config;
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
  return *resolve_config(config);
}

// Catches: derived keys (split.seed, model.d_mlp) that make a label of what nobody set.
TEST(SweptKeys, AreThoseThatSomebodySet) {
  const Config a = resolved({"seed=0", "model.d_model=64"}), b = resolved({"seed=1", "model.d_model=128"});
  const SweptKeys swept = swept_keys({&a, &b});
  EXPECT_EQ(swept.keys, (Keys{"seed", "model.d_model"}));
  EXPECT_EQ(swept.values[1], (Keys{"1", "128"}));
}

// The same keys whether runs come at once or one by one; a key that only a later run set comes late.
TEST(SweptKeys, GrowWithTheRuns) {
  const Config a = resolved({"seed=0"}), b = resolved({"seed=1"}), c = resolved({"seed=2", "split.seed=5"}),
               d = resolved({"model.d_model=64"});
  SweptKeyFinder finder;
  std::vector<const Config*> configs;
  for (const auto& [config, keys] : std::vector<std::pair<const Config*, Keys>>{
           {&a, {}}, {&b, {"seed"}}, {&c, {"seed", "split.seed"}}, {&d, {"seed", "split.seed", "model.d_model"}}}) {
    configs.push_back(config);
    finder.extend(configs);
    EXPECT_EQ(finder.keys(), keys);
    EXPECT_EQ(swept_keys(configs).keys, keys);
  }
}

TEST(SweptKeys, ADerivedKeyThatWasSetCounts) {
  const Config a = resolved({"split.seed=5"}), b = resolved({"seed=1"});
  EXPECT_EQ(swept_keys({&a, &b}).keys, (Keys{"seed", "split.seed"}));
}

TEST(SweptKeys, AChoiceBringsItsOwnKeys) {
  const Config a = resolved({"optim.kind=sgd", "optim.learning_rate=0.1"}), b = resolved({"optim.kind=sgd"});
  EXPECT_EQ(swept_keys({&a, &b}).keys, (Keys{"optim.learning_rate"}));
  EXPECT_EQ(key_text(a, "optim.kind"), "sgd");
  EXPECT_EQ(key_text(a, "no.such_key"), "");
}

TEST(SweptKeys, EqualRunsAndNoneHaveNone) {
  const Config a = resolved({});
  EXPECT_TRUE(swept_keys({&a, &a}).keys.empty());
  EXPECT_TRUE(swept_keys({}).keys.empty());
}

TEST(ValueLess, NumbersBySizeThenTexts) {
  EXPECT_TRUE(value_less("9", "10"));
  EXPECT_TRUE(value_less("1e-3", "0.01"));
  EXPECT_TRUE(value_less("10", "adam"));
  EXPECT_TRUE(value_less("adam", "sgd"));
  EXPECT_FALSE(value_less("2", "2.0"));
}

}  // namespace
}  // namespace groklab
