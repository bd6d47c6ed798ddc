// Looking after runs from the program: annotate, delete, gc.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "program.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr const char* kTiny = R"([task]
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
)";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class ManageCli : public ::testing::Test {
 protected:
  void SetUp() override {
    place_.write("tiny.toml", kTiny);
    place_.write("grid.toml", "seed = [1, 2]\n" + std::string(kTiny) + "[[then]]\nsplit.train_size = [10, 20]\n");
  }
  std::string succeed(const Words& words) {
    const ProgramResult result = place_.run(words);
    EXPECT_EQ(result.code, 0) << words[0] << ": " << result.err;
    return result.out;
  }
  void refuse(const Words& words, const std::string& part) {
    const ProgramResult result = place_.run(words);
    EXPECT_EQ(result.code, 2) << result.out << result.err;
    EXPECT_TRUE(has(result.err, part)) << "expected '" << part << "' in: " << result.err;
    EXPECT_EQ(result.out, "");
  }
  std::string train(const std::string& seed) {
    succeed({"train", "tiny.toml", "--quiet", "--set", "seed=" + seed});
    return nlohmann::json::parse(succeed({"show", "last", "--json"}))["id"].get<std::string>();
  }
  std::size_t runs(const Words& more = {}) {
    Words words = {"runs", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return nlohmann::json::parse(succeed(words)).size();
  }

  Workplace place_;
};

TEST_F(ManageCli, NamesAndTagsAreShownAndNameRuns) {
  const std::string first = train("1");
  const std::string second = train("2");
  EXPECT_FALSE(has(succeed({"runs"}), "NAME")) << "no column without names";
  const std::string told =
      succeed({"annotate", first, "--name", "base line", "--tag", "paper", "--note", "looks good"});
  EXPECT_EQ(told, "run " + first + "\nname: base line\ntags: paper\nnote: looks good\n");
  succeed({"annotate", first, second, "--tag", "both"});
  EXPECT_EQ(succeed({"annotate", "--where", "seed > 0", "--tag", "all"}), "2 runs\n");

  const std::string table = succeed({"runs"});
  for (const char* part : {"NAME", "base line", "TAGS", "all both paper"}) EXPECT_TRUE(has(table, part)) << table;
  EXPECT_EQ(runs({"--where", "name = 'base line'"}), 1u);
  EXPECT_EQ(runs({"--where", "tag = 'both' and not tag = 'paper'"}), 1u);
  EXPECT_EQ(succeed({"runs", "--csv", "--columns", "name,tags,note", "--where", "tag = 'paper'"}),
            "name,tags,note\nbase line,all both paper,looks good\n");
  const auto shown = nlohmann::json::parse(succeed({"show", "base line", "--json"}));
  EXPECT_EQ(shown["id"], first);
  EXPECT_EQ(shown["tags"], (nlohmann::json{"all", "both", "paper"}));
  EXPECT_TRUE(has(succeed({"show", "base line"}), "note: looks good"));
  succeed({"report", "base line", second, "-o", "page.html"});
  EXPECT_TRUE(has(place_.read("page.html"), "base line"));
  succeed({"fork", "base line", "--quiet", "--set", "split.train_size=10"});

  refuse({"annotate", second, "--name", "base line"}, "the name of run " + first);
  refuse({"annotate", second}, "--tag");
  refuse({"annotate", "--tag", "x"}, "RUN, --where or --sweep");
  refuse({"annotate", "--where", "seed = 77", "--tag", "x"}, "found none");
  refuse({"show", "base lime"}, "did you mean 'base line'?");
}

TEST_F(ManageCli, AWholeSweepIsAnnotatedAndDeleted) {
  train("7");
  succeed({"sweep", "grid.toml", "--quiet"});
  EXPECT_EQ(succeed({"annotate", "--sweep", "grid.toml", "--tag", "grid"}), "6 runs\n");
  EXPECT_EQ(runs({"--where", "tag is null"}), 1u);
  const std::string would = succeed({"delete", "--sweep", "grid.toml", "--dry-run"});
  EXPECT_TRUE(has(would, "would delete 6 runs: 24 records, ")) << would;
  EXPECT_TRUE(has(would, " kB of files")) << would;
  EXPECT_EQ(runs(), 7u);
  succeed({"delete", "--sweep", "grid.toml"});
  EXPECT_EQ(runs(), 1u);
  EXPECT_EQ(succeed({"delete", "--sweep", "grid.toml"}), "no runs\n");
  EXPECT_EQ(succeed({"store", "verify"}), "all of 1 runs can be read\n");
}

TEST_F(ManageCli, DeletingKeepsParentsOfForks) {
  const std::string parent = train("1");
  succeed({"fork", parent, "--quiet", "--set", "split.train_size=10"});
  const std::string fork = nlohmann::json::parse(succeed({"show", "last", "--json"}))["id"].get<std::string>();
  refuse({"delete", parent}, fork);
  EXPECT_TRUE(has(succeed({"delete", parent, "--with-forks", "--dry-run"}), "2 runs"));
  succeed({"delete", parent, "--with-forks"});
  EXPECT_EQ(runs(), 0u);
  refuse({"delete", parent}, "it holds no runs");
  refuse({"delete", parent, "--where", "seed = 1"}, "several of them");
}

TEST_F(ManageCli, ARunInTrainingIsNotDeleted) {
  const std::string line =
      "$GROKLAB train tiny.toml --quiet --set train.steps=100000000 & P=$!\n"
      "while [ -z \"$($GROKLAB runs --columns id,status 2>/dev/null | grep running)\" ]; do sleep 0.05; done\n"
      "$GROKLAB delete last 2>refused.txt; C=$?\n"
      "$GROKLAB gc >gc.txt 2>&1; G=$?\n"
      "kill -9 $P; wait $P 2>/dev/null\n"
      "[ $C = 2 ] && [ $G = 0 ] && $GROKLAB delete last && $GROKLAB gc";
  const ProgramResult result = place_.shell(line);
  EXPECT_EQ(result.code, 0) << result.err << place_.read("refused.txt") << place_.read("gc.txt");
  EXPECT_TRUE(has(place_.read("refused.txt"), "another process is training it now")) << place_.read("refused.txt");
  EXPECT_EQ(runs(), 0u);
}

TEST_F(ManageCli, GarbageIsToldAndFreed) {
  const std::string id = train("1");
  train("2");
  const fs::path states = place_.path() / "groklab-store" / "checkpoints" / id;
  const auto count = [&] {
    const fs::directory_iterator files(states);
    return std::count_if(begin(files), end(files),
                         [](const auto& file) { return file.path().extension() == ".safetensors"; });
  };
  ASSERT_EQ(count(), 3);
  fs::create_directories(states.parent_path() / "gone");
  place_.write("groklab-store/checkpoints/gone/step-5.safetensors", "left");
  const std::string told = succeed({"gc", "--keep-last", "1", "--dry-run"});
  EXPECT_TRUE(has(told, "1 leftover, 4 B: ")) << told;
  EXPECT_TRUE(has(told, "4 states, ")) << told;
  EXPECT_EQ(count(), 3);
  EXPECT_TRUE(has(succeed({"gc"}), "freed"));
  EXPECT_FALSE(fs::exists(states.parent_path() / "gone"));
  EXPECT_EQ(count(), 3) << "states stay unless --keep-last says otherwise";
  succeed({"gc", "--keep-last", "1"});
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(succeed({"gc", "--keep-last", "1"}), "nothing to free\n");
  // A state that went is computed again.
  succeed({"export", id, "--format", "safetensors", "--at", "60", "-o", "last.safetensors"});
  succeed({"fork", id, "--at", "20", "--quiet", "--set", "split.train_size=10"});
  refuse({"gc", "--keep-last", "0"}, "--keep-last");
}

}  // namespace
}  // namespace groklab
