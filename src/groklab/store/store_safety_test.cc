// Nothing is lost and nothing gets in: replaced runs, removed stores, damaged rows and files, links, locks, places that
// can only be read.
#include <gtest/gtest.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "groklab/base/error.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr int kMountNotPossible = 12;

class StoreSafetyTest : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  fs::path path_ = directory_.path() / "store";
  ParameterLayout layout_ = small_layout();

  /// A finished run with records and states at steps 1 and 2.
  void add_run(Store& store, const std::string& id, std::int64_t salt = 0) const {
    const std::string stored = store.create_run(id, Config(), "machine", layout_, true);
    const auto sink = store.sink(stored, layout_);
    for (const std::int64_t step : {1, 2}) {
      sink->on_record(sample_record(step + salt, layout_));
      sink->on_checkpoint(sample_state(step + salt, layout_, Precision::kFloat32, true), true);
    }
    sink->on_outcome({RunStatus::kFinished, 2 + salt, "", 1.0});
  }
  void execute(const std::string& sql) const {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }
  /// The error's line; "" if there is none.
  template <typename Action>
  static std::string error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_TRUE(error.kind() == ErrorKind::kStore || error.kind() == ErrorKind::kInput ||
                  error.kind() == ErrorKind::kIo)
          << error.what();
      return error.what();
    }
    return "";
  }
  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
};

/// Another program that has written and does not commit.
class Holder {
 public:
  explicit Holder(const fs::path& store) {
    EXPECT_EQ(sqlite3_open((store / "groklab.sqlite").c_str(), &connection_), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~Holder() { release(); }
  void release() {
    sqlite3_close(connection_);  // rolls back
    connection_ = nullptr;
  }

 private:
  sqlite3* connection_ = nullptr;
};

// Catches: a replacement that removes what it replaces before it has an outcome itself.
TEST_F(StoreSafetyTest, AReplacedRunStaysUntilTheNewOneIsDone) {
  Store store(path_);
  add_run(store, "a");
  const std::string id = store.create_run("a", Config(), "machine", layout_, true);
  EXPECT_EQ(id, "a-new");
  EXPECT_EQ(store.run(id).replaces, "a");
  auto sink = store.sink(id, layout_);
  sink->on_record(sample_record(7, layout_));
  sink->on_checkpoint(sample_state(7, layout_, Precision::kFloat32, true), false);
  sink->on_outcome({RunStatus::kInterrupted, 7, "", 1.0});
  EXPECT_EQ(store.run("a").status, RunStatus::kFinished);
  expect_same(store.load_checkpoint("a", 2, layout_), sample_state(2, layout_, Precision::kFloat32, true));
  EXPECT_EQ(store.resolve("a"), "a");

  sink = store.sink(id, layout_);  // goes on
  sink->on_checkpoint(sample_state(9, layout_, Precision::kFloat32, true), true);
  sink->on_outcome({RunStatus::kFinished, 9, "", 1.0});
  sink->on_outcome({RunStatus::kFinished, 9, "", 1.0});  // a second time changes nothing
  EXPECT_FALSE(store.contains(id));
  EXPECT_EQ(store.run("a").step, 9);
  EXPECT_EQ(store.run("a").replaces, "");
  expect_same(store.load_checkpoint("a", -1, layout_), sample_state(9, layout_, Precision::kFloat32, true));
  EXPECT_EQ(store.records("a").size(), 1u);
  EXPECT_EQ(store.runs().size(), 1u);
  const auto folders = fs::directory_iterator(path_ / "checkpoints");
  EXPECT_EQ(std::distance(folders, fs::directory_iterator()), 1) << "the old states are gone";
  add_run(store, "a", 20);  // and once more
  EXPECT_EQ(store.run("a").step, 22);
}

// Catches: writes into a file that nobody can find any more.
TEST_F(StoreSafetyTest, ARemovedOrReplacedStoreIsNoticed) {
  {
    Store store(path_);
    store.create_run("a", Config(), "machine", layout_, false);
    const auto sink = store.sink("a", layout_);
    fs::remove_all(path_);
    const auto write = [&] { sink->on_checkpoint(sample_state(1, layout_, Precision::kFloat32, true), true); };
    EXPECT_TRUE(has(error_of(write), "removed or replaced"));
  }
  fs::remove_all(path_);
  Store store(path_);
  fs::rename(path_ / "groklab.sqlite", path_ / "moved");
  fs::copy_file(path_ / "moved", path_ / "groklab.sqlite");
  EXPECT_TRUE(
      has(error_of([&] { store.create_run("b", Config(), "machine", layout_, false); }), "removed or replaced"));
}

// Catches: one row that cannot be read and hides all others.
TEST_F(StoreSafetyTest, ADamagedRunHidesNoOther) {
  Store store(path_);
  for (const char* id : {"a", "b", "c", "d", "e"}) add_run(store, id);
  execute("UPDATE runs SET config = '{\"seed\":' WHERE id = 'b'");
  execute("UPDATE runs SET config = replace(hex(zeroblob(150000)), '0', '['), checksum = NULL WHERE id = 'c'");
  execute("UPDATE runs SET config = replace(config, '\"seed\":0', '\"seed\":1') WHERE id = 'd'");  // as if flipped
  for (const char* where : {"", "step = 2", "modulus = 113 OR modulus IS NULL"}) {
    std::vector<std::string> damaged;
    EXPECT_EQ(store.runs(where, &damaged).size(), 2u) << where;
    ASSERT_EQ(damaged.size(), 3u);
    EXPECT_TRUE(has(damaged[0], "run d")) << damaged[0];
    EXPECT_TRUE(has(damaged[2], "run b")) << damaged[2];
  }
  EXPECT_NE(error_of([&] { store.runs(); }), "");
  EXPECT_NE(error_of([&] { store.run("d"); }), "");
  EXPECT_EQ(store.run("a").step, 2);
}

// Catches: a changed number that is taken for a measurement; a step at which loops over steps never end.
TEST_F(StoreSafetyTest, DamagedRecordsAreRefused) {
  Store store(path_);
  const auto damage = [&](const std::string& assignment) {
    fs::remove_all(path_ / "none");
    execute("DELETE FROM runs");
    add_run(store, "a");
    execute("UPDATE records SET " + assignment + " WHERE step = 2");
    return error_of([&] { store.records("a"); });
  };
  EXPECT_EQ(damage("step = step"), "");
  for (const char* assignment :
       {"train_loss = train_loss + 1e-12", "test_rows = 3", "norm = NULL", "objective = NULL",
        "objective = objective * 2", "step = 3", "checksum = checksum + 1", "tensor_norms = '[1,2,3]'",
        "step = 9223372036854775807, checksum = NULL", "step = -1, checksum = NULL",
        "tensor_norms = '{}', checksum = NULL", "tensor_norms = '[', checksum = NULL",
        "tensor_norms = replace(hex(zeroblob(150000)), '0', '['), checksum = NULL"}) {
    EXPECT_TRUE(has(damage(assignment), "damaged")) << assignment;
  }
  EXPECT_EQ(damage("checksum = NULL"), "") << "rows of older stores have none";
}

// Catches: lists of different lengths, which charts would walk together beyond the end of the shorter.
TEST_F(StoreSafetyTest, DamagedProbeResultsAreRefused) {
  Store store(path_);
  add_run(store, "a");
  ProbeResult good;
  good.step = 2;
  good.frequencies = FrequencyMetrics{};
  good.frequencies->names = {"1", "2"};
  good.frequencies->logit_fraction = {0.5, 0.5};
  good.frequencies->logit_keys = {1};
  good.neurons = NeuronMetrics{};
  good.neurons->count = 1;
  good.neurons->component_fraction = {0, 1};
  good.neurons->each = {{0.9, 1, 2.0}};
  good.neurons->threshold = 0.5;
  const auto refusal = [&](const std::string& text) {
    execute("UPDATE probes SET checksum = NULL, result = '" + text + "'");
    return error_of([&] { store.probes("a"); });
  };
  const auto changed = [&](const std::function<void(ProbeResult&)>& change) {
    ProbeResult result = good;
    change(result);
    return refusal(probe_result_to_json(result).dump());
  };
  store.add_probes("a", {good});
  EXPECT_EQ(store.probes("a").size(), 1u);
  EXPECT_EQ(changed([](ProbeResult&) {}), "");
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.frequencies->logit_fraction.push_back(1); }), "logit_fraction"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.frequencies->logit_fraction.pop_back(); }), "logit_fraction"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.frequencies->embedding_fraction = {1}; }), "embedding_fraction"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.frequencies->logit_keys = {2}; }), "logit_keys"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.frequencies->embedding_keys = {-1}; }), "embedding_keys"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.neurons->component_fraction.push_back(0); }), "component_fraction"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.neurons->each[0].component = 2; }), "component"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.neurons->each[0].component = -1; }), "periodic"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.neurons->count = 5; }), "neurons.each"));
  EXPECT_TRUE(has(changed([](ProbeResult& r) { r.step = INT64_MAX; }), "step"));
  for (const char* text : {"{", "[]", "7", "null", "{\"step\":2.5}", "{\"step\":1e300}", "{\"step\":\"2\"}",
                           "{\"step\":2,\"weights\":{\"a\":1}}", "{\"step\":2,\"sections\":[1]}"}) {
    EXPECT_NE(refusal(text), "") << text;
  }
  EXPECT_TRUE(has(refusal(std::string(300'000, '[') + std::string(300'000, ']')), "levels"));
  store.add_probes("a", {good});  // in the place of what cannot be read
  EXPECT_EQ(store.probes("a").size(), 1u);
}

// Catches: ids and folders that lead out of the store.
TEST_F(StoreSafetyTest, NothingLeadsOutOfTheStore) {
  Store store(path_);
  add_run(store, "a");
  const fs::path outside = directory_.path() / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "step-9.safetensors") << "precious";
  const auto expect_precious = [&] {
    EXPECT_EQ(fs::file_size(outside / "step-9.safetensors"), 8u);
    EXPECT_EQ(std::distance(fs::directory_iterator(outside), fs::directory_iterator()), 1);
  };
  for (const std::string& name : {outside.string(), std::string("../../outside"), std::string("..")}) {
    execute("UPDATE runs SET folder = '" + name + "'");
    EXPECT_NE(error_of([&] { store.sink("a", layout_); }), "") << name;
    EXPECT_NE(error_of([&] { store.checkpoints("a"); }), "") << name;
    execute("UPDATE runs SET folder = 'a', id = '" + name + "'");
    EXPECT_NE(error_of([&] { store.run(name); }), "") << name;
    execute("UPDATE runs SET id = 'a'");
    expect_precious();
  }
  fs::remove_all(path_ / "checkpoints" / "a");
  fs::create_directory_symlink(outside, path_ / "checkpoints" / "a");
  EXPECT_TRUE(has(error_of([&] { store.sink("a", layout_); }), "symbolic link"));
  EXPECT_TRUE(has(error_of([&] { store.load_checkpoint("a", 2, layout_); }), "symbolic link"));
  store.create_run("b", Config(), "machine", layout_, false);
  const auto sink = store.sink("b", layout_);
  fs::remove_all(path_ / "checkpoints");
  fs::create_directory_symlink(outside, path_ / "checkpoints");
  EXPECT_NE(error_of([&] { sink->on_checkpoint(sample_state(9, layout_, Precision::kFloat32, true), true); }), "");
  expect_precious();
  // A link in a state's place is replaced, not followed.
  fs::remove(path_ / "checkpoints");
  fs::create_directories(path_ / "checkpoints" / "b");
  fs::create_symlink(outside / "step-9.safetensors", path_ / "checkpoints" / "b" / "step-9.safetensors");
  sink->on_checkpoint(sample_state(9, layout_, Precision::kFloat32, true), true);
  expect_precious();
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path_ / "checkpoints" / "b" / "step-9.safetensors")));
}

// Catches: any bit of a state that changes unnoticed, those of blanks in the header alone excepted.
TEST_F(StoreSafetyTest, NoFlippedBitOfAStateGoesUnnoticed) {
  Store store(path_);
  add_run(store, "a");
  const fs::path file = store.checkpoints("a").at(1).file;
  std::string whole;
  {
    std::ifstream in(file, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  const TrainState state = sample_state(2, layout_, Precision::kFloat32, true);
  const auto read = [&] { return error_of([&] { expect_same(store.load_checkpoint("a", 2, layout_), state); }); };
  EXPECT_EQ(read(), "");
  int refused = 0;
  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << (byte % 8)));
    std::ofstream(file, std::ios::binary) << damaged;
    if (!read().empty()) ++refused;  // else expect_same has compared every bit
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()) - 16);
  std::ofstream(file, std::ios::binary) << whole;
  EXPECT_EQ(read(), "");
  // The state of another step in its place is whole, and wrong.
  fs::copy_file(store.checkpoints("a").at(0).file, file, fs::copy_options::overwrite_existing);
  EXPECT_TRUE(has(read(), "found that at step 1"));
}

// Catches: a lock of another program that ends a training, and states or records that it costs.
TEST_F(StoreSafetyTest, ALockDelaysNothingAndLosesNothing) {
  Store store(path_, 0.2);
  store.create_run("a", Config(), "machine", layout_, false);
  const auto sink = store.sink("a", layout_);
  sink->on_record(sample_record(0, layout_));
  sink->on_checkpoint(sample_state(0, layout_, Precision::kFloat32, true), true);
  Holder holder(path_);
  const auto start = std::chrono::steady_clock::now();
  ProbeResult probe;
  probe.step = 3;
  for (std::int64_t step = 1; step <= 6; ++step) {
    sink->on_record(sample_record(step, layout_));
    if (step == 3) sink->on_probe(probe);
    sink->on_checkpoint(sample_state(step, layout_, Precision::kFloat32, true), step % 3 == 0);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  EXPECT_EQ(store.records("a").size(), 1u);
  holder.release();
  sink->on_record(sample_record(7, layout_));
  sink->on_checkpoint(sample_state(7, layout_, Precision::kFloat32, true), false);
  const std::vector<Record> records = store.records("a");
  ASSERT_EQ(records.size(), 8u);
  for (std::int64_t step = 0; step < 8; ++step) {
    expect_same(records[static_cast<std::size_t>(step)], sample_record(step, layout_));
  }
  EXPECT_EQ(store.probes("a").size(), 1u);
  std::vector<std::int64_t> steps;
  for (const CheckpointInfo& info : store.checkpoints("a")) {
    steps.push_back(info.step);
    expect_same(store.load_checkpoint("a", info.step, layout_),
                sample_state(info.step, layout_, Precision::kFloat32, true));
  }
  EXPECT_EQ(steps, (std::vector<std::int64_t>{0, 3, 6, 7}));
  int files = 0;
  for (const auto& entry : fs::directory_iterator(path_ / "checkpoints" / "a")) {
    EXPECT_TRUE(entry.path().filename().string().starts_with("step-")) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4);
}

TEST_F(StoreSafetyTest, WhatALockKeptOutJoinsTheStoreLater) {
  std::optional<Holder> holder;  // longer than the sink, which tries once more at its end
  {
    Store store(path_, 0.1);
    store.create_run("a", Config(), "machine", layout_, false);
    const auto sink = store.sink("a", layout_);
    holder.emplace(path_);
    for (std::int64_t step = 1; step <= 4; ++step) {
      Record record = sample_record(step, layout_);
      record.norm = std::numeric_limits<double>::infinity();
      sink->on_record(record);
      sink->on_checkpoint(sample_state(step, layout_, Precision::kFloat32, true), false);
    }
    sink->on_record(sample_record(5, layout_));
    const std::string error = error_of([&] { sink->on_outcome({RunStatus::kFinished, 5, "", 1.0}); });
    EXPECT_TRUE(has(error, "locked")) << error;
    EXPECT_TRUE(has(error, "resumed")) << error;
  }
  holder.reset();
  Store store(path_);
  EXPECT_TRUE(store.records("a").empty());
  store.take_in_waiting("a");
  store.take_in_waiting("a");
  ASSERT_EQ(store.records("a").size(), 5u);
  EXPECT_EQ(store.records("a")[3].norm, std::numeric_limits<double>::infinity());
  expect_same(store.records("a")[4], sample_record(5, layout_));
  ASSERT_EQ(store.checkpoints("a").size(), 1u);
  expect_same(store.load_checkpoint("a", 4, layout_), sample_state(4, layout_, Precision::kFloat32, true));
  EXPECT_EQ(std::distance(fs::directory_iterator(path_ / "checkpoints" / "a"), fs::directory_iterator()), 2)
      << "the state and the run's own file";
}

// Catches: SQL of a store that others made, run by whoever writes into it. Mutation: without ENABLE_TRIGGER off.
TEST_F(StoreSafetyTest, TriggersOfAStoreStayUndone) {
  {
    Store store(path_);
    add_run(store, "a");
  }
  execute("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs WHERE id = 'a'; END");
  Store store(path_);
  add_run(store, "b");
  EXPECT_TRUE(store.contains("a") && store.contains("b"));
}

// Catches: a store on a disc or in an archive that nobody can look into; one that is read without its newest part.
TEST_F(StoreSafetyTest, AStoreThatCannotBeWrittenIsRead) {
  {
    Store store(path_);
    add_run(store, "a");
  }
  const auto look = [&]() -> int {
    Store store(path_);
    if (!store.is_read_only() || store.runs().size() != 1 || store.records("a").size() != 2) return 1;
    expect_same(store.load_checkpoint("a", 2, layout_), sample_state(2, layout_, Precision::kFloat32, true));
    const std::string error = error_of([&] { store.create_run("b", Config(), "machine", layout_, false); });
    return has(error, "can only be read") && !HasFailure() ? 0 : 2;
  };
  const auto mounted = [&](const std::function<int()>& body) {
    return in_child([&] {
      if (::unshare(CLONE_NEWNS) != 0) return kMountNotPossible;
      if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kMountNotPossible;
      if (::mount(path_.c_str(), path_.c_str(), nullptr, MS_BIND, nullptr) != 0) return kMountNotPossible;
      if (::mount("none", path_.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) {
        return kMountNotPossible;
      }
      return body();
    });
  };
  const int code = mounted(look);
  if (code == kMountNotPossible) GTEST_SKIP() << "no permission to mount a folder for reading only";
  EXPECT_EQ(code, 0);
  // With a write-ahead log that holds everything, as a killed process leaves it.
  fs::remove_all(path_);
  EXPECT_EQ(in_child([&]() -> int {
              Store store(path_);
              add_run(store, "a");
              ::_exit(0);
            }),
            0);
  ASSERT_GT(fs::file_size(path_ / "groklab.sqlite-wal"), 0u);
  fs::remove(path_ / "groklab.sqlite-shm");
  EXPECT_EQ(mounted(look), 0);
  // And of an older version.
  execute(
      "ALTER TABLE records DROP COLUMN objective; ALTER TABLE records DROP COLUMN checksum; ALTER TABLE probes DROP "
      "COLUMN checksum; DROP VIEW runs_view; DROP TABLE annotations; DROP TABLE tags;"
      "ALTER TABLE runs DROP COLUMN instruction_set; ALTER TABLE runs DROP COLUMN folder;"
      "ALTER TABLE runs DROP COLUMN replaces; ALTER TABLE runs DROP COLUMN checksum; PRAGMA user_version = 3");
  EXPECT_EQ(mounted(look), 0);
}

}  // namespace
}  // namespace groklab
