// The whole program on tiny runs: what users type, what they see, exit codes, and that nothing is ever lost.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "program.h"

namespace groklab {
namespace {

using Words = std::vector<std::string>;

/// A network of some thousand parameters on 49 rows.
constexpr const char* kTiny = R"(
[task]
modulus = 7
[split]
train_fraction = 0.6
[model]
d_model = 16
n_heads = 2
d_mlp = 32
[train]
steps = 300
evaluate_every = 50
evaluate_per_decade = 5
checkpoint_every = 100
)";

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Cli : testing::Test {
  void SetUp() override { place.write("tiny.toml", kTiny); }

  ProgramResult succeed(const Words& words) {
    ProgramResult result = place.run(words);
    EXPECT_EQ(result.code, 0) << words[0] << ": " << result.err;
    return result;
  }
  /// Exit code 2, one line on standard error that starts with the program's name and contains `part`.
  void refuse(const Words& words, const std::string& part) {
    std::string shown;
    for (const std::string& word : words) shown += " " + word;
    const ProgramResult result = place.run(words);
    EXPECT_EQ(result.code, 2) << shown << ": " << result.err;
    EXPECT_EQ(lines_of(result.err).size(), 1u) << shown << ": " << result.err;
    EXPECT_EQ(result.err.rfind("groklab: ", 0), 0u) << shown << ": " << result.err;
    EXPECT_TRUE(has(result.err, part)) << shown << ": expected '" << part << "' in: " << result.err;
    EXPECT_EQ(result.out, "") << shown;
  }
  /// Hash of the weights of the last checkpoint, and the records without their times.
  std::string weights(const std::string& run, const Words& more = {}) {
    succeed(Words{"export", run, "--format", "safetensors", "-o", "weights.safetensors"} + more);
    const std::string bytes = place.read("weights.safetensors");
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    return std::to_string(std::hash<std::string>{}(bytes.substr(8 + header)));
  }
  nlohmann::json records(const std::string& run, const Words& more = {}) {
    auto json = nlohmann::json::parse(succeed(Words{"export", run, "--format", "json"} + more).out);
    for (auto& record : json["records"]) record.erase("seconds");
    return json["records"];
  }
  std::string last_run() {
    return nlohmann::json::parse(succeed({"show", "last", "--json"}).out)["id"].get<std::string>();
  }

  Workplace place;
};

TEST_F(Cli, VersionHelpAndConfig) {
  const std::string version = succeed({"--version"}).out;
  EXPECT_TRUE(has(version, "groklab 0.")) << version;
  EXPECT_TRUE(has(version, "instruction set")) << version;
  EXPECT_TRUE(has(succeed({"--help"}).out, "130"));  // exit codes
  EXPECT_EQ(place.run({}).out, succeed({"--help"}).out);
  EXPECT_EQ(succeed({"help", "train"}).out, succeed({"train", "--help"}).out);
  EXPECT_TRUE(has(succeed({"config"}).out, "optim.weight_decay"));
  EXPECT_TRUE(has(succeed({"config", "--markdown"}).out, "| "));
  EXPECT_GT(nlohmann::json::parse(succeed({"config", "--json"}).out).size(), 30u);
  // The example is a config: it names the run that the defaults name.
  place.write("example.toml", succeed({"config", "--example"}).out);
  refuse({"train", "example.toml", "--set", "train.steps=-1"}, "train.steps");
}

TEST_F(Cli, BadInputGetsOneLineAndExitCode2) {
  refuse({"trian"}, "'train'");
  refuse({"train", "--sett", "a=b"}, "not expected: --sett, did you mean --set?");
  refuse({"train", "--steps", "100"}, "not expected: --steps; keys are set with --set train.steps=100");
  refuse({"train", "--lr", "0.1", "--quiet"}, "--set optim.learning_rate=0.1");
  refuse({"train", "seed=3"}, "keys are set with --set seed=3");
  refuse({"runs", "--columns", "weight_decy"}, "did you mean 'optim.weight_decay'?");
  refuse({"help", "trian"}, "'train'");
  refuse({"train", "--threads", "0"}, "threads");
  refuse({"train", "missing.toml"}, "missing.toml");
  refuse({"train", "--set", "optim.weight_decai=1"}, "optim.weight_decay");
  refuse({"train", "--set", "optim.weight_decay"}, "optim.weight_decay");
  refuse({"train", "--set", "optim.learning_rate=-1"}, "optim.learning_rate");
  refuse({"train", "--set", "optim.kind=adamm"}, "adam");
  refuse({"train", "--set", "task.operation=divide", "--set", "task.modulus=112"}, "prime");
  refuse({"train", "--set", "model.d_model=130"}, "model.d_model");
  refuse({"train", "--set", "model.d_model=128", "--set", "model.d_head=30"}, "model.d_model");
  refuse({"train", "--set", "split.train_fraction=0"}, "split.train_fraction");
  refuse({"train", "--set", "split.train_size=99999"}, "99999");
  refuse({"train", "tiny.toml", "--set", "train.chunks=30"}, "train.chunks = 30: expected at most the 29 rows");
  refuse({"train", "tiny.toml", "--set", "fork.run=0123456789ab"}, "store");
  EXPECT_FALSE(std::filesystem::exists(place.path() / "groklab-store"));  // no refused run leaves a store behind
  refuse({"show", "last"}, "store");
  refuse({"runs", "--store", "nowhere"}, "nowhere");
  EXPECT_FALSE(std::filesystem::exists(place.path() / "nowhere"));

  place.write("broken.toml", "[train\nsteps = 3\n");
  refuse({"train", "broken.toml"}, "broken.toml");
  const Words table = {"train", "--set", "task.operation=table", "--set", "task.table=table.csv"};
  refuse(table, "task.table: expected a readable file");
  place.write("table.csv", "0,1\n1\n");
  refuse(table, "table.csv");
  place.write("table.csv", "0,1,2\n1,2,0\n");
  refuse(table, "table.csv");
  place.write("table.csv", "0,1\n1,2\n");
  refuse(table, "table.csv");
  const Words rows = {"train", "tiny.toml", "--set", "split.method=file", "--set", "split.file=rows.txt"};
  place.write("rows.txt", "1\n2\n49\n");
  refuse(rows, "49");
  place.write("rows.txt", "1\n2\n2\n");
  refuse(rows, "rows.txt");
}

TEST_F(Cli, TrainStoresShowsAndForces) {
  const ProgramResult first = succeed({"train", "tiny.toml", "--threads", "1"});
  EXPECT_TRUE(has(first.out, "finished after 300 steps")) << first.out;
  EXPECT_TRUE(has(first.out, "groklab report ")) << first.out;
  EXPECT_TRUE(has(first.err, "step 300 of 300")) << first.err;
  EXPECT_FALSE(has(first.err, "\r")) << "no cursor movement in a file";
  const std::string id = last_run();
  EXPECT_EQ(id.size(), 12u);
  const auto stored = records(id);
  EXPECT_EQ(stored.front()["step"], 0);
  EXPECT_EQ(stored.back()["step"], 300);

  const ProgramResult again = succeed({"train", "tiny.toml"});
  EXPECT_TRUE(has(again.out, "--force")) << again.out;
  EXPECT_TRUE(has(again.out, "finished after 300 steps")) << again.out;
  EXPECT_EQ(again.err, "");
  // The same run by other means: the order and spelling of keys do not matter.
  EXPECT_TRUE(has(succeed({"train", "tiny.toml", "--set", "model.d_head=8"}).out, id));
  EXPECT_TRUE(has(succeed({"resume", id.substr(0, 6)}).out, id));

  const std::string before = weights(id);
  EXPECT_FALSE(has(succeed({"train", "tiny.toml", "--force"}).out, "already"));
  EXPECT_EQ(weights(id), before);
  EXPECT_EQ(records(id), stored);

  const ProgramResult quiet = succeed({"train", "tiny.toml", "--force", "--quiet"});
  EXPECT_EQ(quiet.out + quiet.err, "");
  const ProgramResult json = succeed({"train", "tiny.toml", "--force", "--json"});
  EXPECT_EQ(json.err, "");
  const auto lines = lines_of(json.out);
  ASSERT_EQ(lines.size(), stored.size() + 3);
  EXPECT_EQ(nlohmann::json::parse(lines.front())["event"], "start");
  EXPECT_EQ(nlohmann::json::parse(lines[1])["event"], "note");  // the old result stays until the new one is there
  EXPECT_EQ(nlohmann::json::parse(lines[2])["event"], "record");
  EXPECT_EQ(nlohmann::json::parse(lines.back())["event"], "outcome");
  EXPECT_EQ(nlohmann::json::parse(lines.back())["status"], "finished");
}

TEST_F(Cli, ThreadsDoNotChangeTheBits) {
  std::string first;
  nlohmann::json first_records;
  for (const char* threads : {"1", "2", "5"}) {
    succeed({"train", "tiny.toml", "--force", "--quiet", "--threads", threads});
    const std::string id = last_run();
    if (first.empty()) {
      first = weights(id);
      first_records = records(id);
    }
    EXPECT_EQ(weights(id), first) << threads;
    EXPECT_EQ(records(id), first_records) << threads;
  }
  succeed({"train", "tiny.toml", "--quiet", "--set", "seed=1"});
  EXPECT_NE(weights("last"), first);  // the comparison can fail
}

// 518 rows. Catches: a remark on threads that all have work, and none on one that has not.
TEST_F(Cli, ThreadsWithoutWorkAreNamed) {
  const Words train = Words{"train", "tiny.toml", "--force", "--set", "train.steps=1", "--set", "task.modulus=23"} +
                      Words{"--set", "split.train_fraction=0.98"};
  const std::string note = "2 threads, but only 1 can work on a step";
  EXPECT_TRUE(has(succeed(train + Words{"--threads", "2", "--set", "train.chunks=1"}).err, note));
  EXPECT_FALSE(has(succeed(train + Words{"--threads", "1", "--set", "train.chunks=1"}).err, "threads, but"));
  EXPECT_FALSE(has(succeed(train + Words{"--threads", "2"}).err, "threads, but"));
  const auto events = lines_of(succeed(train + Words{"--threads", "2", "--set", "train.chunks=1", "--json"}).out);
  EXPECT_EQ(nlohmann::json::parse(events.at(0))["event"], "start");
  EXPECT_EQ(nlohmann::json::parse(events.at(1))["event"], "note");
  EXPECT_TRUE(has(events.at(2), note)) << events.at(2);  // behind the one on the run that is replaced
}

TEST_F(Cli, KilledAndResumedIsTheSameRun) {
  const Words train = {"train",
                       "tiny.toml",
                       "--quiet",
                       "--threads",
                       "1",
                       "--set",
                       "train.steps=20000",
                       "--set",
                       "train.checkpoint_every=500"};
  const ProgramResult whole = place.run(train + Words{"--store", "whole"});
  ASSERT_EQ(whole.code, 0) << whole.err;
  const Words at_whole = {"--store", "whole"};
  const auto expected = nlohmann::json::parse(succeed(Words{"show", "last", "--json"} + at_whole).out);
  const std::string id = expected["id"];
  const double seconds = expected["seconds"];

  int kills = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    // Moments that differ between attempts and are nowhere near a checkpoint on purpose or by design.
    const double moment = seconds * (0.1 + 0.07 * attempt) * (attempt % 3 == 0 ? 0.6 : 1.0) + 0.003 * attempt;
    const ProgramResult part = place.run_and_signal(train, SIGKILL, moment);
    if (part.signal != SIGKILL) {
      EXPECT_EQ(part.code, 0) << part.err;
      break;
    }
    ++kills;
    // On a busy machine the first kill may come before the program has made a store.
    if (std::filesystem::exists(place.path() / "groklab-store" / "groklab.sqlite")) succeed({"runs"});
  }
  succeed(train);
  EXPECT_GE(kills, 2);
  EXPECT_EQ(weights(id), weights(id, at_whole));
  EXPECT_EQ(records(id), records(id, at_whole));
}

TEST_F(Cli, InterruptSavesAndSaysHowToGoOn) {
  const Words train = {"train", "tiny.toml", "--threads", "1", "--set", "train.steps=1000000"};
  for (const int signal : {SIGINT, SIGTERM}) {
    const ProgramResult result = place.run_and_signal(train, signal, 0.7);
    ASSERT_EQ(result.code, 130) << result.err;
    const std::string line = lines_of(result.err).back();
    EXPECT_TRUE(has(line, "interrupted at step ")) << line;
    EXPECT_TRUE(has(line, "go on with: groklab resume ")) << line;
  }
  const auto shown = nlohmann::json::parse(succeed({"show", "last", "--json"}).out);
  EXPECT_EQ(shown["status"], "interrupted");
  EXPECT_GT(shown["step"], 0);
  EXPECT_EQ(shown["checkpoints"].back()["step"], shown["step"]);
}

TEST_F(Cli, OneRequestThatComesTwiceIsNotAnImpatientOne) {
  // timeout(1), batch systems and closing terminals signal the process, and then its group.
  const Words train = {"train", "tiny.toml", "--threads", "1", "--set", "train.steps=1000000"};
  const ProgramResult result = place.run_and_signal(train, SIGTERM, 0.7, 5);
  ASSERT_EQ(result.code, 130) << result.err;
  EXPECT_TRUE(has(lines_of(result.err).back(), "checkpoint saved")) << result.err;
}

TEST_F(Cli, TwoProcessesDoNotTrainOneRun) {
  const Words train = {"train", "tiny.toml", "--quiet", "--threads", "1", "--set", "train.steps=1000000"};
  Workplace other;
  other.write("tiny.toml", kTiny);
  const std::string store = (place.path() / "store").string();
  const pid_t child = fork();
  if (child == 0) {
    other.run_and_signal(train + Words{"--store", store}, SIGKILL, 3);
    _exit(0);
  }
  for (int i = 0; i < 200 && !std::filesystem::exists(store + "/locks"); ++i) usleep(10000);
  usleep(200000);
  refuse(train + Words{"--store", store}, "another process");
  int status = 0;
  waitpid(child, &status, 0);
}

TEST_F(Cli, DivergedRunsSayWhere) {
  const Words train = {"train", "tiny.toml", "--set", "optim.learning_rate=1e30", "--quiet"};
  refuse(train, "diverged at step ");
  const auto shown = nlohmann::json::parse(succeed({"show", "last", "--json"}).out);
  EXPECT_EQ(shown["status"], "diverged");
  EXPECT_GT(shown["step"], 0);
  refuse(train, "diverged at step ");  // from the store
}

TEST_F(Cli, FullDiskStopsTheRunAndLosesNothing) {
  const Words train = {"train", "tiny.toml", "--quiet", "--set", "train.steps=3000"};
  succeed({"train", "tiny.toml", "--quiet"});  // the store exists
  const std::string kept = weights(last_run());
  const ProgramResult full = place.run(train, 30000);
  EXPECT_EQ(full.code, 2) << full.err;
  EXPECT_EQ(lines_of(full.err).size(), 1u) << full.err;
  EXPECT_EQ(full.err.rfind("groklab: ", 0), 0u) << full.err;
  succeed({"runs"});
  succeed(train);  // space again: it goes on, or starts again
  EXPECT_EQ(nlohmann::json::parse(succeed({"show", "last", "--json"}).out)["status"], "finished");
  succeed({"train", "tiny.toml"});
}

TEST_F(Cli, NewerStoreIsRefused) {
  succeed({"train", "tiny.toml", "--quiet"});
  for (const auto& entry : std::filesystem::directory_iterator(place.path() / "groklab-store")) {
    const std::string name = "groklab-store/" + entry.path().filename().string();
    if (!entry.is_regular_file()) continue;
    std::string bytes = place.read(name);
    if (bytes.rfind("SQLite format 3", 0) != 0) continue;
    bytes[62] = '\x7f';  // user_version, big-endian at 60
    place.write(name, bytes);
  }
  refuse({"runs"}, "schema");
}

TEST_F(Cli, ForkStartsWhereTheParentWas) {
  succeed({"train", "tiny.toml", "--quiet"});
  const std::string parent = last_run();
  succeed({"fork", parent, "--at", "200", "--quiet", "--set", "split.train_size=12", "--set", "train.steps=50"});
  const std::string child = last_run();
  EXPECT_NE(child, parent);
  const auto parent_records = records(parent);
  const auto at_200 = *std::find_if(parent_records.begin(), parent_records.end(),
                                    [](const auto& record) { return record["step"] == 200; });
  const auto start = records(child)[0];
  EXPECT_EQ(start["step"], 0);
  EXPECT_EQ(start["norm"], at_200["norm"]);
  EXPECT_EQ(start["train"]["rows"], 12);
  EXPECT_EQ(start["removed"]["rows"].get<int>(), at_200["train"]["rows"].get<int>() - 12);
  EXPECT_EQ(start["never_seen"]["rows"], at_200["test"]["rows"]);

  // An unchanged fork goes on as its parent did, moments and all; from a step that is not stored, too.
  for (const char* at : {"200", "150"}) {
    const ProgramResult fork =
        succeed({"fork", parent, "--at", at, "--set", "train.steps=" + std::to_string(300 - std::stoi(at))});
    EXPECT_EQ(has(fork.err, "computing it again"), std::string(at) == "150") << fork.err;
    EXPECT_EQ(weights("last"), weights(parent)) << at;
  }
  succeed({"fork", parent, "--at", "200", "--quiet", "--set", "train.steps=100", "--set", "fork.reset_optimizer=true"});
  EXPECT_NE(weights("last"), weights(parent));
  succeed({"fork", parent, "--quiet", "--set", "train.steps=10", "--set", "train.precision=float64"});
  succeed({"fork", child, "--at", "25", "--quiet", "--set", "train.steps=10"});  // a fork of a fork

  refuse({"fork", parent, "--at", "301"}, "301");
  refuse({"fork", parent, "--at", "soon"}, "soon");
  refuse({"fork", parent, "--set", "model.d_model=32", "--set", "model.d_head=16"}, "shape");
  refuse({"fork", parent, "--set", "task.modulus=5"}, "rows");
  refuse({"fork", "ffffffffffff"}, "ffffffffffff");
}

// From the state whose shares of both circuits are those asked for.
TEST_F(Cli, ForkStartsWhereTheCircuitsAreInBalance) {
  succeed({"train", "tiny.toml", "--quiet", "--set", "task.modulus=11", "--set", "split.train_size=96", "--set",
           "train.steps=600", "--set", "optim.learning_rate=5e-3", "--set", "train.checkpoint_every=100"});
  const std::string parent = last_run();
  int balanced = 0;
  for (const auto& record : records(parent)) {
    const double test = record["test"]["correct_logit_centred"], train = record["train"]["correct_logit_centred"];
    const std::int64_t step = record["step"];
    if (step % 100 != 0 || step == 0 || !(test > 0 && train > test)) continue;
    const std::string at = "balance=" + std::to_string(test / (train - test));
    const ProgramResult fork = succeed({"fork", parent, "--at", at, "--set", "train.steps=1"});
    EXPECT_TRUE(has(fork.err, "at step " + std::to_string(step) + ", where G / M is")) << at << fork.err;
    ++balanced;
  }
  EXPECT_GT(balanced, 0) << "it must have a state with both circuits";
  refuse({"fork", parent, "--at", "balance=1e9"}, "within a factor 1.5");
  refuse({"fork", parent, "--at", "balance=0"}, "above 0");
}

TEST_F(Cli, AFinishedRunKeepsNoResumePoint) {
  const Words train = {"train", "tiny.toml", "--threads", "1", "--set", "train.checkpoint_every=0"};
  const Words longer = train + Words{"--set", "train.steps=100000"};
  ASSERT_EQ(place.run_and_signal(longer, SIGINT, 0.4).code, 130);
  succeed({"resume", "last", "--quiet"});
  const auto checkpoints = nlohmann::json::parse(succeed({"show", "last", "--json"}).out)["checkpoints"];
  ASSERT_EQ(checkpoints.size(), 1u) << checkpoints;
  EXPECT_EQ(checkpoints[0]["step"], 100000);
}

TEST_F(Cli, ARunOutlivesTheFilesItWasMadeFrom) {
  place.write("table.csv", "0,1,2\n1,2,0\n2,0,1\n");
  place.write("rows.txt", "0 1 2 3 5\n");
  place.write("own.toml",
              "[task]\noperation = 'table'\ntable = 'table.csv'\n[split]\nmethod = 'file'\nfile = 'rows.txt'\n"
              "[model]\nd_model = 16\n[train]\nsteps = 50\n");
  succeed({"train", "own.toml", "--quiet"});
  const std::string id = last_run(), before = succeed({"eval", id}).out;
  place.write("table.csv", "2,1,0\n1,2,0\n2,0,1\n");
  std::filesystem::remove(place.path() / "rows.txt");
  std::filesystem::rename(place.path() / "groklab-store", place.path() / "moved");
  const Words moved = {"--store", "moved"};
  EXPECT_EQ(succeed(Words{"eval", id} + moved).out, before);
  succeed(Words{"report", id, "-o", "page.html"} + moved);
  succeed(Words{"fork", id, "--quiet", "--set", "train.steps=10"} + moved);
  succeed(Words{"resume", id, "--quiet"} + moved);
  // With no copy either, the message names the key and the file.
  std::filesystem::remove_all(place.path() / "moved/inputs");
  refuse(Words{"eval", id} + moved, "table.csv has changed");
  place.write("table.csv", "0,1,2\n1,2,0\n2,0,1\n");
  refuse(Words{"eval", id} + moved, "rows.txt");
}

TEST_F(Cli, StopsWhenGrokked) {
  const Words train = {
      "train", "tiny.toml", "--set", "train.stop_test_accuracy=0.001", "--set", "train.stop_held_evaluations=2"};
  const ProgramResult result = succeed(train);
  EXPECT_TRUE(has(result.out, "stopped after")) << result.out;
  EXPECT_TRUE(has(result.out, "because test accuracy")) << result.out;
}

TEST_F(Cli, ListsShowsAndExports) {
  succeed({"train", "tiny.toml", "--quiet"});
  const std::string first = last_run();
  succeed({"train", "tiny.toml", "--quiet", "--set", "seed=3"});
  const std::string table = succeed({"runs"}).out;
  EXPECT_EQ(lines_of(table).size(), 3u) << table;
  EXPECT_TRUE(has(table, first)) << table;
  EXPECT_EQ(lines_of(succeed({"runs", "--where", "status = 'finished' AND seed = 3"}).out).size(), 2u);
  EXPECT_EQ(succeed({"runs", "--where", "status = 'failed'"}).out, "no runs\n");
  refuse({"runs", "--where", "no_such_column = 3"}, "no_such_column");
  EXPECT_EQ(nlohmann::json::parse(succeed({"runs", "--json"}).out).size(), 2u);

  const std::string shown = succeed({"show", first}).out;
  for (const char* part : {"finished at step 300", "model.d_model", "T_fit", "test accuracy", "checkpoints: "}) {
    EXPECT_TRUE(has(shown, part)) << part << " in\n" << shown;
  }
  EXPECT_FALSE(has(shown, "learning_rate")) << "a default is not shown\n" << shown;

  const std::string csv = succeed({"export", first, "--format", "csv"}).out;
  EXPECT_EQ(lines_of(csv).size(), records(first).size() + 1);
  EXPECT_EQ(csv.rfind("step,", 0), 0u);
  succeed({"export", first, "--format", "npz"});
  EXPECT_TRUE(std::filesystem::exists(place.path() / ("groklab-" + first + ".npz")));
  EXPECT_NE(weights(first, {"--at", "100"}), weights(first));
  refuse({"export", first, "--format", "xml"}, "xml");
  refuse({"export", first, "--format", "safetensors", "--at", "123"}, "123");
  refuse({"show", "zzz"}, "zzz");
}

TEST_F(Cli, ReportIsOnePage) {
  succeed({"train", "tiny.toml", "--quiet"});
  succeed({"report", "last", "-o", "page.html"});
  const std::string page = place.read("page.html");
  EXPECT_TRUE(has(page, "<html")) << page.substr(0, 200);
  EXPECT_TRUE(has(page, last_run()));
  refuse({"report", "last", "--slice", "7", "-o", "page.html"}, "--slice: expected 0..6");
  refuse({"report", "last", "--slice", "-1", "-o", "page.html"}, "--slice: expected 0..6");
}

TEST_F(Cli, LookingMakesNoStore) {
  std::filesystem::create_directory(place.path() / "empty");
  refuse({"runs", "--store", "empty"}, "no groklab.sqlite");
  refuse({"probe", "last", "--store", "empty"}, "no groklab.sqlite");
  EXPECT_TRUE(std::filesystem::is_empty(place.path() / "empty"));
}

TEST_F(Cli, RunsTellWhenTheyFittedAndGeneralised) {
  succeed({"train", "tiny.toml", "--quiet"});
  succeed({"train", "tiny.toml", "--quiet", "--set", "train.steps=1"});  // fits nothing: censored at its end
  const std::vector<std::string> lines = lines_of(succeed({"runs", "--times"}).out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_TRUE(has(lines[0], "T_GROK")) << lines[0];
  EXPECT_TRUE(has(lines[3], "Kaplan-Meier")) << lines[3];
  const auto runs = nlohmann::json::parse(succeed({"runs", "--times", "--json"}).out);
  EXPECT_TRUE(runs[0]["t_fit"].is_null());
  EXPECT_EQ(runs[1]["t_fit"], nlohmann::json::parse(succeed({"show", runs[1]["id"], "--json"}).out)["t_fit"]);
  EXPECT_FALSE(has(succeed({"runs"}).out, "Kaplan-Meier"));
  EXPECT_TRUE(has(lines[0], "STEPS")) << "the key that differs: " << lines[0];
}

// Catches: a table that wraps; a key that all runs share, or that follows from another, shown as if it had been varied.
TEST_F(Cli, RunsShowWhatDiffersInEightyColumns) {
  for (const char* seed : {"seed=0", "seed=1", "seed=12"}) {
    for (const char* decay : {"optim.weight_decay=0.5", "optim.weight_decay=1.5"}) {
      succeed({"train", "tiny.toml", "--quiet", "--set", seed, "--set", decay});
    }
  }
  const std::vector<std::string> lines = lines_of(succeed({"runs"}).out);
  ASSERT_EQ(lines.size(), 7u);
  for (const char* part : {"SEED", "WEIGHT DECAY", "T_GROK"}) EXPECT_TRUE(has(lines[0], part)) << lines[0];
  EXPECT_FALSE(has(lines[0], "MODULUS")) << lines[0];
  EXPECT_EQ(lines[0].find("SEED"), lines[0].rfind("SEED")) << "split.seed follows from seed: " << lines[0];
  for (const std::string& line : lines) EXPECT_LE(line.size(), 80u) << line;

  const Words columns = {"runs", "--columns", "seed,optim.weight_decay,t_grok", "--sort", "seed"};
  const std::vector<std::string> csv = lines_of(succeed(columns + Words{"--csv"}).out);
  ASSERT_EQ(csv.size(), 7u);
  EXPECT_EQ(csv[0], "seed,optim.weight_decay,t_grok");
  EXPECT_EQ(csv[1].rfind("0,", 0), 0u) << csv[1];
  EXPECT_EQ(csv[6].rfind("12,", 0), 0u) << "numbers by size: " << csv[6];
  EXPECT_EQ(lines_of(succeed(columns + Words{"--csv", "--reverse"}).out)[1].rfind("12,", 0), 0u);
  EXPECT_EQ(lines_of(succeed(columns).out).size(), 7u);
  refuse({"runs", "--sort", "t_gork"}, "did you mean 't_grok'");
  refuse({"runs", "--columns", "id,optim.weight_dekay"}, "did you mean 'optim.weight_decay'");
  refuse({"runs", "--csv", "--json"}, "--csv");
}

// A fork on few rows loses what its parent had: T_ungrok is told wherever T_grok is, by the run's own thresholds.
TEST_F(Cli, ForksTellWhenTheyLostWhatTheyHad) {
  const Words events = {"--set", "events.accuracy=0.6"};
  succeed(Words{"train", "tiny.toml", "--quiet", "--set", "train.steps=800", "--set", "split.train_fraction=0.9"} +
          events);
  const std::string parent = last_run();
  const Words fork = {"fork", parent, "--set", "split.train_size=4", "--set", "train.steps=600"};
  const std::string told = succeed(fork).out;
  const auto shown = nlohmann::json::parse(succeed({"show", "last", "--json"}).out);
  ASSERT_TRUE(shown["t_grok"].is_number()) << told;
  ASSERT_TRUE(shown["t_ungrok"].is_number()) << told;
  EXPECT_GT(shown["t_ungrok"], shown["t_grok"]);
  EXPECT_TRUE(has(told, "T_ungrok ")) << told;
  EXPECT_TRUE(has(told, "accuracy >= 60% held")) << told;
  EXPECT_TRUE(has(succeed({"runs"}).out, "T_UNGROK"));
}

TEST_F(Cli, ProbesLookInsideRunsAndFiles) {
  const Words probing = {"--set", "train.probe_every=3"};
  succeed(Words{"train", "tiny.toml", "--quiet"} + probing);
  const auto of_run = nlohmann::json::parse(succeed({"probe", "last", "--json"}).out);
  ASSERT_EQ(of_run["results"].size(), 1u);
  const auto& result = of_run["results"][0];
  EXPECT_EQ(result["step"], 300);
  EXPECT_EQ(result["neurons"]["each"].size(), 32u);
  EXPECT_EQ(result["ablations"].size(), 84u);
  for (const char* probe : {"circuits", "balance", "frequencies", "weights", "geometry", "subnetwork"}) {
    EXPECT_TRUE(result.contains(probe)) << probe;
  }
  // The same weights from a file, with their configuration in it, say the same.
  succeed({"export", "last", "--format", "safetensors", "-o", "weights.safetensors"});
  const auto of_file = nlohmann::json::parse(succeed({"probe", "weights.safetensors", "--json"}).out);
  EXPECT_EQ(of_file["results"], of_run["results"]);
  EXPECT_TRUE(has(succeed({"probe", "last"}).out, "fraction of the logits that respects the symmetry"));
  // The page draws what was read in training; checkpoints add to it.
  succeed({"report", "last", "-o", "page.html"});
  for (const char* chart :
       {"inside-balance", "inside-ratio", "inside-logits", "inside-reallocation", "inside-spectrum-logits",
        "inside-keys", "inside-neuron-periodicity", "inside-reordered", "inside-ablation-test"}) {
    EXPECT_TRUE(has(place.read("page.html"), std::string("id=\"") + chart)) << chart;
  }
  const auto all =
      nlohmann::json::parse(succeed({"probe", "last", "--at", "all", "--probes", "circuits", "--json"}).out)["results"];
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0]["step"], 100);
  EXPECT_FALSE(all[0].contains("neurons"));

  refuse({"probe", "last", "--probes", "circuit"}, "did you mean circuits?");
  refuse({"probe", "last", "--at", "5000"}, "5000");
  refuse({"probe", "missing.safetensors"}, "missing.safetensors");
  refuse({"train", "--set", "train.probes=neuron"}, "train.probes");
  refuse({"train", "--set", "train.probe_every=1", "--set", "task.modulus=401", "--set", "train.steps=0", "--quiet"},
         "64000000 logits");
}

TEST_F(Cli, ProbingChangesNoBitOfTheRun) {
  succeed({"train", "tiny.toml", "--quiet"});
  const std::string plain = weights("last");
  const auto plain_records = records("last");
  succeed({"train", "tiny.toml", "--quiet", "--set", "train.probe_every=2", "--set", "train.probes=all"});
  EXPECT_EQ(weights("last"), plain);
  EXPECT_EQ(records("last"), plain_records);
}

TEST_F(Cli, ProbesLeaveOutWhatATaskDoesNotHave) {
  succeed({"train", "tiny.toml", "--quiet", "--set", "task.operation=cubic", "--set", "train.probe_every=5"});
  auto result = nlohmann::json::parse(succeed({"probe", "last", "--json"}).out)["results"][0];
  EXPECT_FALSE(result.contains("circuits")) << "no symmetry of x^3 + x y is known";
  EXPECT_TRUE(result["frequencies"].contains("embedding_fraction"));
  EXPECT_FALSE(result["frequencies"].contains("logit_fraction"));
  succeed({"report", "last", "-o", "page.html"});
  succeed({"train", "tiny.toml", "--quiet", "--set", "task.operation=parity", "--set", "model.architecture=mlp",
           "--set", "train.probe_every=5"});
  result = nlohmann::json::parse(succeed({"probe", "last", "--json"}).out)["results"][0];
  EXPECT_FALSE(result.contains("frequencies"));
  EXPECT_TRUE(result.contains("subnetwork"));
  succeed({"report", "last", "-o", "page.html"});
  succeed({"train", "tiny.toml", "--quiet", "--set", "task.operation=group_conjugate", "--set", "task.group_degree=4",
           "--set", "train.probe_every=5", "--set", "train.steps=50"});
  result = nlohmann::json::parse(succeed({"probe", "last", "--json"}).out)["results"][0];
  EXPECT_EQ(result["frequencies"]["names"].size(), 4u);
  succeed({"train", "tiny.toml", "--quiet", "--set", "model.d_vocab_out=9", "--set", "train.steps=50"});
  result = nlohmann::json::parse(succeed({"probe", "last", "--json"}).out)["results"][0];
  EXPECT_TRUE(result["circuits"]["invariant_fraction"].is_number()) << "logits that are no class are left out";
  EXPECT_TRUE(result["frequencies"].contains("logit_fraction"));
}

TEST_F(Cli, EvalNeedsNothingButTheExportedFile) {
  // Each has something that shapes do not say.
  const std::vector<Words> kinds = {
      {"--set", "model.architecture=mlp", "--set", "model.combination=sum", "--set", "model.n_layers=2"},
      {"--set", "model.activation=gelu", "--set", "model.tied_embeddings=true", "--set", "model.layer_norm=post"},
      {"--set", "task.labels=corrupted", "--set", "task.corrupted_fraction=0.2", "--set", "seed=3"},
      {"--set", "split.method=torch_randperm", "--set", "split.train_size=30", "--set", "loss.kind=mean_squared",
       "--set", "optim.batch_size=25"},
  };
  for (const Words& kind : kinds) {
    succeed(Words{"train", "tiny.toml", "--quiet", "--set", "train.steps=20"} + kind);
    weights("last");
    EXPECT_EQ(succeed({"eval", "--weights", "weights.safetensors"}).out, succeed({"eval", "last"}).out) << kind[1];
  }
  const auto half = Words{"--json", "--set", "split.train_fraction=0.5"};  // the stored size does not hide it
  for (const Words& what : {Words{"eval", "last"}, Words{"eval", "--weights", "weights.safetensors"}}) {
    EXPECT_EQ(nlohmann::json::parse(succeed(what + half).out)["train"]["rows"], 24) << what[1];
  }
  // A fork's rows are a choice among its parent's, which the file does not know.
  succeed({"fork", "last", "--quiet", "--set", "split.train_size=12", "--set", "optim.batch_size=0"});
  weights("last");
  const std::string fork = succeed({"eval", "--weights", "weights.safetensors"}).out;
  EXPECT_FALSE(has(fork, "train ")) << fork;
  // Nor how many there are, by which a network chooses its form: the losses agree to rounding.
  const auto to_seven_digits = [](const std::string& line) { return line.substr(0, line.find("loss") + 13); };
  const std::string stored = succeed({"eval", "last"}).out;
  EXPECT_EQ(to_seven_digits(lines_of(fork)[1]), to_seven_digits(lines_of(stored)[1]));
}

TEST_F(Cli, EvalReadsItsOwnWeights) {
  succeed({"train", "tiny.toml", "--quiet", "--set", "train.precision=float64"});
  const auto last = records("last").back();
  weights("last");
  const Words file = {"eval", "--weights", "weights.safetensors", "--json", "--set", "task.modulus=7"};
  const auto all = nlohmann::json::parse(succeed(file + Words{"--set", "train.precision=float64"}).out);
  EXPECT_EQ(all["all"]["rows"], 49);
  EXPECT_EQ(all["model"]["d_mlp"], 32);
  for (const char* metric : {"accuracy", "loss", "margin"}) {
    const double sum = last["train"][metric].get<double>() * last["train"]["rows"].get<double>() +
                       last["test"][metric].get<double>() * last["test"]["rows"].get<double>();
    EXPECT_NEAR(all["all"][metric].get<double>(), sum / 49, 1e-12) << metric;
  }
  const auto split = nlohmann::json::parse(
      succeed(file + Words{"--set", "train.precision=float64", "--set", "split.train_fraction=0.6"}).out);
  EXPECT_NEAR(split["train"]["loss"].get<double>(), last["train"]["loss"].get<double>(), 1e-12);
  EXPECT_NEAR(split["test"]["loss"].get<double>(), last["test"]["loss"].get<double>(), 1e-12);
  const auto run = nlohmann::json::parse(succeed({"eval", "last", "--json"}).out);
  EXPECT_EQ(run["train"]["loss"], last["train"]["loss"]);
  const auto narrow =
      nlohmann::json::parse(succeed({"eval", "last", "--json", "--set", "train.precision=float32"}).out);
  EXPECT_NEAR(narrow["train"]["loss"].get<double>(), last["train"]["loss"].get<double>(), 1e-4);
  EXPECT_FALSE(has(succeed({"eval", "last", "--set", "split.train_fraction=1"}).out, "test "));  // no rows to speak of

  // The exported file knows its configuration: task, precision and split.
  const auto plain = nlohmann::json::parse(succeed({"eval", "--weights", "weights.safetensors", "--json"}).out);
  EXPECT_EQ(plain["precision"], "float64");
  for (const char* group : {"all", "train", "test"}) EXPECT_EQ(plain[group], run[group]) << group;
  // Another task has other rows; a configuration file replaces what the weights know.
  const auto other = nlohmann::json::parse(
      succeed({"eval", "--weights", "weights.safetensors", "--json", "--set", "task.operation=multiply"}).out);
  EXPECT_FALSE(other.contains("train"));
  EXPECT_NE(other["all"]["loss"], plain["all"]["loss"]);
  refuse({"eval", "--weights", "weights.safetensors", "--set", "task.modulus=113"}, "modulus");
  place.write("other.toml", "[split]\ntrain_size = 10\n");
  refuse({"eval", "--weights", "weights.safetensors", "--config", "other.toml"}, "modulus");  // 113 by default
  place.write("other.toml", "[task]\nmodulus = 7\n[split]\ntrain_size = 10\n");
  const auto ten = nlohmann::json::parse(
      succeed({"eval", "--weights", "weights.safetensors", "--json", "--config", "other.toml"}).out);
  EXPECT_EQ(ten["precision"], "float32");
  EXPECT_EQ(ten["train"]["rows"], 10);
  refuse(file + Words{"--set", "model.d_model=32"}, "model.d_model");
  refuse({"eval", "--weights", "missing.safetensors"}, "missing.safetensors");
  refuse({"eval"}, "--weights");
  const std::string bytes = place.read("weights.safetensors");
  place.write("short.safetensors", bytes.substr(0, bytes.size() - 8));
  refuse({"eval", "--weights", "short.safetensors"}, "short.safetensors");
  place.write("head.safetensors", bytes.substr(0, 5));
  refuse({"eval", "--weights", "head.safetensors"}, "head.safetensors");
  std::string lying = bytes;
  const std::size_t at = lying.find("\"shape\":[8,16]");
  ASSERT_NE(at, std::string::npos);
  lying.replace(at, 14, "\"shape\":[9,16]");
  place.write("lying.safetensors", lying);
  refuse({"eval", "--weights", "lying.safetensors"}, "lying.safetensors");
}

constexpr const char* kGrid = R"(
seed = { from = 0, to = 2 }
task.modulus = 7
split.train_size = [20, 30]
model.d_model = 16
model.n_heads = 2
train.steps = 200
[[then]]
split.train_size = 10
train.steps = 100
)";

TEST_F(Cli, SweepTrainsForksAndSaysWhatItCosts) {
  place.write("grid.toml", kGrid);
  const std::string plan = succeed({"sweep", "grid.toml", "--dry-run"}).out;
  EXPECT_TRUE(has(plan, "12 runs, at most 1,800 steps")) << plan;
  EXPECT_FALSE(std::filesystem::exists(place.path() / "groklab-store"));
  const ProgramResult swept = succeed({"sweep", "grid.toml", "--csv", "table.csv"});
  EXPECT_TRUE(has(swept.out, "12 of 12 runs are in the store")) << swept.out;
  EXPECT_EQ(lines_of(place.read("table.csv")).size(), 13u);
  const auto runs = nlohmann::json::parse(succeed({"runs", "--json"}).out);
  EXPECT_EQ(runs.size(), 12u);
}

TEST_F(Cli, ReportsOnManyRuns) {
  place.write("grid.toml", kGrid);
  const std::string told = succeed({"sweep", "grid.toml", "--report", "sweep.html"}).out;
  EXPECT_TRUE(has(told, "sweep.html")) << told;
  const std::string page = place.read("sweep.html");
  EXPECT_TRUE(has(page, "12 runs: ")) << page.substr(page.find("<body>"), 300);
  EXPECT_TRUE(has(page, "groklab sweep grid.toml --report sweep.html"));
  succeed({"report", "--where", "parent is null", "--x", "split.train_size", "-o", "some.html"});
  const std::string some = place.read("some.html");
  EXPECT_TRUE(has(some, "6 runs: "));
  EXPECT_TRUE(has(some, "T_grok against train_size"));
  EXPECT_TRUE(has(some, "groklab report --where &#39;parent is null&#39; --x split.train_size"));
  succeed({"report", "--x", "split.train_size", "--mean", "-o", "all.html"});
  EXPECT_TRUE(has(place.read("all.html"), "12 runs: "));
  refuse({"report"}, "expected RUN, --where or --x");
  refuse({"report", "last", "--where", "seed = 1"}, "found both");
  refuse({"report", "--where", "seed = 77"}, "found none");
  refuse({"report", "--x", "split.train_sise"}, "did you mean 'split.train_size'");
}

TEST_F(Cli, AKilledSweepGoesOnAndGivesTheSameBits) {
  std::string grid = kGrid;
  grid.replace(grid.find("train.steps = 200"), 17, "train.steps = 30000");
  place.write("grid.toml", grid);
  const ProgramResult killed = place.run_and_signal({"sweep", "grid.toml", "--jobs", "2"}, SIGKILL, 3.0);
  EXPECT_EQ(killed.signal, SIGKILL);
  const ProgramResult interrupted = place.run_and_signal({"sweep", "grid.toml"}, SIGINT, 2.5);
  EXPECT_EQ(interrupted.code, 130) << interrupted.err;
  EXPECT_TRUE(has(interrupted.err, "go on with the same command")) << interrupted.err;
  succeed({"sweep", "grid.toml", "--csv", "table.csv"});
  succeed({"sweep", "grid.toml", "--jobs", "1", "--csv", "whole.csv", "--store", "other"});
  const auto without_times = [](const std::string& csv) {
    std::string text;
    for (const std::string& line : lines_of(csv)) text += line.substr(0, line.rfind(',', line.rfind(',') - 1)) + "\n";
    return text;
  };
  EXPECT_EQ(without_times(place.read("table.csv")), without_times(place.read("whole.csv")));
}

// Catches: hours of training before the place of the result is found to be none.
TEST_F(Cli, PlacesOfResultsAreTriedBeforeTheWork) {
  place.write("grid.toml", std::string("seed = [0, 1]\n") + kTiny);
  refuse({"sweep", "grid.toml", "--csv", "nowhere/x.csv"}, "nowhere/x.csv");
  refuse({"paper", "--scale", "smoke", "-o", "nowhere/x.html"}, "nowhere/x.html");
  refuse({"paper", "--scale", "smoke", "--json", "nowhere/x.json"}, "nowhere/x.json");
  refuse({"paper", "--scale", "smoke", "--measurements", "nowhere/x.json"}, "nowhere/x.json");
  EXPECT_FALSE(std::filesystem::exists(place.path() / "groklab-store"));
}

TEST_F(Cli, BadGridsAndClaimsGetOneLine) {
  place.write("bad.toml", "[split]\ntrain_size = [10, 'many']\n");
  refuse({"sweep", "bad.toml"}, "bad.toml:2");
  place.write("large.toml", "task.modulus = 7\nsplit.train_size = [10, 90]\n");
  refuse({"sweep", "large.toml"}, "at most the task's 49 rows");
  refuse({"sweep", "nowhere.toml"}, "nowhere.toml");
  refuse({"paper", "grokin"}, "did you mean grokking?");
  refuse({"paper", "--scale", "huge"}, "smoke, quick, standard or full");
  refuse({"reproduce", "varma2032"}, "did you mean varma2023?");
  refuse({"reproduce", "varma2023", "grokin"}, "did you mean grokking?");
  refuse({"reproduce", "grokking"}, "did you mean reproduce varma2023 grokking?");
  refuse({"reproduce", "delay-exponent"}, "did you mean delay-exponents?");
  refuse({"reproduce", "critical-decay"}, "did you mean reproduce delay-exponents critical-decay?");
  refuse({"reproduce", "delay-exponents", "--scale", "full"}, "smoke, quick or standard");
  refuse({"reproduce", "delay-exponents", "--seeds", "3"}, "claim inverse-rate: sizes.seeds.count: locked 5, now 3");
  refuse({"reproduce", "--from-measurements", "nowhere.json"}, "nowhere.json");
  refuse({"paper", "--scale", "smoke", "--looks", "nowhere"}, "--looks nowhere: expected a folder of looks");
  refuse({"paper", "--write-protocol", "nowhere/x.json"}, "nowhere/x.json");
  place.write("no.json", "{\"format\": 3}");
  refuse({"paper", "--from-measurements", "no.json"}, "no.json: expected format");
  refuse({"paper", "--from-measurements", "no.json", "--scale", "quick"}, "excludes");
}

TEST_F(Cli, PaperGivesTheSameNumbersTwice) {
  const Words words = {"paper", "ungrokking", "grokking",  "weight-decay", "--scale",
                       "smoke", "-o",         "page.html", "--json"};
  succeed(words + Words{"one.json", "--store", "a", "--measurements", "measured.json"});
  const std::string first_page = place.read("page.html");
  succeed(
      {"reproduce", "varma2023", "--from-measurements", "measured.json", "-o", "page.html", "--json", "again.json"});
  EXPECT_EQ(place.read("again.json"), place.read("one.json"));
  EXPECT_EQ(place.read("page.html"), first_page);
  succeed(
      {"paper", "grokking", "--from-measurements", "measured.json", "--json", "grokking.json", "--archive", "looks"});
  EXPECT_TRUE(has(succeed({"paper", "--from-measurements", "measured.json", "--looks", "looks", "-o", "all.html"}).out,
                  "judges nothing"));
  EXPECT_TRUE(has(place.read("all.html"), "All looks"));
  EXPECT_TRUE(has(succeed({"paper", "grokking", "--power", "measured.json"}).out, "8 seeds"));
  EXPECT_TRUE(has(succeed({"paper", "grokking", "--write-protocol", "-"}).out, "groklab protocol 1"));
  EXPECT_EQ(nlohmann::json::parse(place.read("grokking.json"))["claims"].size(), 1u);
  refuse({"paper", "dcrit", "--from-measurements", "measured.json"}, "dcrit");
  succeed(words + Words{"two.json", "--store", "b", "--jobs", "1"});
  const auto one = nlohmann::json::parse(place.read("one.json")), two = nlohmann::json::parse(place.read("two.json"));
  EXPECT_EQ(one["claims"], two["claims"]);
  ASSERT_EQ(one["claims"].size(), 3u);
  for (const auto& claim : one["claims"]) {
    for (const char* key : {"id", "verdict", "effect", "ci_low", "ci_high", "n_seeds", "paper", "figures"}) {
      EXPECT_TRUE(claim.contains(key)) << key;
    }
  }
  const std::string page = place.read("page.html");
  EXPECT_TRUE(has(page, "ungrokking-transition"));
  EXPECT_FALSE(has(page, "{{"));
  EXPECT_TRUE(has(succeed({"paper", "--list"}).out, "semi-grokking"));
  EXPECT_TRUE(has(succeed({"reproduce", "--list"}).out, "varma2023"));
  EXPECT_TRUE(has(succeed({"reproduce", "--list"}).out, "delay-exponents"));
  EXPECT_TRUE(has(succeed({"reproduce", "varma2023", "--list"}).out, "semi-grokking"));
}

}  // namespace
}  // namespace groklab
