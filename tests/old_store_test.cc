// A store of schema 2, made from a present one: a run in it goes on to the bits of an uninterrupted run.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "program.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = R"([task]
modulus = 7
[split]
train_fraction = 0.6
[model]
d_model = 8
n_heads = 2
d_mlp = 16
[train]
steps = 60
evaluate_every = 20
evaluate_per_decade = 0
checkpoint_every = 20
probe_every = 1
)";

/// Back to schema 2, with run number 1 as a process left it that was killed behind step 40.
constexpr const char* kDowngrade = R"(
DROP VIEW runs_view;
DROP TABLE annotations;
DROP TABLE tags;
ALTER TABLE runs DROP COLUMN instruction_set;
ALTER TABLE runs DROP COLUMN folder;
ALTER TABLE runs DROP COLUMN replaces;
ALTER TABLE runs DROP COLUMN checksum;
ALTER TABLE records DROP COLUMN objective;
ALTER TABLE records DROP COLUMN checksum;
ALTER TABLE probes DROP COLUMN checksum;
ALTER TABLE runs DROP COLUMN engine;
ALTER TABLE probes RENAME COLUMN result TO reading;
UPDATE probes SET reading = replace(replace(reading, 'invariant_', 'general_'), '_fraction', '_share');
UPDATE runs SET config = replace(replace(config, 'evaluate_', 'record_'), 'stop_held_evaluations', 'stop_held_records');
UPDATE runs SET config = replace(config, '_lr_fraction', '_lr_share');
UPDATE runs SET status = 'running', step = 40;
DELETE FROM records WHERE step > 40;
DELETE FROM probes WHERE step > 40;
DELETE FROM checkpoints WHERE step > 40;
CREATE VIEW runs_view AS SELECT * FROM runs;
PRAGMA user_version = 2;
)";

class OldStoreProgram : public ::testing::Test {
 protected:
  std::string succeed(const std::vector<std::string>& words) {
    const ProgramResult result = place_.run(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.out;
  }
  /// The run without times and places.
  nlohmann::json run_of(const std::string& store) {
    auto json = nlohmann::json::parse(succeed({"export", "last", "--format", "json", "--store", store}));
    for (auto& record : json["records"]) record.erase("seconds");
    // A store of that version knew one arithmetic only, so its runs are said to be of the first.
    for (const char* name : {"seconds", "created", "last", "engine"}) json.erase(name);
    return json;
  }
  Workplace place_;
};

TEST_F(OldStoreProgram, ResumesBitForBit) {
  place_.write("small.toml", kConfig);
  succeed({"train", "small.toml", "--quiet", "--store", "whole"});
  succeed({"export", "last", "--format", "safetensors", "-o", "whole.safetensors", "--store", "whole"});
  fs::copy(place_.path() / "whole", place_.path() / "old", fs::copy_options::recursive);
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open((place_.path() / "old" / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(connection, kDowngrade, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(connection);
  sqlite3_close(connection);

  succeed({"resume", "last", "--quiet", "--store", "old"});
  EXPECT_EQ(run_of("old"), run_of("whole"));
  succeed({"export", "last", "--format", "safetensors", "-o", "old.safetensors", "--store", "old"});
  EXPECT_EQ(place_.read("old.safetensors"), place_.read("whole.safetensors"));
  const auto probes = [&](const char* store) {
    return nlohmann::json::parse(succeed({"probe", "last", "--at", "all", "--json", "--store", store}));
  };
  EXPECT_EQ(probes("old"), probes("whole"));
}

}  // namespace
}  // namespace groklab
