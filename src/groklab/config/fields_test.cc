// Tests of the field list, --set, TOML and JSON reading, and their messages.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/config_test_util.h"
#include "groklab/config/enum_names.h"
#include "groklab/config/value.h"

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
  EXPECT_EQ(enum_name(Operation::kParity), "parity");
  EXPECT_EQ(enum_name(Operation::kCubicPlusY), "cubic_plus_y");
  EXPECT_EQ(enum_name(Operation::kGroupProduct), "group_product");
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
  EXPECT_EQ(enum_name(Schedule::kCosine), "cosine");
  EXPECT_EQ(enum_name(Precision::kFloat64), "float64");
}

TEST(ConfigSet, TakesValuesByTheFieldsType) {
  const Config config =
      config_with("train.steps=1e5", " optim.weight_decay = 0.5 ", "optim.learning_rate=1",
                  "task.operation=divide_or_subtract", "fork.reset_optimizer=true", "model.tied_embeddings=yes",
                  "optim.decay=*W_U, *W_E", "task.table=a=b.csv", "split.file=\"123\"", "task.table_digest=0123");
  EXPECT_EQ(config.train.steps, 100000);
  EXPECT_EQ(config.optim.weight_decay, 0.5);
  EXPECT_EQ(config.optim.learning_rate, 1.0);
  EXPECT_EQ(config.task.operation, Operation::kDivideOrSubtract);
  EXPECT_TRUE(config.fork.reset_optimizer);
  EXPECT_TRUE(config.model.tied_embeddings);
  EXPECT_EQ(config.optim.decay, "*W_U, *W_E");
  EXPECT_EQ(config.task.table, "a=b.csv");
  EXPECT_EQ(config.split.file, "123");
  EXPECT_EQ(config.task.table_digest, "0123");
  EXPECT_EQ(config_with("optim.decay=").optim.decay, "");
}

TEST(ConfigSet, RefusesWithOneLine) {
  EXPECT_EQ(set_error("optim.wieght_decay=1"),
            "--set: unknown key \"optim.wieght_decay\"; did you mean \"optim.weight_decay\"?");
  EXPECT_EQ(set_error("optim.beta1=1.5"), "--set: optim.beta1 = 1.5: expected a number in [0, 1), found 1.5");
  EXPECT_EQ(set_error("optim.beta1=1"), "--set: optim.beta1 = 1: expected a number in [0, 1), found 1");
  EXPECT_EQ(set_error("optim.beta1=nan"), "--set: optim.beta1 = nan: expected a number in [0, 1), found nan");
  EXPECT_EQ(set_error("optim.weight_decay=inf"),
            "--set: optim.weight_decay = inf: expected a number of at least 0, found inf");
  EXPECT_EQ(set_error("optim.learning_rate=0"), "--set: optim.learning_rate = 0: expected a number above 0, found 0");
  EXPECT_EQ(set_error("train.steps=1.5"), "--set: train.steps = 1.5: expected a whole number of at least 0, found 1.5");
  EXPECT_EQ(set_error("train.steps=-1"), "--set: train.steps = -1: expected a whole number of at least 0, found -1");
  EXPECT_EQ(set_error("train.steps=many"),
            "--set: train.steps = \"many\": expected a whole number of at least 0, found \"many\"");
  EXPECT_EQ(set_error("train.steps="), "--set: train.steps = \"\": expected a whole number of at least 0, found \"\"");
  EXPECT_EQ(set_error("train.steps=1e300"),
            "--set: train.steps = 1e+300: expected a whole number of at least 0, found 1e+300");
  EXPECT_EQ(set_error("train.precision=float46"),
            "--set: train.precision = \"float46\": expected one of float32, float64, found \"float46\"; did you mean "
            "\"float64\"?");
  EXPECT_EQ(set_error("model.tied_embeddings=1"), "--set: model.tied_embeddings = 1: expected true or false, found 1");
  EXPECT_EQ(set_error("seed"), "--set: expected key=value, found \"seed\"");
  EXPECT_EQ(set_error("=3"), "--set: expected key=value, found \"=3\"");
  EXPECT_EQ(set_error("split.file=a\nb"),
            "--set: split.file = \"a\\u000ab\": expected the path of a file, or empty, found \"a\\u000ab\"");
  EXPECT_NE(set_error("split.file=\xff").find("expected the path of a file"), std::string::npos);
}

TEST(ConfigSet, LeavesTheConfigAloneWhenItRefuses) {
  Config config;
  EXPECT_THROW(set_config_value(config, "optim.beta1=1.5"), Error);
  EXPECT_EQ(config.optim.beta1, Config{}.optim.beta1);
}

TEST(ConfigToml, ReadsSectionsAndDottedKeys) {
  const Config config = parse_config_text(
      "seed = 7\noptim.weight_decay = 2\n[task]\noperation = \"multiply\"\nmodulus = 97\n[train]\nsteps = 1e4\n"
      "[fork]\nreset_optimizer = true\n[loss]\n",
      "run.toml");
  EXPECT_EQ(config.seed, 7);
  EXPECT_EQ(config.optim.weight_decay, 2.0);
  EXPECT_EQ(config.task.operation, Operation::kMultiply);
  EXPECT_EQ(config.task.modulus, 97);
  EXPECT_EQ(config.train.steps, 10000);
  EXPECT_TRUE(config.fork.reset_optimizer);
  EXPECT_EQ(config_to_toml(parse_config_text("", "empty")), config_to_toml(Config{}));
}

TEST(ConfigToml, TrueWithoutQuotesIsTheChoiceOfThatName) {
  const Config config = parse_config_text("task.labels = true\n", "run.toml");
  EXPECT_EQ(config.task.labels, LabelKind::kTrue);
  EXPECT_EQ(
      toml_error("task.labels = false\n"),
      "run.toml:1: task.labels = false: expected one of true, random, random_commutative, corrupted, found false");
}

TEST(ConfigToml, ReadsAFile) {
  const std::string path = testing::TempDir() + "groklab_config_test.toml";
  std::ofstream(path) << "seed = 9\n";
  EXPECT_EQ(read_config_file(path).seed, 9);
  std::ofstream(path, std::ios::trunc).flush();
  EXPECT_EQ(read_config_file(path).seed, 0) << "an empty file is a valid configuration";
  std::ofstream(path) << "sed = 9\n";
  EXPECT_EQ(error_of([&] { read_config_file(path); }), path + ":1: unknown key \"sed\"; did you mean \"seed\"?");
  std::remove(path.c_str());
}

TEST(ConfigToml, RefusesWithOneLineThatNamesThePlace) {
  EXPECT_EQ(toml_error("[optim]\nwieght_decay = 1\n"),
            "run.toml:2: unknown key \"optim.wieght_decay\"; did you mean \"optim.weight_decay\"?");
  EXPECT_EQ(toml_error("[optm]\nweight_decay = 1\n"),
            "run.toml:2: unknown key \"optm.weight_decay\"; did you mean \"optim.weight_decay\"?");
  EXPECT_EQ(toml_error("[nonsense]\n"), "run.toml:1: unknown key \"nonsense\"");
  EXPECT_EQ(toml_error("[optim]\nbeta1 = 1.5\n"),
            "run.toml:2: optim.beta1 = 1.5: expected a number in [0, 1), found 1.5");
  EXPECT_EQ(toml_error("\n[train]\nsteps = 2.5\n"),
            "run.toml:3: train.steps = 2.5: expected a whole number of at least 0, found 2.5");
  EXPECT_EQ(toml_error("train.steps = \"100\"\n"),
            "run.toml:1: train.steps = \"100\": expected a whole number of at least 0, found \"100\"");
  EXPECT_EQ(toml_error("optim = 3\n"), "run.toml:1: optim: expected a section of keys, such as [optim], found 3");
  EXPECT_EQ(toml_error("seed = [1, 2]\n"), "run.toml:1: seed: expected a whole number of at least 0, found an array");
  EXPECT_EQ(toml_error("seed = 2020-01-01\n"),
            "run.toml:1: seed: expected a whole number of at least 0, found a date or time");
  EXPECT_EQ(toml_error("[optim.beta1]\nx = 1\n"),
            "run.toml:1: optim.beta1: expected a number in [0, 1), found a section");
  EXPECT_EQ(toml_error("[[task]]\nmodulus = 5\n"),
            "run.toml:1: task: expected a section of keys, such as [task], found an array");
}

TEST(ConfigToml, SyntaxErrorsNameLineAndColumn) {
  const std::string message = toml_error("seed = 1\ntrain.steps = = 4\n");
  EXPECT_EQ(message.rfind("run.toml:2:15: expected TOML, found a syntax error: ", 0), 0u) << message;
  EXPECT_NE(toml_error("seed = 1\nseed = 2\n").find("run.toml:2:"), std::string::npos);
  EXPECT_NE(toml_error("seed = 99999999999999999999\n").find("run.toml:1:"), std::string::npos);
  EXPECT_NE(toml_error("task.table = \"\xff\"\n").find("run.toml:1:"), std::string::npos);
}

TEST(ConfigToml, MissingFileIsAnInputError) {
  const std::string message = error_of([] { read_config_file("no/such/file.toml"); }, ErrorKind::kInput);
  EXPECT_EQ(message, "no/such/file.toml: expected a readable text file, found: No such file or directory");
  error_of([] { read_config_file("."); }, ErrorKind::kInput);
}

TEST(ConfigJson, MissingKeysKeepTheirDefaults) {
  const Config config = config_from_json({{"seed", 3}, {"optim", {{"weight_decay", 2}}}});
  EXPECT_EQ(config.seed, 3);
  EXPECT_EQ(config.optim.weight_decay, 2.0);
  EXPECT_EQ(config.optim.beta1, Config{}.optim.beta1);
}

TEST(ConfigJson, RefusesWithOneLine) {
  const auto message = [](const nlohmann::json& json) { return error_of([&] { config_from_json(json); }); };
  EXPECT_EQ(message(nlohmann::json::array()), "configuration JSON: expected an object, found array");
  EXPECT_EQ(message({{"optim", 3}}), "configuration JSON: optim: expected an object of keys, found number");
  EXPECT_EQ(message({{"sead", 3}}), "configuration JSON: unknown key \"sead\"; did you mean \"seed\"?");
  EXPECT_EQ(message({{"seed", nullptr}}),
            "configuration JSON: seed: expected a whole number of at least 0, found null");
  EXPECT_EQ(message({{"seed", UINT64_MAX}}),
            "configuration JSON: seed: expected a whole number of at least 0, found a number above "
            "9223372036854775807");
}

TEST(ConfigJson, IsNestedBySection) {
  const nlohmann::json json = config_to_json(Config{});
  EXPECT_EQ(json.at("seed"), 0);
  EXPECT_EQ(json.at("task").at("operation"), "add");
  EXPECT_EQ(json.at("optim").at("beta2"), 0.98);
  EXPECT_EQ(json.at("fork").at("reset_optimizer"), false);
}

}  // namespace
}  // namespace groklab
