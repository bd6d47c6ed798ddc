// What may happen to a training from outside, with the whole program: nothing is lost, and nothing goes on unnoticed.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "program.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr const char* kSmall = R"(
[task]
modulus = 7
[split]
train_fraction = 0.6
[model]
d_model = 16
n_heads = 2
d_mlp = 32
[train]
steps = 20000
evaluate_every = 100
checkpoint_every = 5000
)";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

struct Reliability : testing::Test {
  void SetUp() override { place.write("small.toml", kSmall); }
  ProgramResult succeed(const Words& words) {
    ProgramResult result = place.run(words);
    EXPECT_EQ(result.code, 0) << words[0] << ": " << result.err;
    return result;
  }
  void refuse(const Words& words, const std::string& part) {
    const ProgramResult result = place.run(words);
    EXPECT_EQ(result.code, 2) << words[0] << ": " << result.err;
    EXPECT_TRUE(has(result.err, part)) << words[0] << ": " << result.err;
  }
  nlohmann::json shown(const std::string& run) { return nlohmann::json::parse(succeed({"show", run, "--json"}).out); }
  std::string weights(const std::string& run) {
    succeed({"export", run, "--format", "safetensors", "-o", "weights.safetensors"});
    const std::string bytes = place.read("weights.safetensors");
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    return bytes.substr(8 + header);
  }
  void execute(const std::string& sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((place.path() / "groklab-store" / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }

  Workplace place;
};

// Catches: --force that removes the stored run before it has another.
TEST_F(Reliability, ForceThatIsKilledOrLacksSpaceLosesNothing) {
  const Words train = {"train", "small.toml", "--quiet", "--threads", "1"};
  succeed(train);
  const nlohmann::json before = shown("last");
  const std::string id = before["id"];
  const std::string bits = weights(id);
  const double seconds = before["seconds"];

  const ProgramResult killed = place.run_and_signal(train + Words{"--force"}, SIGKILL, 0.5 * seconds);
  ASSERT_EQ(killed.signal, SIGKILL);
  EXPECT_EQ(shown(id), before);
  EXPECT_EQ(weights(id), bits);
  // All files of the store are already longer: whatever is to be written fails at once.
  EXPECT_EQ(place.run(train + Words{"--force"}, 20'000).code, 2);
  EXPECT_EQ(shown(id), before);
  EXPECT_EQ(weights(id), bits);

  const ProgramResult stopped = place.run_and_signal(train + Words{"--force"}, SIGINT, 0.5 * seconds);
  ASSERT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_TRUE(has(stopped.err, "groklab resume " + id + "-new")) << stopped.err;
  EXPECT_EQ(shown(id + "-new")["status"], "interrupted");
  refuse({"fork", id + "-new", "--quiet"}, "place of " + id);
  EXPECT_TRUE(has(succeed({"resume", id + "-new"}).out, "run " + id + " finished"));
  EXPECT_EQ(weights(id), bits);
  EXPECT_NE(shown(id)["created"], before["created"]);
  EXPECT_EQ(nlohmann::json::parse(succeed({"runs", "--json"}).out).size(), 1u);
}

// Catches: a training that ends with success although its store is gone.
TEST_F(Reliability, AStoreThatIsRemovedMeanwhileIsNoticed) {
  const ProgramResult result = place.shell(
      "\"$GROKLAB\" train small.toml --quiet --set train.steps=100000000 & job=$!; "
      "while ! ls groklab-store/checkpoints/*/step-5000.safetensors 2>/dev/null >&2; do sleep 0.02; done; "
      "rm -rf groklab-store; wait $job");
  EXPECT_EQ(result.code, 2) << result.err;
  EXPECT_TRUE(has(result.err, "was removed or replaced")) << result.err;
}

// Catches: a run that another sweep trains and that counts as failed.
TEST_F(Reliability, TwoSweepsOfOnePlanBothSucceed) {
  place.write("grid.toml", std::string("seed = [0, 1, 2, 3]\n") + kSmall);
  const std::string sweep = "\"$GROKLAB\" sweep grid.toml --quiet --jobs 2";
  const ProgramResult both = place.shell(sweep + " & job=$!; " + sweep + "; own=$?; wait $job; echo $? $own");
  EXPECT_EQ(both.out, "0 0\n") << both.err;
  EXPECT_EQ(nlohmann::json::parse(succeed({"runs", "--json", "--where", "status = 'finished'"}).out).size(), 4u);
}

// Catches: a run that goes on with another instruction set and says nothing.
TEST_F(Reliability, ARunKeepsItsInstructionSet) {
  const std::string version = succeed({"--version"}).out;
  const std::string best =
      version.substr(version.find("set ") + 4, version.find("\ncompiler") - version.find("set ") - 4);
  refuse({"train", "small.toml", "--isa", "Z80"}, best);
  const bool has_another = best != "SSE4" && place.run({"train", "small.toml", "--quiet", "--isa", "SSE4"}).code == 0;
  if (!has_another) GTEST_SKIP() << "this machine has one instruction set";
  const std::string id = shown("last")["id"];
  EXPECT_EQ(shown(id)["instruction_set"], "SSE4");
  const std::string bits = weights(id);
  succeed({"train", "small.toml", "--quiet", "--force"});
  EXPECT_EQ(shown(id)["instruction_set"], best);
  EXPECT_NE(weights(id), bits) << "the comparison below can fail";

  const Words forced = {"train", "small.toml", "--quiet", "--force", "--isa", "SSE4"};
  const std::string part = id + "-new";
  ASSERT_EQ(place.run_and_signal(forced, SIGINT, 0.2).code, 130);
  succeed({"resume", part, "--quiet"});
  EXPECT_EQ(shown(id)["instruction_set"], "SSE4");
  EXPECT_EQ(weights(id), bits);

  ASSERT_EQ(place.run_and_signal(forced, SIGINT, 0.2).code, 130);
  execute("UPDATE runs SET instruction_set = 'NEON-2' WHERE replaces IS NOT NULL");
  refuse({"resume", part, "--quiet"}, "--isa " + best);
  const ProgramResult mixed = succeed({"resume", part, "--isa", best});
  EXPECT_TRUE(has(mixed.err, "NEON-2")) << mixed.err;
  EXPECT_EQ(shown(id)["instruction_set"], "NEON-2 + " + best);
  EXPECT_TRUE(has(succeed({"show", id}).out, "NEON-2 + " + best));
}

TEST_F(Reliability, ADamagedRunIsToldBehindAllOthers) {
  succeed({"train", "small.toml", "--quiet", "--set", "train.steps=10"});
  const std::string good = shown("last")["id"];
  succeed({"train", "small.toml", "--quiet", "--set", "train.steps=11"});
  const std::string bad = shown("last")["id"];
  execute("UPDATE runs SET config = '{' WHERE id = '" + bad + "'");
  for (const Words& words : {Words{"runs"}, Words{"runs", "--json"}, Words{"runs", "--times"}}) {
    const ProgramResult result = place.run(words);
    EXPECT_EQ(result.code, 2);
    EXPECT_TRUE(has(result.out, good)) << result.out;
    EXPECT_TRUE(has(result.err, bad)) << result.err;
  }
  refuse({"show", bad}, "damaged");
  refuse({"report", bad}, "damaged");
}

// Catches: a check that finds nothing, a repair that takes more than it must or loses what it takes out.
TEST_F(Reliability, AStoreIsVerifiedRepairedAndCopied) {
  const Words train = {"train", "small.toml", "--quiet", "--threads", "1"};
  succeed(train);
  const std::string id = shown("last")["id"];
  const std::string bits = weights(id);
  succeed({"train", "small.toml", "--quiet", "--set", "train.steps=10"});
  const std::string other = shown("last")["id"];
  EXPECT_TRUE(has(succeed({"store", "verify"}).out, "all of 2 runs"));
  EXPECT_TRUE(has(succeed({"store", "repair"}).out, "nothing to repair"));

  succeed({"store", "backup", "copy"});
  refuse({"store", "backup", "copy"}, "found something there");
  EXPECT_TRUE(has(succeed({"store", "verify", "--store", "copy"}).out, "all of 2 runs"));
  EXPECT_EQ(succeed({"export", id, "--format", "csv", "--store", "copy"}).out,
            succeed({"export", id, "--format", "csv"}).out);

  // A flipped bit in the last state, a changed record, a damaged configuration, a file that nothing needs.
  const fs::path states = place.path() / "groklab-store" / "checkpoints" / id;
  const fs::path last = states / "step-20000.safetensors";
  std::string bytes = place.read("groklab-store/checkpoints/" + id + "/step-20000.safetensors");
  bytes[bytes.size() / 2] ^= 4;
  place.write("groklab-store/checkpoints/" + id + "/step-20000.safetensors", bytes);
  place.write("groklab-store/checkpoints/" + id + "/step-77.safetensors", "stray");
  execute("UPDATE records SET train_loss = 0.5 WHERE step = 300");
  execute("UPDATE runs SET config = '{' WHERE id = '" + other + "'");
  const ProgramResult found = place.run({"store", "verify"});
  EXPECT_EQ(found.code, 2);
  for (const char* part : {"state at step 20000", "record at step 300", "step-77.safetensors", "store repair"}) {
    EXPECT_TRUE(has(found.out + found.err, part)) << part << ": " << found.out << found.err;
  }
  EXPECT_TRUE(has(found.out, "run " + other)) << found.out;
  refuse({"eval", id}, "damaged");
  EXPECT_TRUE(has(succeed({"store", "repair"}).out, "before-repair-1"));
  EXPECT_TRUE(has(succeed({"store", "verify"}).out, "all of 1 runs"));
  EXPECT_FALSE(fs::exists(last));
  EXPECT_FALSE(fs::is_empty(place.path() / "groklab-store" / "damaged"));
  EXPECT_EQ(shown(id)["status"], "interrupted");
  succeed(train);  // goes on from the state before
  EXPECT_EQ(weights(id), bits);
  EXPECT_TRUE(fs::exists(place.path() / "groklab-store" / "groklab.sqlite.before-repair-1"));
}

TEST_F(Reliability, AStoreIsCopiedWhileARunTrainsIntoIt) {
  const ProgramResult result = place.shell(
      "\"$GROKLAB\" train small.toml --quiet --threads 1 --set train.steps=40000 --set train.checkpoint_every=50 & "
      "job=$!; "
      "while ! ls groklab-store/checkpoints/*/step-200.safetensors 2>/dev/null >&2; do sleep 0.02; done; "
      "\"$GROKLAB\" store backup copy; code=$?; kill -INT $job; wait $job; echo $code; "
      "\"$GROKLAB\" store verify --store copy");
  EXPECT_TRUE(has(result.out, "copy\n0\nall of 1 runs")) << result.out << result.err;
  const ProgramResult resumed = place.run({"train", "small.toml", "--quiet", "--set", "train.steps=40000", "--set",
                                           "train.checkpoint_every=50", "--store", "copy"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

}  // namespace
}  // namespace groklab
