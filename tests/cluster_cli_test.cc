// groklab plan, sweep --shard, merge and cluster from outside, with a scheduler that runs every task at once.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "program.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGrid = R"(
seed = [0, 1, 2, 3]
task.modulus = 7
split.train_size = 20
model.d_model = 16
model.n_heads = 2
train.steps = 200
[[then]]
split.train_size = [8, 10]
train.steps = 100
)";

class ClusterCli : public ::testing::Test {
 protected:
  void SetUp() override { place_.write("grid.toml", kGrid); }
  std::string succeed(const std::vector<std::string>& words) {
    const ProgramResult result = place_.run(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.out;
  }
  void refuse(const std::vector<std::string>& words, const std::string& part) {
    const ProgramResult result = place_.run(words);
    EXPECT_EQ(result.code, 2);
    EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
  }
  /// Programs of a scheduler, found before all others.
  void write_program(const std::string& name, const std::string& text) {
    const fs::path file = place_.path() / "bin" / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "#!/bin/sh\n" << text;
    fs::permissions(file, fs::perms::owner_all);
  }
  void use_programs() {
    const char* path = std::getenv("PATH");
    ::setenv("PATH", ((place_.path() / "bin").string() + ":" + (path == nullptr ? "" : path)).c_str(), 1);
  }

  Workplace place_;
};

TEST_F(ClusterCli, MergedShardsAreTheSweep) {
  EXPECT_NE(succeed({"sweep", "grid.toml", "--shard", "1/2", "--store", "s1"}).find("this is shard 1/2"),
            std::string::npos);
  succeed({"sweep", "grid.toml", "--shard", "2/2", "--store", "s2"});
  EXPECT_EQ(succeed({"merge", "s1", "s2", "-o", "all"}), "12 runs copied\n");
  succeed({"sweep", "grid.toml", "--store", "whole", "--quiet"});
  EXPECT_EQ(succeed({"merge", "whole", "-o", "all"}), "0 runs copied, 12 there already\n");
  refuse({"merge", "all", "-o", "all"}, "expected sources that are not the destination");
  refuse({"merge", "nowhere", "-o", "other"}, "nowhere");
  EXPECT_FALSE(fs::exists(place_.path() / "other"));
  refuse({"sweep", "grid.toml", "--shard", "3/2"}, "--shard: expected I/N");
}

TEST_F(ClusterCli, AStudyIsJudgedWhenItsShardsAreMerged) {
  for (const char* shard : {"1", "2"}) {
    succeed({"paper", "grokking", "--scale", "smoke", "--shard", std::string(shard) + "/2", "--store",
             std::string("s") + shard});
  }
  // A shard judges nothing, so that it writes no page.
  refuse({"paper", "grokking", "--scale", "smoke", "--shard", "1/2", "-o", "x.html"}, "--output excludes --shard");
  succeed({"merge", "s1", "s2", "-o", "all"});
  const std::string judged = succeed({"paper", "grokking", "--scale", "smoke", "--store", "all"});
  EXPECT_NE(judged.find("not judged"), std::string::npos) << judged;
}

TEST_F(ClusterCli, APlanSaysHowToCut) {
  const std::string plan = succeed({"plan", "grid.toml", "--nodes", "3", "--cores", "2"});
  EXPECT_NE(plan.find("shards: 1, the longest"), std::string::npos) << plan;
  EXPECT_NE(plan.find("groklab sweep grid.toml --shard I/1 --jobs 2"), std::string::npos) << plan;
  refuse({"plan"}, "expected a grid file or --study, found neither");
  refuse({"plan", "grid.toml", "--study", "varma2023"}, "found both");
  refuse({"plan", "--study", "varma2032"}, "did you mean varma2023?");
}

// Catches: a job that is queued twice, a failed task that is taken for a done one or is not queued again.
TEST_F(ClusterCli, WhatFailedIsQueuedAgainAndNothingElse) {
  use_programs();
  // Task 2 fails as long as there is a file "broken".
  write_program("sbatch",
                "for word; do case $word in --array=*) list=${word#--array=};; esac; last=$word; done\n"
                "echo \"$list\" >>submitted\n"
                "for i in $(echo \"$list\" | tr , ' '); do for j in $(seq ${i%-*} ${i#*-}); do\n"
                "  if [ $j = 2 ] && [ -e broken ]; then echo 1 >job/failed/2; continue; fi\n"
                "  SLURM_ARRAY_TASK_ID=$j SLURM_CPUS_PER_TASK=1 bash \"$last\" || true\n"
                "done; done\necho 7\n");
  write_program("squeue", "exit 0\n");
  write_program("scontrol", "echo 'MaxArraySize = 1001'\n");
  write_program("scancel", "echo \"$@\" >cancelled\n");
  place_.write("broken", "");
  place_.write("cluster.toml", "account = \"lab\"\n");
  succeed({"cluster", "submit", "grid.toml", "--settings", "cluster.toml", "--shards", "3", "-o", "job"});
  const ProgramResult status = place_.run({"cluster", "status", "job"});
  EXPECT_EQ(status.code, 2) << "something failed";
  EXPECT_NE(status.out.find("failed        1  2\n"), std::string::npos) << status.out;
  fs::remove(place_.path() / "broken");
  succeed({"cluster", "submit", "grid.toml", "-o", "job"});
  EXPECT_EQ(place_.read("submitted"), "1-3\n2\n");
  EXPECT_EQ(succeed({"cluster", "submit", "grid.toml", "-o", "job"}), "all of 3 shards are done or in the queue\n");
  EXPECT_EQ(succeed({"cluster", "collect", "job", "--store", "all"}), "12 runs copied from 3 of 3 shards\n");
  succeed({"cluster", "cancel", "job"});
  EXPECT_NE(place_.read("cancelled").find("--name=groklab-"), std::string::npos);
  place_.write("grid.toml", std::string(kGrid) + "optim.weight_decay = 0.5\n");
  refuse({"cluster", "submit", "grid.toml", "-o", "job"}, "expected this job or none, found another");
  refuse({"cluster", "status", "nowhere"}, "nowhere/job.json");
}

TEST_F(ClusterCli, WhatTheSchedulerRefusesIsTold) {
  use_programs();
  write_program("squeue", "exit 0\n");
  write_program("scontrol", "exit 0\n");
  write_program("sbatch", "echo 'sbatch: error: Invalid account' >&2; exit 1\n");
  refuse({"cluster", "submit", "grid.toml", "--shards", "2", "-o", "job"},
         "sbatch: exit code 1: sbatch: error: Invalid account");
}

}  // namespace
}  // namespace groklab
