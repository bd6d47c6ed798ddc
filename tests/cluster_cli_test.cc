// groklab plan, sweep --shard, merge and cluster from outside, with a scheduler that runs every task at once.
#include <SQLiteCpp/SQLiteCpp.h>
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
  EXPECT_NE(plan.find("shards: 3, the longest"), std::string::npos) << plan;
  EXPECT_NE(plan.find("groklab sweep grid.toml --shard I/3 --jobs 2"), std::string::npos) << plan;
  EXPECT_NE(plan.find("core hours: "), std::string::npos) << plan;
  EXPECT_NE(plan.find(", disk: "), std::string::npos) << plan;
  const std::string pinned = succeed({"plan", "grid.toml", "--shards", "2", "--isa", "NEON"});
  EXPECT_NE(pinned.find("groklab sweep grid.toml --isa NEON --shard I/2"), std::string::npos) << pinned;
  refuse({"plan", "grid.toml", "--isa", "Z80"}, "--isa: expected one of AVX-512, AVX2, SSE4, NEON, found Z80");
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

// Catches: arrays that are queued twice, or never, where a user's limit of jobs takes only the first of several.
TEST_F(ClusterCli, WhatALimitKeptOutIsQueuedLater) {
  use_programs();
  write_program("scontrol", "echo 'MaxArraySize = 3'\n");  // arrays of two
  write_program(
      "sbatch",
      "for word; do case $word in --array=*) list=${word#--array=};; --comment=*) c=${word#--comment=};; esac; "
      "done\n[ -e full ] && { echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1; }\n"
      "echo \"$c $list\" >>submitted\n"
      "for i in $(seq ${list%-*} ${list#*-}); do echo \"$c $i PENDING\" >>queue; done\n: >full\necho 7\n");
  write_program("squeue", "cat queue 2>/dev/null || true\n");
  const std::vector<std::string> submit = {"cluster", "submit", "grid.toml", "--shards", "4", "-o", "job"};
  refuse(submit, "QOSMaxSubmitJobPerUserLimit");
  EXPECT_EQ(place_.read("submitted"), "before=0 1-2\n");
  fs::remove(place_.path() / "full");
  succeed(submit);
  EXPECT_EQ(place_.read("submitted"), "before=0 1-2\nbefore=2 1-2\n");
  EXPECT_EQ(succeed(submit), "all of 4 shards are done or in the queue\n");
  EXPECT_EQ(place_.read("submitted"), "before=0 1-2\nbefore=2 1-2\n");
}

// Catches: an array that is longer than a user's limit, and is refused whole each time.
TEST_F(ClusterCli, AnArrayBeyondALimitIsQueuedInPieces) {
  use_programs();
  write_program("scontrol", "echo 'MaxArraySize = 1001'\n");
  // Room for three tasks.
  write_program("sbatch",
                "for word; do case $word in --array=*) list=${word#--array=};; esac; done\n"
                "n=$(( ${list#*-} - ${list%-*} + 1 + $(cat queue 2>/dev/null | wc -l) ))\n"
                "[ $n -gt 3 ] && { echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1; }\n"
                "for i in $(seq ${list%-*} ${list#*-}); do echo \"before=0 $i PENDING\" >>queue; done\necho 7\n");
  write_program("squeue", "cat queue 2>/dev/null || true\n");
  const ProgramResult first = place_.run({"cluster", "submit", "grid.toml", "--shards", "4", "-o", "job"});
  EXPECT_EQ(first.code, 2);
  EXPECT_NE(first.err.find("QOSMaxSubmitJobPerUserLimit"), std::string::npos) << first.err;
  EXPECT_NE(first.err.find("3 of 4 shards are queued"), std::string::npos) << first.err;
  EXPECT_EQ(place_.read("queue"), "before=0 1 PENDING\nbefore=0 2 PENDING\nbefore=0 3 PENDING\n");
  place_.write("queue", "");
  for (const char* shard : {"1", "2", "3"}) place_.write(std::string("job/done/") + shard, "");
  succeed({"cluster", "submit", "grid.toml", "-o", "job"});
  EXPECT_EQ(place_.read("queue"), "before=0 4 PENDING\n");
}

// Catches: two submissions at once, each of which finds nothing queued and queues everything.
TEST_F(ClusterCli, TwoSubmissionsAtOnceQueueNothingTwice) {
  use_programs();
  write_program("squeue", "exit 0\n");
  write_program("scontrol", "exit 0\n");
  // The first submission is still at it when its scheduler starts the second.
  write_program("sbatch",
                "[ -e inner ] && { echo twice >>inner; exit 0; }\n: >inner\n"
                "\"$GROKLAB\" cluster submit grid.toml --shards 2 -o job >second 2>&1\necho $? >>second\necho 7\n");
  EXPECT_EQ(place_.shell("export GROKLAB; \"$GROKLAB\" cluster submit grid.toml --shards 2 -o job").code, 0);
  const std::string second = place_.read("second");
  EXPECT_NE(second.find("job: another process is queueing this job's shards"), std::string::npos) << second;
  EXPECT_EQ(second.substr(second.size() - 2), "2\n");
  EXPECT_EQ(place_.read("inner"), "");
}

// Catches: settings that were changed after the first submission and are passed over in silence.
TEST_F(ClusterCli, AScriptThatOtherSettingsWouldMakeIsKeptAndTold) {
  use_programs();
  write_program("squeue", "exit 0\n");
  write_program("scontrol", "exit 0\n");
  write_program("sbatch", "echo 7\n");
  place_.write("cluster.toml", "account = \"lab\"\n");
  const std::vector<std::string> submit = {"cluster",  "submit", "grid.toml", "--settings", "cluster.toml",
                                           "--shards", "2",      "-o",        "job"};
  EXPECT_EQ(place_.run(submit).err.find("array.sh"), std::string::npos);
  EXPECT_EQ(place_.run(submit).err.find("array.sh"), std::string::npos) << "the same again";
  place_.write("cluster.toml", "account = \"other\"\n");
  EXPECT_NE(place_.run(submit).err.find("job/array.sh: kept, though cluster.toml would make another"),
            std::string::npos);
  EXPECT_NE(place_.read("job/array.sh").find("--account=lab"), std::string::npos);
}

TEST_F(ClusterCli, ASubmissionIsCutAsThePlanSays) {
  use_programs();
  write_program("squeue", "exit 0\n");
  write_program("scontrol", "exit 0\n");
  write_program("sbatch", "echo 7\n");
  EXPECT_NE(succeed({"cluster", "submit", "grid.toml", "--nodes", "3", "-o", "job"}).find("job 7: 3 shards"),
            std::string::npos);
}

// Catches: a plan for one instruction set that takes results of another, or computes with what the machine has.
TEST_F(ClusterCli, APlanCanPinOneInstructionSet) {
  refuse({"sweep", "grid.toml", "--isa", "NEON-2"}, "expected one that this machine has");
  EXPECT_FALSE(fs::exists(place_.path() / "groklab-store" / "checkpoints"));
  const std::string version = succeed({"--version"});
  const std::size_t at = version.find("set ") + 4;
  const std::string best = version.substr(at, version.find('\n', at) - at);
  succeed({"sweep", "grid.toml", "--isa", best, "--quiet", "--store", "best"});
  succeed({"sweep", "grid.toml", "--isa", best, "--quiet", "--store", "best"});
  if (best == "SSE4" || place_.run({"sweep", "grid.toml", "--isa", "SSE4", "--quiet", "--store", "other"}).code != 0) {
    GTEST_SKIP() << "this machine has one instruction set";
  }
  EXPECT_NE(succeed({"show", "last", "--json", "--store", "other"}).find("\"instruction_set\": \"SSE4\""),
            std::string::npos);
  refuse({"sweep", "grid.toml", "--isa", best, "--store", "other"}, "as --isa says, found SSE4 in the store");
  const ProgramResult merged = place_.run({"merge", "best", "other", "-o", "all"});
  EXPECT_EQ(merged.code, 2) << "other bits";
  EXPECT_NE(merged.err.find("SSE4"), std::string::npos) << merged.err;
}

// Catches: a verdict over numbers that no one machine could have made.
TEST_F(ClusterCli, AVerdictIsNotOverSeveralInstructionSets) {
  const std::vector<std::string> words = {"paper", "grokking", "--scale", "smoke", "--quiet"};
  succeed(words);
  SQLite::Database((place_.path() / "groklab-store" / "groklab.sqlite").string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE runs SET instruction_set = 'NEON-2' WHERE number = 1");
  refuse(words, "expected runs of one instruction set, found");
  succeed({"paper", "grokking", "--scale", "smoke", "--quiet", "--mixed-arithmetic"});
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
