// What the program prints as JSON, against the schemas of docs/formats.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "json_schema.h"
#include "program.h"

namespace groklab {
namespace {

class Formats : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    place_ = new Workplace;
    place_->write("small.toml",
                  "[task]\nmodulus = 7\n[split]\ntrain_fraction = 0.6\n[model]\nd_model = 8\nn_heads = 2\nd_mlp = 16\n"
                  "[train]\nsteps = 40\nevaluate_every = 20\nprobe_every = 1\n");
    events_ = place_->run({"train", "small.toml", "--json"}).out;
  }
  static void TearDownTestSuite() { delete place_; }

  nlohmann::json output(const std::vector<std::string>& words) {
    const ProgramResult result = place_->run(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(result.out);
  }
  void expect_valid(const std::string& schema, const nlohmann::json& value) {
    for (const std::string& error : schemas_.violations(schema, value)) ADD_FAILURE() << schema << ": " << error;
  }

  static Workplace* place_;
  static std::string events_;
  JsonSchemas schemas_{std::filesystem::path(GROKLAB_SOURCE_DIR) / "docs" / "formats"};
};
Workplace* Formats::place_ = nullptr;
std::string Formats::events_;

TEST_F(Formats, SweepsHaveOneForm) {
  place_->write("grid.toml",
                "train.steps = 20\ntask.modulus = 5\nmodel.d_model = 8\nmodel.n_heads = 2\nseed = [1, 2]\n"
                "[[then]]\nsplit.train_size = 5\n");
  expect_valid("sweep.schema.json", output({"sweep", "grid.toml", "--json", "--dry-run", "--store", "swept"}));
  const nlohmann::json swept = output({"sweep", "grid.toml", "--json", "--store", "swept"});
  expect_valid("sweep.schema.json", swept);
  EXPECT_EQ(swept["runs"].size(), 4u);
}

TEST_F(Formats, RunsHaveOneForm) {
  const nlohmann::json shown = output({"show", "last", "--json"});
  const nlohmann::json listed = output({"runs", "--json"});
  const nlohmann::json exported = output({"export", "last", "--format", "json"});
  expect_valid("run.schema.json", shown);
  expect_valid("run.schema.json", exported);
  ASSERT_EQ(listed.size(), 1u);
  expect_valid("run.schema.json", listed[0]);
  for (const auto& [name, value] : listed[0].items()) {
    EXPECT_EQ(shown[name], value) << name;
    if (name.starts_with("t_")) continue;  // an export has all records instead
    EXPECT_EQ(exported[name], value) << name;
  }
  EXPECT_EQ(exported["records"].back(), listed[0]["last"]);
  EXPECT_FALSE(exported["records"][0]["tensor_norms"].empty());
  EXPECT_EQ(shown["checkpoints"].back()["step"], 40);
}

TEST_F(Formats, EventsOfATraining) {
  std::vector<std::string> kinds;
  std::istringstream lines(events_);
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json event = nlohmann::json::parse(line);
    expect_valid("training-event.schema.json", event);
    if (kinds.empty() || kinds.back() != event["event"]) kinds.push_back(event["event"]);
  }
  ASSERT_GE(kinds.size(), 3u);
  EXPECT_EQ(kinds.front(), "start");
  EXPECT_EQ(kinds.back(), "outcome");
}

TEST_F(Formats, EvaluationsAndProbes) {
  expect_valid("evaluation.schema.json", output({"eval", "last", "--json"}));
  const nlohmann::json probes = output({"probe", "last", "--json"});
  expect_valid("probes.schema.json", probes);
  EXPECT_EQ(probes["results"][0].size(), 10u) << "step, eight probes with forms of their own, sections of others";
  expect_valid("probes.schema.json", output({"probe", "last", "--at", "all", "--json"}));
  place_->run({"export", "last", "--format", "safetensors", "-o", "weights.safetensors"});
  const nlohmann::json of_file = output({"probe", "weights.safetensors", "--json"});
  expect_valid("probes.schema.json", of_file);
  EXPECT_EQ(of_file["results"][0]["step"], 40) << "the step of the file's metadata";
  expect_valid("evaluation.schema.json", output({"eval", "--weights", "weights.safetensors", "--json"}));
}

TEST_F(Formats, ForksAndEmptyGroups) {
  place_->run({"fork", "last", "--quiet", "--set", "split.train_size=12", "--set", "train.steps=3"});
  expect_valid("run.schema.json", output({"export", "last", "--format", "json"}));
  place_->run({"train", "small.toml", "--quiet", "--set", "split.train_fraction=1", "--set", "train.steps=2"});
  const nlohmann::json all_rows = output({"show", "last", "--json"});
  expect_valid("run.schema.json", all_rows);
  EXPECT_TRUE(all_rows["last"]["test"]["loss"].is_null());
  expect_valid("probes.schema.json", output({"probe", "last", "--json"}));
}

}  // namespace
}  // namespace groklab
