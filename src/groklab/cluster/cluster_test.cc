// Jobs on a cluster, without one: settings, scripts, arrays, answers of Slurm, states of shards.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/cluster/job.h"
#include "groklab/cluster/settings.h"
#include "groklab/cluster/slurm.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

std::string error_of_settings(const std::string& text) {
  try {
    parse_cluster_settings(text, "c.toml");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ClusterSettings, AreReadFromAFlatFile) {
  const ClusterSettings s = parse_cluster_settings(
      "account = \"lab\"\ntime = \"01:00:00\"\ncores = 32\nmodules = [\"gcc/12\", \"node\"]\n"
      "lines = [\"#SBATCH --constraint=zen4\"]\n",
      "c.toml");
  EXPECT_EQ(s.account, "lab");
  EXPECT_EQ(s.time, "01:00:00");
  EXPECT_EQ(s.cores, 32);
  EXPECT_EQ(s.modules, (std::vector<std::string>{"gcc/12", "node"}));
  EXPECT_EQ(s.partition, "");
}

TEST(ClusterSettings, SayWhereTheyAreWrong) {
  EXPECT_EQ(error_of_settings("cores = 4\nacount = \"lab\"\n"), "c.toml:2: unknown key acount, did you mean account?");
  EXPECT_EQ(error_of_settings("cores = \"four\"\n"), "c.toml:1: cores: expected a whole number from 1 to 1000000");
  EXPECT_EQ(error_of_settings("modules = [1]\n"), "c.toml:1: modules: expected a list of texts");
  EXPECT_NE(error_of_settings("lines = [\"a\\nb\"]\n"), "") << "a line of a script is one line";
  EXPECT_NE(error_of_settings("[slurm]\ncores = 1\n"), "");
}

TEST(ClusterArray, IsWrittenAsRanges) {
  EXPECT_EQ(array_text({1}), "1");
  EXPECT_EQ(array_text({1, 2, 3, 7, 9, 10}), "1-3,7,9-10");
}

// Catches: an array that is longer than the scheduler takes, or a shard that is lost or doubled where one is cut.
TEST(ClusterArray, IsCutWhereTheSchedulerTakesNoMore) {
  std::vector<int> shards;
  for (int shard = 1; shard <= 12; ++shard) {
    if (shard != 4) shards.push_back(shard);
  }
  const std::vector<SlurmArray> arrays = slurm_arrays(shards, 6);
  ASSERT_EQ(arrays.size(), 3u);
  std::vector<int> all;
  for (const SlurmArray& array : arrays) {
    for (const int index : array.indices) {
      EXPECT_GE(index, 1);
      EXPECT_LT(index, 6);
      all.push_back(array.before + index);
    }
  }
  EXPECT_EQ(all, shards);
}

TEST(ClusterSlurm, AnswersAreRead) {
  EXPECT_EQ(max_array_size("MaxArraySize            = 1001\nMaxJobCount = 5\n"), 1001);
  EXPECT_EQ(max_array_size("nothing"), 1001);
  const auto queued = parse_squeue("before=0 3 RUNNING\nbefore=5 1 PENDING\n(null) 7 RUNNING\nbefore=0 x RUNNING\n");
  EXPECT_EQ(queued, (std::map<int, bool>{{3, true}, {6, false}}));
}

class ClusterJobTest : public ::testing::Test {
 protected:
  ClusterJob job() const { return {directory_.path() / "a job", {"sweep", "grid.toml"}, 8, "digest"}; }
  TemporaryDirectory directory_;
};

TEST_F(ClusterJobTest, TheScriptRunsAShardAndQueuesAgain) {
  ClusterSettings settings;
  settings.account = "lab";
  settings.modules = {"it's"};
  settings.lines = {"#SBATCH --constraint=zen4"};
  settings.program = "/opt/groklab";
  const std::string script = slurm_script(job(), settings);
  for (const char* part : {"#SBATCH --account=lab\n", "#SBATCH --requeue\n", "#SBATCH --signal=B:TERM@120\n",
                           "#SBATCH --constraint=zen4\n", "module load 'it'\\''s'\n", "'/opt/groklab' 'sweep'",
                           "--shard \"$shard/8\"", "scontrol requeue"}) {
    EXPECT_NE(script.find(part), std::string::npos) << part << "\n" << script;
  }
  EXPECT_EQ(script.find("--partition"), std::string::npos) << "what is not said is left to the scheduler";
}

TEST_F(ClusterJobTest, AFolderHoldsOneJobAndKeepsAnEditedScript) {
  write_job(job(), "seed = 1\n", "#!/bin/sh\n");
  std::ofstream(job().folder / "array.sh") << "edited";
  write_job(job(), "seed = 1\n", "#!/bin/sh\n");
  std::string line;
  std::getline(std::ifstream(job().folder / "array.sh"), line);
  EXPECT_EQ(line, "edited");
  const ClusterJob read = read_job(job().folder);
  EXPECT_EQ(read.what, job().what);
  EXPECT_EQ(read.shards, 8);
  EXPECT_EQ(job_name(read), job_name(job()));
  ClusterJob other = job();
  other.grid_digest = "another";
  EXPECT_THROW(write_job(other, "seed = 2\n", ""), Error);
  std::ofstream(job().folder / "job.json") << "{}";
  EXPECT_THROW(read_job(job().folder), Error);
  EXPECT_THROW(read_job(directory_.path()), Error);
}

TEST_F(ClusterJobTest, WhatIsDoneQueuedOrFailedIsNotLeft) {
  write_job(job(), "", "");
  for (const char* file : {"done/1", "done/2", "failed/2", "failed/3", "failed/4"}) {
    std::ofstream(job().folder / file) << "1";
  }
  const auto states = shard_states(job(), {{1, true}, {3, true}, {5, false}});
  EXPECT_EQ(shards_in(states, ShardState::kDone), (std::vector<int>{1, 2}));
  EXPECT_EQ(shards_in(states, ShardState::kRunning), (std::vector<int>{3})) << "it was queued again";
  EXPECT_EQ(shards_in(states, ShardState::kFailed), (std::vector<int>{4}));
  EXPECT_EQ(shards_in(states, ShardState::kWaiting), (std::vector<int>{5}));
  EXPECT_EQ(shards_in(states, ShardState::kLeft), (std::vector<int>{6, 7, 8}));
}

}  // namespace
}  // namespace groklab
