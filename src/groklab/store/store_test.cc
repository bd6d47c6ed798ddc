// Runs, records and checkpoints survive the store unchanged; wrong requests get one clear line.
#include "groklab/store/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/store/schema.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

/// What the failing action says; "" if it succeeds, and a test failure if the kind is another.
template <typename Action>
std::string error_of(ErrorKind kind, Action action) {
  try {
    action();
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.what();
  }
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class StoreTest : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "store";
  ParameterLayout layout_ = small_layout();
  Config config_;

  void create(Store& store, const std::string& id, bool replace = false) const {
    store.create_run(id, config_, "test machine", layout_, replace);
  }
  void execute(const std::string& sql) const {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(connection);
  }
  static std::vector<std::string> ids(const std::vector<RunInfo>& runs) {
    std::vector<std::string> result;
    for (const RunInfo& run : runs) result.push_back(run.id);
    return result;
  }
  std::vector<std::int64_t> steps(const Store& store, const std::string& id) const {
    std::vector<std::int64_t> result;
    for (const CheckpointInfo& info : store.checkpoints(id)) {
      result.push_back(info.step);
      EXPECT_TRUE(std::filesystem::exists(info.file)) << info.file;
    }
    const auto files = path_ / "checkpoints" / id;
    const auto count = std::filesystem::exists(files) ? std::distance(std::filesystem::directory_iterator(files),
                                                                      std::filesystem::directory_iterator())
                                                      : 0;
    EXPECT_EQ(count, static_cast<std::ptrdiff_t>(result.size())) << "files that no row speaks of";
    return result;
  }
};

TEST_F(StoreTest, RunComesBackAsItWasStored) {
  config_.seed = 7;
  config_.task.modulus = 31;
  config_.optim.weight_decay = 0.1;
  {
    Store store(path_);
    create(store, "abc123");
    auto sink = store.sink("abc123", layout_);
    for (const std::int64_t step : {0, 10, 20}) sink->on_record(sample_record(step, layout_));
    sink->on_outcome({RunStatus::kStopped, 20, "test accuracy held", 1.25});
  }
  const Store store(path_);
  const RunInfo info = store.run("abc123");
  EXPECT_EQ(info.id, "abc123");
  EXPECT_EQ(config_to_json(info.config), config_to_json(config_));
  EXPECT_EQ(info.status, RunStatus::kStopped);
  EXPECT_EQ(info.reason, "test accuracy held");
  EXPECT_EQ(info.step, 20);
  EXPECT_EQ(info.seconds, 1.25);
  EXPECT_EQ(info.machine, "test machine");
  EXPECT_FALSE(info.version.empty());
  EXPECT_EQ(info.created.size(), std::string("2024-01-01T00:00:00.000Z").size());
  EXPECT_EQ(info.tensor_names, (std::vector<std::string>{"embed.W_E", "blocks.0.attn.W_Q", "unembed.b_U"}));
  const std::vector<Record> records = store.records("abc123");
  ASSERT_EQ(records.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    expect_same(records[i], sample_record(static_cast<std::int64_t>(i) * 10, layout_));
  }
  ASSERT_TRUE(info.last.has_value());
  expect_same(*info.last, records.back());
}

TEST_F(StoreTest, RecordsKeepInfinityAndTinyNumbers) {
  Store store(path_);
  create(store, "a");
  Record record = sample_record(1, layout_);
  record.train.loss = std::numeric_limits<double>::infinity();
  record.norm = std::numeric_limits<double>::denorm_min();
  record.test.margin = -std::numeric_limits<double>::infinity();
  record.tensor_norms = {0.1, std::numeric_limits<double>::infinity(), 1e-320};
  auto sink = store.sink("a", layout_);
  sink->on_record(record);
  sink.reset();
  expect_same(store.records("a").at(0), record);
}

TEST_F(StoreTest, RecordingAStepAgainReplacesIt) {
  Store store(path_);
  create(store, "a");
  auto sink = store.sink("a", layout_);
  sink->on_record(sample_record(5, layout_));
  Record second = sample_record(5, layout_);
  second.train.loss = 42;
  sink->on_record(second);
  sink.reset();
  ASSERT_EQ(store.records("a").size(), 1u);
  expect_same(store.records("a").at(0), second);
}

TEST_F(StoreTest, RecordsAreFlushedAfterASecond) {
  Store store(path_);
  create(store, "a");
  auto sink = store.sink("a", layout_);
  sink->on_record(sample_record(1, layout_));
  EXPECT_TRUE(store.records("a").empty());
  std::this_thread::sleep_for(std::chrono::milliseconds(1050));
  sink->on_record(sample_record(2, layout_));
  EXPECT_EQ(store.records("a").size(), 2u);
  EXPECT_EQ(store.run("a").status, RunStatus::kRunning);
  EXPECT_EQ(store.run("a").step, 2);
}

TEST_F(StoreTest, CheckpointsComeBackBitForBit) {
  Store store(path_);
  create(store, "a");
  auto sink = store.sink("a", layout_);
  std::int64_t step = 0;
  for (const Precision precision : {Precision::kFloat32, Precision::kFloat64}) {
    for (const bool moments : {true, false}) {
      const TrainState state = sample_state(++step, layout_, precision, moments);
      sink->on_checkpoint(state, true);
      expect_same(store.load_checkpoint("a", step, layout_), state);
    }
  }
  expect_same(store.load_checkpoint("a", -1, layout_), store.load_checkpoint("a", 4, layout_));
}

TEST_F(StoreTest, EveryCheckpointReplacesTheLastUnkeptOne) {
  Store store(path_);
  create(store, "a");
  auto sink = store.sink("a", layout_);
  const auto checkpoint = [&](std::int64_t step, bool kept) {
    sink->on_checkpoint(sample_state(step, layout_, Precision::kFloat32, true), kept);
  };
  using Steps = std::vector<std::int64_t>;
  checkpoint(10, false);
  checkpoint(20, true);
  EXPECT_EQ(steps(store, "a"), (Steps{20}));
  checkpoint(30, false);
  EXPECT_EQ(steps(store, "a"), (Steps{20, 30}));
  checkpoint(20, false);  // a kept one stays kept
  EXPECT_EQ(steps(store, "a"), (Steps{20}));
  checkpoint(40, false);
  EXPECT_EQ(steps(store, "a"), (Steps{20, 40}));
  EXPECT_TRUE(store.checkpoints("a").front().kept);
  EXPECT_FALSE(store.checkpoints("a").back().kept);
}

TEST_F(StoreTest, MissingOrForeignCheckpointsAreRefused) {
  Store store(path_);
  create(store, "a");
  EXPECT_TRUE(mentions(error_of(ErrorKind::kStore, [&] { store.load_checkpoint("a", -1, layout_); }), "none"));
  auto sink = store.sink("a", layout_);
  sink->on_checkpoint(sample_state(10, layout_, Precision::kFloat32, true), true);
  sink->on_checkpoint(sample_state(20, layout_, Precision::kFloat32, true), true);
  const std::string message = error_of(ErrorKind::kStore, [&] { store.load_checkpoint("a", 15, layout_); });
  EXPECT_TRUE(mentions(message, "15") && mentions(message, "10, 20")) << message;

  ParameterLayout other = small_layout();
  other.add("blocks.0.mlp.W_in", {2, 2});
  EXPECT_TRUE(mentions(error_of(ErrorKind::kInput, [&] { store.load_checkpoint("a", 10, other); }), "mlp.W_in"));
  ParameterLayout wider;
  wider.add("embed.W_E", {5, 8});
  EXPECT_TRUE(mentions(error_of(ErrorKind::kInput, [&] { store.load_checkpoint("a", 10, wider); }), "[5,8]"));
  ParameterLayout fewer;
  fewer.add("embed.W_E", {5, 4});
  EXPECT_NE(error_of(ErrorKind::kInput, [&] { store.load_checkpoint("a", 10, fewer); }), "");

  std::filesystem::resize_file(store.checkpoints("a").front().file, 100);
  EXPECT_TRUE(mentions(error_of(ErrorKind::kInput, [&] { store.load_checkpoint("a", 10, layout_); }), "step-10"));
}

TEST_F(StoreTest, ResumedRunIsRunningUntilItsOutcome) {
  Store store(path_);
  create(store, "a");
  store.sink("a", layout_)->on_outcome({RunStatus::kInterrupted, 5, "Ctrl-C", 1.0});
  EXPECT_EQ(store.run("a").status, RunStatus::kInterrupted);
  auto sink = store.sink("a", layout_);
  sink->on_checkpoint(sample_state(6, layout_, Precision::kFloat32, false), false);
  EXPECT_EQ(store.run("a").status, RunStatus::kRunning);
  EXPECT_EQ(store.run("a").reason, "");
  sink->on_outcome({RunStatus::kDiverged, 7, "loss is NaN at step 7", 1.0});
  sink->on_checkpoint(sample_state(7, layout_, Precision::kFloat32, false), false);
  EXPECT_EQ(store.run("a").status, RunStatus::kDiverged) << "a checkpoint after the outcome leaves it alone";
}

TEST_F(StoreTest, ReplacingLeavesNothingBehind) {
  Store store(path_);
  create(store, "a");
  create(store, "b");
  auto sink = store.sink("a", layout_);
  sink->on_record(sample_record(1, layout_));
  sink->on_checkpoint(sample_state(1, layout_, Precision::kFloat32, true), true);
  sink.reset();
  EXPECT_TRUE(mentions(error_of(ErrorKind::kStore, [&] { create(store, "a"); }), "already"));
  EXPECT_EQ(store.records("a").size(), 1u) << "a refused creation changes nothing";
  create(store, "a", true);
  store.install("a-new");
  EXPECT_TRUE(store.records("a").empty());
  EXPECT_TRUE(steps(store, "a").empty());
  EXPECT_EQ(ids(store.runs()), (std::vector<std::string>{"a", "b"})) << "newest first";
  EXPECT_FALSE(std::filesystem::exists(path_ / "checkpoints" / "a"));
  EXPECT_TRUE(store.contains("b"));
  EXPECT_FALSE(store.contains("c"));
  EXPECT_NE(error_of(ErrorKind::kStore, [&] { store.sink("c", layout_); }), "");
  EXPECT_NE(error_of(ErrorKind::kStore, [&] { store.run("c"); }), "");
  EXPECT_NE(error_of(ErrorKind::kStore, [&] { store.records("c"); }), "");
  EXPECT_NE(error_of(ErrorKind::kStore, [&] { create(store, "../escape"); }), "");
}

TEST_F(StoreTest, ResolvesPrefixes) {
  Store store(path_);
  EXPECT_TRUE(mentions(error_of(ErrorKind::kStore, [&] { store.resolve("last"); }), "no runs"));
  for (const char* id : {"abc", "abd", "abcd", "x_1", "x%"}) {
    if (std::string(id) != "x%") create(store, id);
  }
  EXPECT_EQ(store.resolve("last"), "x_1");
  EXPECT_EQ(store.resolve("abd"), "abd");
  EXPECT_EQ(store.resolve("abc"), "abc") << "the full id wins over longer ones";
  EXPECT_EQ(store.resolve("abcd"), "abcd");
  EXPECT_EQ(store.resolve("x"), "x_1");
  const std::string several = error_of(ErrorKind::kStore, [&] { store.resolve("ab"); });
  EXPECT_TRUE(mentions(several, "abc, abcd, abd")) << several;
  EXPECT_TRUE(mentions(error_of(ErrorKind::kStore, [&] { store.resolve("q"); }), "'q'"));
  EXPECT_NE(error_of(ErrorKind::kStore, [&] { store.resolve("a%"); }), "") << "no wildcards";
  EXPECT_NE(error_of(ErrorKind::kStore, [&] { store.resolve(""); }), "");
}

TEST_F(StoreTest, ConditionsSelectRuns) {
  Store store(path_);
  for (int i = 0; i < 3; ++i) {
    config_.seed = i;
    config_.optim.weight_decay = i == 2 ? 0.5 : 1.0;
    create(store, "run" + std::to_string(i));
    auto sink = store.sink("run" + std::to_string(i), layout_);
    Record record = sample_record(100, layout_);
    record.test.accuracy = i / 2.0;
    record.train.rows = 10 + i;
    sink->on_record(record);
    if (i != 1) sink->on_outcome({RunStatus::kFinished, 100, "", 1.0});
  }
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids(store.runs()), (Ids{"run2", "run1", "run0"}));
  EXPECT_EQ(ids(store.runs("status = 'finished'")), (Ids{"run2", "run0"}));
  EXPECT_EQ(ids(store.runs("test_accuracy > 0.4 AND weight_decay = 1")), (Ids{"run1"}));
  EXPECT_EQ(ids(store.runs("seed = 0 OR train_size = 12")), (Ids{"run2", "run0"}));
  EXPECT_EQ(ids(store.runs("operation = 'add' and modulus = 113 and parent is null and precision = 'float32'")).size(),
            3u);
  EXPECT_EQ(ids(store.runs("optim.weight_decay < 1")), (Ids{"run2"}));
  EXPECT_EQ(ids(store.runs("task.operation LIKE 'a%' AND NOT (seed BETWEEN 1 AND 2)")), (Ids{"run0"}));
  EXPECT_EQ(ids(store.runs("id IN ('run0', 'run2') and parent is null and not seed=2")), (Ids{"run0"}));
  EXPECT_EQ(ids(store.runs("model.tied_embeddings = false AND seed NOT IN (0, 1)")), (Ids{"run2"}));
  // The view of a store that others made is not asked. Mutation: FROM runs_view.
  execute("DROP VIEW runs_view; CREATE VIEW runs_view AS SELECT 1 AS number, 'finished' AS status");
  EXPECT_EQ(ids(store.runs("status = 'finished'")), (Ids{"run2", "run0"}));
  EXPECT_TRUE(store.runs("seed = 9").empty());
}

TEST_F(StoreTest, BadOrWritingConditionsAreRefused) {
  Store store(path_);
  create(store, "a");
  for (const char* bad : {"sede = 1", "seed =", "id = 'a'); DELETE FROM runs; --", "1)); DROP TABLE runs;",
                          "1)) UNION SELECT 1 --", "json_extract('{', '$') = 1", ";", "-- nothing",
                          "id IN (DELETE FROM runs RETURNING id)", "1)); PRAGMA user_version = 9; --"}) {
    const std::string message = error_of(ErrorKind::kStore, [&] { store.runs(bad); });
    EXPECT_TRUE(mentions(message, "condition")) << bad << ": " << message;
  }
  const std::string message = error_of(ErrorKind::kStore, [&] { store.runs("sede = 1"); });
  EXPECT_TRUE(mentions(message, "no such column: sede (did you mean seed?)")) << message;
  EXPECT_EQ(store.runs().size(), 1u);
  create(store, "b");  // the connection can write again
}

TEST_F(StoreTest, NewerSchemaIsRefused) {
  { Store store(path_); }
  execute("PRAGMA user_version = 97");
  const std::string message = error_of(ErrorKind::kStore, [&] { Store store(path_); });
  EXPECT_TRUE(mentions(message, "97") && mentions(message, "version") &&
              mentions(message, std::to_string(kSchemaVersion)))
      << message;
}

TEST_F(StoreTest, ForeignFilesAreRefusedAndUntouched) {
  std::filesystem::create_directories(path_);
  std::ofstream(path_ / "groklab.sqlite") << std::string(5000, 'x');
  EXPECT_TRUE(mentions(error_of(ErrorKind::kStore, [&] { Store store(path_); }), "not a groklab store"));
  EXPECT_EQ(std::filesystem::file_size(path_ / "groklab.sqlite"), 5000u);
  std::filesystem::remove(path_ / "groklab.sqlite");
  execute("CREATE TABLE other(a)");
  EXPECT_TRUE(mentions(error_of(ErrorKind::kStore, [&] { Store store(path_); }), "not a groklab store"));
  std::filesystem::remove_all(path_);
  std::ofstream(path_) << "a file where the directory should be";
  EXPECT_NE(error_of(ErrorKind::kIo, [&] { Store store(path_); }), "");
}

TEST_F(StoreTest, WaitsForALockAndThenSaysSo) {
  Store store(path_, 0.2);
  create(store, "a");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto begin = std::chrono::steady_clock::now();
  const std::string message = error_of(ErrorKind::kStore, [&] { create(store, "b"); });
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(180));
  EXPECT_TRUE(mentions(message, "is locked by another process (waited 0.2 s)")) << message;
  EXPECT_EQ(Store(path_, 0.2).runs().size(), 1u) << "reading needs no lock";

  std::thread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  });
  EXPECT_EQ(error_of(ErrorKind::kStore, [&] { create(store, "b"); }), "") << "a lock that is released is waited for";
  release.join();
  sqlite3_close(other);
}

TEST_F(StoreTest, ThreadsAndProcessesShareAStore) {
  { Store store(path_); }
  const auto fill = [&](const std::string& prefix) {
    Store store(path_);
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          const std::string id = prefix + std::to_string(t) + "-" + std::to_string(i);
          create(store, id);
          auto sink = store.sink(id, layout_);
          sink->on_record(sample_record(i, layout_));
          sink->on_checkpoint(sample_state(i, layout_, Precision::kFloat32, true), false);
          sink->on_outcome({RunStatus::kFinished, i, "", 0.1});
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return 0;
  };
  const int child = start_child([&] { return fill("child"); });
  fill("parent");
  EXPECT_EQ(wait_for_child(child), 0);
  EXPECT_EQ(Store(path_).runs("status = 'finished' AND train_accuracy IS NOT NULL").size(), 40u);
}

ProbeResult result_at(std::int64_t step, double fraction) {
  ProbeResult result;
  result.step = step;
  result.circuits.emplace();
  result.circuits->invariant_fraction = fraction;
  return result;
}

TEST_F(StoreTest, KeepsProbeResultsAndAddsToThem) {
  Store store(path_);
  create(store, "a");
  {
    const auto sink = store.sink("a", layout_);
    for (const std::int64_t step : {0, 10}) {
      sink->on_record(sample_record(step, layout_));
      sink->on_probe(result_at(step, 0.25));
    }
  }
  ASSERT_EQ(store.probes("a").size(), 2u);
  ProbeResult more;
  more.step = 10;
  more.geometry.emplace();
  more.geometry->gradient_symmetricity = std::nan("");
  store.add_probes("a", {more, result_at(20, 0.75)});
  const std::vector<ProbeResult> all = store.probes("a");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].step, 10);
  EXPECT_EQ(all[1].circuits->invariant_fraction, 0.25) << "what was there stays";
  EXPECT_TRUE(std::isnan(all[1].geometry->gradient_symmetricity));
  EXPECT_EQ(all[2].circuits->invariant_fraction, 0.75);
  store.add_probes("a", {result_at(10, 0.5)});
  EXPECT_EQ(store.probes("a")[1].circuits->invariant_fraction, 0.5) << "the new part replaces the old one";
  create(store, "a", true);
  EXPECT_TRUE(store.probes("a").empty());
}

}  // namespace
}  // namespace groklab
