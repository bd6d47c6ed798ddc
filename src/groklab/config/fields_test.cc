// Tests of the list of keys.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/config_test_util.h"
#include "groklab/config/enum_names.h"
#include "groklab/config/keys.h"

namespace groklab {
namespace {

TEST(ConfigFields, EveryKeyIsDescribed) {
  std::set<std::string> keys;
  const std::set<std::string> types = {"integer", "number", "text", "yes/no", "choice"};
  for (const FieldInfo& info : config_fields()) {
    EXPECT_TRUE(keys.insert(info.key).second) << info.key << " is listed twice";
    EXPECT_TRUE(types.count(info.type)) << info.key;
    EXPECT_FALSE(info.default_value.empty()) << info.key;
    EXPECT_FALSE(info.range.empty()) << info.key;
    ASSERT_FALSE(info.meaning.empty()) << info.key;
    EXPECT_EQ(info.meaning.back(), '.') << info.key;
  }
}

// A field that visit.h forgets would be missing from the run's name, so that two different runs could share one.
TEST(ConfigFields, NoFieldOfTheStructsIsForgotten) {
  std::ifstream header(GROKLAB_SOURCE_DIR "/include/groklab/config.h");
  ASSERT_TRUE(header);
  const std::regex opening(R"(^struct (\w+) \{)"), member(R"(^  ([\w:]+) (\w+)( = [^;]+)?;.*)");
  std::multiset<std::string> declared, visited;
  std::smatch match;
  bool holds_keys = false;
  for (std::string line; std::getline(header, line);) {
    if (std::regex_match(line, match, opening)) holds_keys = match[1].str().ends_with("Config");
    if (line.starts_with("}")) holds_keys = false;
    if (!holds_keys || !std::regex_match(line, match, member)) continue;
    if (!match[1].str().ends_with("Config")) declared.insert(match[2]);
  }
  std::set<std::string> of_components;
  for (const ComponentSpec* component : component_specs()) {
    for (const Field& field : component->keys) of_components.insert(field.spec.key);
  }
  for (const FieldInfo& info : config_fields()) {
    if (!of_components.contains(info.key)) visited.insert(info.key.substr(info.key.rfind('.') + 1));
  }
  EXPECT_EQ(declared, visited);
  EXPECT_GE(declared.size(), 63u);
}

TEST(ConfigFields, DescribesOneKey) {
  for (const FieldInfo& info : config_fields()) {
    if (info.key != "optim.beta2") continue;
    EXPECT_EQ(info.type, "number");
    EXPECT_EQ(info.default_value, "0.98");
    EXPECT_EQ(info.range, "a number in [0, 1)");
    return;
  }
  FAIL() << "optim.beta2 is missing";
}

TEST(ConfigFields, DefaultsAreAllowedAndPassTheCheck) {
  for (const Field& field : config_values(Config{})) EXPECT_TRUE(value_allowed(field)) << field.spec.key;
  EXPECT_NO_THROW(check_config(Config{}));
}

TEST(ConfigFields, EnumNamesFollowTheirOrder) {
  EXPECT_EQ(enum_name(GroupKind::kAlternating), "alternating");
  EXPECT_EQ(enum_name(Composition::kLeftFirst), "left_first");
  EXPECT_EQ(enum_name(LabelKind::kCorrupted), "corrupted");
  EXPECT_EQ(enum_name(SplitMethod::kFile), "file");
  EXPECT_EQ(enum_name(Activation::kQuadratic), "quadratic");
  EXPECT_EQ(enum_name(LayerNormKind::kPost), "post");
  EXPECT_EQ(enum_name(Biases::kAll), "all");
  EXPECT_EQ(enum_name(EmbeddingCombination::kSum), "sum");
  EXPECT_EQ(enum_name(InitKind::kTorch), "torch");
  EXPECT_EQ(enum_name(ComputePath::kGeneral), "general");
  EXPECT_EQ(enum_name(LossForm::kFramework), "framework");
  EXPECT_EQ(enum_name(LossPrecision::kFloat64), "float64");
  EXPECT_EQ(enum_name(LossPrecision::kBfloat16), "bfloat16");
  EXPECT_EQ(enum_name(LossRounding::kOperations), "operations");
  EXPECT_EQ(enum_name(Schedule::kCosine), "cosine");
  EXPECT_EQ(enum_name(Precision::kFloat64), "float64");
}

}  // namespace
}  // namespace groklab
