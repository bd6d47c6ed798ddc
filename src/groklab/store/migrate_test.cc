// Stores of older schemas are brought up to date when they are opened; what they hold stays what it was.
#include "groklab/store/migrate.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/identity.h"
#include "groklab/files/safetensors.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/schema.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

constexpr const char* kRun = "8b6649a1f214";
constexpr const char* kFork = "2b33748bafe5";
constexpr const char* kRunColumns =
    "SELECT number, id, status, reason, step, seconds, created, machine, version, tensors FROM runs";

/// A store that groklab 0.1.0 made (tests/old_stores/v2).
class OldStore : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path source = std::filesystem::path(GROKLAB_SOURCE_DIR) / "tests" / "old_stores" / "v2";
    std::filesystem::create_directories(path_);
    std::filesystem::copy(source / "checkpoints", path_ / "checkpoints", std::filesystem::copy_options::recursive);
    std::ifstream file(source / "store.sql");
    execute({std::istreambuf_iterator<char>(file), {}});
  }
  void execute(const std::string& sql) const {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }
  /// Every row of a query, cells separated by |.
  std::vector<std::string> rows(const std::string& sql) const {
    std::vector<std::string> found;
    sqlite3* connection = nullptr;
    EXPECT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    const auto add = [](void* list, int n, char** cells, char**) {
      std::string row;
      for (int i = 0; i < n; ++i) row += (i > 0 ? "|" : "") + std::string(cells[i] == nullptr ? "" : cells[i]);
      static_cast<std::vector<std::string>*>(list)->push_back(row);
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), add, &found, nullptr), SQLITE_OK) << sqlite3_errmsg(connection);
    sqlite3_close(connection);
    return found;
  }

  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "store";
};

TEST_F(OldStore, KeepsRunsRecordsAndCheckpoints) {
  // Later versions put columns behind the others.
  std::vector<std::string> names = metric_names();
  std::erase(names, "objective");
  const std::string every_record =
      fmt::format("SELECT run, {}, tensor_norms FROM records ORDER BY run, step", join(names, ", "));
  const auto records = rows(every_record);
  const auto checkpoints = rows("SELECT * FROM checkpoints ORDER BY run, step");
  const auto runs = rows(kRunColumns);
  ASSERT_EQ(records.size(), 6u);
  {
    const Store store(path_);
    ASSERT_EQ(store.runs().size(), 2u);
    EXPECT_EQ(store.records(kRun).size(), 3u);
    EXPECT_EQ(store.records(kFork).front().removed.rows, 5);
    EXPECT_TRUE(std::isnan(store.records(kFork).front().objective)) << "nobody knows";
    EXPECT_EQ(store.checkpoints(kRun).size(), 2u);
  }
  EXPECT_EQ(rows(every_record), records);
  EXPECT_EQ(rows("SELECT * FROM checkpoints ORDER BY run, step"), checkpoints);
  EXPECT_EQ(rows(kRunColumns), runs);
  EXPECT_EQ(rows("PRAGMA user_version"), std::vector<std::string>{std::to_string(kSchemaVersion)});
}

TEST_F(OldStore, RunsHaveAnEngineAndTheirIdentity) {
  const Store store(path_);
  for (const RunInfo& info : store.runs()) {
    EXPECT_EQ(info.engine, "cpu/1");
    EXPECT_EQ(identity_digest(canonical_text(*resolve_config(info.config), info.engine)), info.id)
        << "the configuration still names its run";
  }
  EXPECT_EQ(store.runs("engine = 'cpu/1' AND train_size = 10").size(), 1u);
  EXPECT_EQ(store.run(kFork).config.fork.run, kRun);
}

TEST_F(OldStore, ConfigurationsBearThePresentKeys) {
  { const Store store(path_); }
  const auto keys = rows(
      "SELECT json_extract(config, '$.train.evaluate_every'), json_extract(config, '$.optim.final_lr_fraction'), "
      "json_extract(config, '$.train.stop_held_evaluations'), json_type(config, '$.train.record_every'), "
      "json_type(config, '$.optim.final_lr_share') FROM runs ORDER BY number");
  EXPECT_EQ(keys, (std::vector<std::string>{"3|0.1|3||", "2|0.1|3||"}));
  EXPECT_EQ(Store(path_).run(kRun).config.train.evaluate_every, 3);
}

TEST_F(OldStore, ProbeResultsBearThePresentNames) {
  const Store store(path_);
  const std::vector<ProbeResult> results = store.probes(kRun);
  ASSERT_EQ(results.size(), 3u);
  ASSERT_TRUE(results[2].circuits && results[2].frequencies && results[2].neurons);
  EXPECT_EQ(results[2].step, 6);
  EXPECT_EQ(results[2].circuits->invariant_train.correct_logit, 0.07740152063220739);
  EXPECT_GT(results[2].circuits->invariant_fraction, 0);
  EXPECT_EQ(results[2].frequencies->logit_fraction.size(), 2u);
  EXPECT_EQ(results[2].frequencies->embedding_fraction.size(), 2u);
  EXPECT_EQ(results[2].neurons->component_fraction.size(), 2u);
  for (const std::string& text : rows("SELECT result FROM probes")) {
    EXPECT_EQ(text.find("share"), std::string::npos) << text;
    EXPECT_EQ(text.find("general"), std::string::npos) << text;
  }
}

TEST_F(OldStore, CheckpointsAreReadAsTheyWere) {
  const Store store(path_);
  const TensorFile file = read_safetensors(store.checkpoints(kRun).at(0).file);
  ParameterLayout layout;
  for (const std::string& name : store.run(kRun).tensor_names) layout.add(name, file.find(name)->shape);
  const TrainState state = store.load_checkpoint(kRun, 3, layout);
  EXPECT_EQ(state.step, 3);
  double squares = 0;
  for (const TensorSpec& spec : layout.tensors()) {
    for (const double value : file.find(spec.name)->values()) squares += value * value;
  }
  EXPECT_NEAR(std::sqrt(squares), store.records(kRun).at(1).norm, 1e-6);
}

TEST_F(OldStore, OfVersionOneHasNoProbes) {
  execute("DROP TABLE probes; PRAGMA user_version = 1");
  Store store(path_);
  EXPECT_EQ(store.records(kRun).size(), 3u);
  EXPECT_TRUE(store.probes(kRun).empty());
  ProbeResult result;
  result.step = 6;
  store.add_probes(kRun, {result});
  EXPECT_EQ(store.probes(kRun).size(), 1u);
}

TEST_F(OldStore, IsMigratedByOneOfSeveralProcesses) {
  std::vector<int> children;
  for (int i = 0; i < 3; ++i) {
    children.push_back(start_child([&] { return Store(path_).runs().size() == 2 ? 0 : 1; }));
  }
  for (const int child : children) EXPECT_EQ(wait_for_child(child), 0);
}

// Catches: one damaged row that keeps all others from coming up to date.
TEST_F(OldStore, ADamagedRowStaysAndHidesNoOther) {
  execute("UPDATE probes SET reading = '{' WHERE step = 6");
  const Store store(path_);
  EXPECT_EQ(rows("PRAGMA user_version"), std::vector<std::string>{std::to_string(kSchemaVersion)});
  EXPECT_EQ(store.runs().size(), 2u);
  try {
    store.probes(kRun);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kStore);
    EXPECT_NE(std::string(error.what()).find("step 6"), std::string::npos) << error.what();
  }
}

TEST_F(OldStore, RunsHaveAnInstructionSetAndAFolder) {
  const Store store(path_);
  for (const RunInfo& info : store.runs()) {
    EXPECT_FALSE(info.instruction_set.empty());
    EXPECT_NE(info.machine.find(", " + info.instruction_set + ", "), std::string::npos) << info.machine;
  }
  EXPECT_EQ(rows("SELECT count(*) FROM runs WHERE folder = id AND checksum IS NULL"), std::vector<std::string>{"2"});
}

}  // namespace
}  // namespace groklab
