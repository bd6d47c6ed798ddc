// Property-like tests: random valid configurations survive TOML, JSON and resolving.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "groklab/config/config_test_util.h"
#include "groklab/config/keys.h"

namespace groklab {
namespace {

/// A random value that the field allows.
Value random_value(const Field& field, std::mt19937_64& random) {
  if (field.type == FieldType::kSwitch) return random() % 2 == 0;
  if (field.type == FieldType::kChoice) return field.choices[random() % field.choices.size()];
  if (field.type == FieldType::kText) {
    constexpr const char* kTexts[] = {"", "*", "a b", "C:\\x \"y\"", "*W_?, b", "\xc3\xa9t\xc3\xa9", "#x=1", "0", "'"};
    return std::string(kTexts[random() % std::size(kTexts)]);
  }
  Field tried = field;
  do {
    if (field.type == FieldType::kInteger) {
      tried.value = static_cast<std::int64_t>(random() >> (random() % 64)) - static_cast<std::int64_t>(random() % 2);
    } else {
      double number = 0;
      const std::uint64_t bits = random() >> 1;  // any positive double: all exponents, all bits of the fraction
      std::memcpy(&number, &bits, sizeof number);
      tried.value = random() % 8 == 0 ? 0.0 : number;
    }
  } while (!value_allowed(tried));
  return tried.value;
}

/// A config in which about one key of `sparsity` has a random value.
Config random_config(std::mt19937_64& random, unsigned sparsity) {
  Config config;
  for (const Field& field : config_values(config)) {
    if (random() % sparsity == 0) assign_value(config, field.spec.key, random_value(field, random), "test");
  }
  return config;
}

void expect_equal(const Config& left, const Config& right) {
  const std::vector<Field> a = config_values(left), b = config_values(right);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].value, b[i].value) << a[i].spec.key << " = " << toml_literal(a[i].value);
  }
}

TEST(ConfigRoundTrip, TomlAndJsonKeepEveryBit) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200; ++i) {
    const Config config = random_config(random, 1 + i % 2);
    expect_equal(config, parse_config_text(config_to_toml(config), "test"));
    expect_equal(config, config_from_json(config_to_json(config)));
    expect_equal(config, config_from_json(nlohmann::json::parse(config_to_json(config).dump())));
    EXPECT_EQ(config_to_toml(config), config_to_toml(parse_config_text(config_to_toml(config), "test")));
  }
}

TEST(ConfigRoundTrip, SetReadsWhatTomlWrites) {
  std::mt19937_64 random(2);
  const Config config = random_config(random, 1);
  Config copy;
  for (const Field& field : config_values(config)) {
    const std::string* text = std::get_if<std::string>(&field.value);
    set_config_value(copy, std::string(field.spec.key) + "=" + (text != nullptr ? *text : toml_literal(field.value)));
  }
  expect_equal(config, copy);
}

TEST(ConfigRoundTrip, ResolvingTwiceChangesNothing) {
  std::mt19937_64 random(3);
  int valid = 0;
  for (int i = 0; i < 2000; ++i) {
    const Config config = random_config(random, 2 + i % 12);  // sparse ones are often valid
    try {
      check_config(config);
    } catch (const Error&) {
      continue;
    }
    ++valid;
    const ResolvedConfig once = resolve_config(config);
    EXPECT_NO_THROW(check_config(*once)) << config_to_toml(config);
    const ResolvedConfig twice = resolve_config(*once);
    expect_equal(*once, *twice);
    EXPECT_EQ(once.id(), twice.id());
    EXPECT_EQ(once.id(), resolve_config(config_from_json(config_to_json(*once))).id());
  }
  EXPECT_GT(valid, 100) << "too few random configs are valid for this test to mean anything";
}

TEST(ConfigRoundTrip, OneChangedKeyIsNoticed) {  // negative control of expect_equal's comparison
  Config config;
  config.optim.weight_decay = std::nextafter(1.0, 2.0);
  const Config read = parse_config_text(config_to_toml(config), "test");
  EXPECT_NE(read.optim.weight_decay, 1.0);
  EXPECT_NE(config_to_toml(read), config_to_toml(Config{}));
  EXPECT_NE(resolve_config(read).id(), resolve_config(Config{}).id());
}

}  // namespace
}  // namespace groklab
