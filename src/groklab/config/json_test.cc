// Tests of reading configurations as JSON, and of the messages.
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "groklab/config.h"
#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

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
