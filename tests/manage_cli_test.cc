// Looking after runs from the program: annotate, delete, gc.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

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

TEST_F(ManageCli, FormulasNameRuns) {
  place_.write("formula.toml", std::string(kTiny) + "[optim]\nweight_decay = 0.5\n");
  succeed({"train", "formula.toml", "--quiet", "--set", "task.operation=x^3 + x*y"});
  EXPECT_TRUE(has(succeed({"show", "last"}), "cubic mod 7"));
  succeed({"train", "formula.toml", "--quiet", "--set", "task.operation=(x + 2y)^2 mod 7"});
  EXPECT_TRUE(has(succeed({"show", "last"}), "x^2 + 4*x*y + 4*y^2 mod 7"));
  succeed({"train", "formula.toml", "--quiet", "--set", "task.operation=4 y y + 4xy + x x"});
  EXPECT_EQ(runs(), 2u) << "the same formula is the same run";
  EXPECT_EQ(runs({"--where", "operation = 'x^2 + 4*x*y + 4*y^2'"}), 1u);
  succeed({"report", "last", "-o", "page.html"});
  succeed({"probe", "last"});
  refuse({"train", "formula.toml", "--set", "task.operation=x^2 + z"}, "formula \"x^2 + z\": at 7: expected x, y");
  EXPECT_TRUE(has(succeed({"config", "task.operation"}), "formula: any formula over x and y"));
}

TEST_F(ManageCli, ExportsTheRowsOfTheSplit) {
  const std::string id = train("1");
  const std::string text = succeed({"export", id, "--format", "split"});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 50);
  EXPECT_EQ(text.rfind("row,x,y,label,set\n0,0,0,0,", 0), 0u) << text.substr(0, 60);
  succeed({"export", id, "--format", "split", "-o", "split.npy"});
  EXPECT_EQ(place_.read("split.npy").substr(0, 6), "\x93NUMPY");
  succeed({"fork", id, "--quiet", "--set", "split.train_size=10"});
  const std::string fork = succeed({"export", "last", "--format", "split"});
  for (const char* set : {",train\n", ",removed\n", ",never_seen\n"}) EXPECT_TRUE(has(fork, set)) << fork;
  refuse({"export", id, "--format", "splt"}, "did you mean 'split'?");
}

TEST_F(ManageCli, FiguresBecomeFiles) {
  const std::string id = train("1");
  const ProgramResult without = place_.shell("PATH=/nowhere $GROKLAB export last --format figures -o bare");
  EXPECT_EQ(without.code, 0) << without.err;
  EXPECT_TRUE(has(without.err, "expected node or chromium in PATH")) << without.err;
  const auto spec = nlohmann::json::parse(place_.read("bare/accuracy.vl.json"));
  EXPECT_TRUE(spec.contains("layer"));
  EXPECT_FALSE(fs::exists(place_.path() / "bare" / "accuracy.svg"));
  refuse({"export", id, "--format", "figures", "-o", "-"}, "expected a folder");
  if (place_.shell("command -v node").code != 0) GTEST_SKIP() << "no node";
  const std::string told = succeed({"export", id, "--format", "figures"});
  EXPECT_TRUE(has(told, "groklab-" + id + "-figures: ")) << told;
  std::size_t svgs = 0, specs = 0;
  for (const auto& entry : fs::directory_iterator(place_.path() / ("groklab-" + id + "-figures"))) {
    if (entry.path().extension() == ".json") ++specs;
    if (entry.path().extension() != ".svg") continue;
    ++svgs;
    const std::string svg = place_.read(fs::relative(entry.path(), place_.path()).string());
    EXPECT_EQ(svg.substr(0, 5), "<svg ") << entry.path();
    EXPECT_EQ(svg.substr(svg.size() - 6), "</svg>") << entry.path();
  }
  EXPECT_EQ(svgs, specs);
  EXPECT_GT(svgs, 5u);
  EXPECT_TRUE(has(place_.read("groklab-" + id + "-figures/accuracy.svg"), ">Accuracy<") ||
              has(place_.read("groklab-" + id + "-figures/accuracy.svg"), "accuracy"));
}

TEST_F(ManageCli, ASweepTakesValuesAndTellsAsJson) {
  const auto estimate = nlohmann::json::parse(
      succeed({"sweep", "grid.toml", "--dry-run", "--json", "--set", "seed=5", "--set", "train.steps=40"}));
  EXPECT_EQ(estimate["estimate"]["runs"], 3) << "two seeds became one, with its two forks";
  EXPECT_EQ(estimate["estimate"]["steps"], 3 * 40);
  const auto results =
      nlohmann::json::parse(succeed({"sweep", "grid.toml", "--json", "--set", "seed=5", "--set", "train.steps=40"}));
  ASSERT_EQ(results["runs"].size(), 3u);
  for (const auto& run : results["runs"]) {
    EXPECT_EQ(run["status"], "finished");
    EXPECT_EQ(run["step"], 40);
    EXPECT_EQ(run["last"]["step"], 40);
  }
  EXPECT_EQ(results["runs"][1]["parent"], results["runs"][0]["run"]);
  EXPECT_EQ(runs({"--where", "seed = 5 and train.steps = 40"}), 3u);
  refuse({"sweep", "grid.toml", "--set", "train.stepss=3"}, "did you mean \"train.steps\"?");
  refuse({"sweep", "grid.toml", "--set", "fork.step=3"}, "[[then]]");
}

TEST_F(ManageCli, CompletesWhatMayStand) {
  const std::string id = train("1");
  succeed({"annotate", id, "--name", "baseline"});
  const auto offered = [&](const Words& words) {
    Words all = {"completion", "words", "--"};
    all.insert(all.end(), words.begin(), words.end());
    return succeed(all);
  };
  EXPECT_EQ(offered({"ann"}), "annotate\n");
  EXPECT_EQ(offered({"store", "ver"}), "verify\n");
  EXPECT_EQ(offered({"show", "ba"}), "baseline\n");
  EXPECT_EQ(offered({"show", id.substr(0, 3)}), id + "\n");
  EXPECT_EQ(offered({"show", "--store", "elsewhere", ""}), "");
  EXPECT_EQ(offered({"train", "--set", "split.train_s"}), "split.train_size=\n");
  EXPECT_EQ(offered({"train", "--set", "optim.kind=adamw"}), "optim.kind=adamw\n");
  EXPECT_EQ(offered({"train", "--set", "optim.kind=sg"}), "optim.kind=sgd\n");
  EXPECT_EQ(offered({"train", "--set", "optim.kind=x"}), "");
  EXPECT_EQ(offered({"train", "--set", "train.steps="}), "");
  EXPECT_EQ(offered({"runs", "--columns", "id,t_gr"}), "id,t_grok\n");
  EXPECT_EQ(offered({"export", id, "--format", "saf"}), "safetensors\n");
  EXPECT_EQ(offered({"gc", "--keep"}), "--keep-last\n");
  EXPECT_EQ(offered({"report", "last", "-o", ""}), "") << "a file";
  EXPECT_TRUE(has(offered({""}), "\nsweep\n"));
}

// The script asks the program, whatever bash made of the line: it cuts words at = too.
TEST_F(ManageCli, BashTakesTheScript) {
  if (place_.shell("command -v bash").code != 0) GTEST_SKIP() << "no bash";
  place_.write("ask.bash", R"(mkdir bin && ln -s "$GROKLAB" bin/groklab && PATH="$PWD/bin:$PATH"
source <(groklab completion bash) || exit 3
complete -p groklab >/dev/null || exit 4
compopt() { :; }
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; _groklab; echo "${COMPREPLY[*]}"; }
ask groklab swe
ask groklab train --set split.train_s
ask groklab train --set seed = ''
ask groklab train --set
)");
  const ProgramResult result = place_.shell("bash ask.bash");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "sweep\nsplit.train_size=\n\n--set\n") << result.err;
  if (place_.shell("command -v zsh").code == 0) {
    // Beyond a completion of zsh's own there is no compadd: here it prints what it would offer.
    const ProgramResult asked = place_.shell(
        "export PATH=\"$PWD/bin:$PATH\"; zsh -f -c 'compdef() { :; }; compadd() { print -r -- ${@[$@[(i)--]+1,-1]}; }; "
        "source <(groklab completion zsh); words=(groklab train --set split.train_s); CURRENT=4; _groklab'");
    EXPECT_EQ(asked.out, "split.train_size=\n") << asked.err;
  }
  if (place_.shell("command -v fish").code == 0) {
    const ProgramResult asked = place_.shell(
        "export PATH=\"$PWD/bin:$PATH\" HOME=\"$PWD\"; fish -c 'groklab completion fish | source; complete -C "
        "\"groklab "
        "train --set split.train_s\"'");
    EXPECT_EQ(asked.out, "split.train_size=\n") << asked.err;
  }
}

TEST_F(ManageCli, TheManualPageNamesEveryCommandAndOption) {
  const std::string page = succeed({"completion", "man"});
  for (const char* part : {".TH GROKLAB 1", ".SS groklab annotate", ".SS groklab store verify", "\\-\\-keep\\-last",
                           ".SH EXIT STATUS", "groklab report last \\-o page.html"}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
  place_.write("groklab.1", page);
  if (place_.shell("command -v man").code != 0) GTEST_SKIP() << "no man";
  const ProgramResult shown = place_.shell("LC_ALL=C.UTF-8 man --warnings -l groklab.1 >shown.txt 2>warnings.txt");
  EXPECT_EQ(shown.code, 0);
  EXPECT_EQ(place_.read("warnings.txt"), "");
  EXPECT_TRUE(has(place_.read("shown.txt"), "annotate"));
}

// Examples that a command would not take.
TEST_F(ManageCli, ExamplesOfHelpUseOptionsThatThereAre) {
  std::size_t examples = 0;
  for (const char* command : {"train", "fork", "runs", "annotate", "delete", "gc", "export", "eval", "probe", "report",
                              "sweep", "plan", "merge", "reproduce", "paper"}) {
    const std::string help = succeed({"help", command});
    const std::string options = help.substr(0, help.find("Example"));
    std::istringstream lines(help.substr(options.size()));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string word, name;
      if (!(words >> word >> name) || word != "groklab") continue;
      EXPECT_EQ(name, command);
      ++examples;
      while (words >> word) {
        if (!word.starts_with("--")) continue;
        EXPECT_TRUE(has(options, word)) << command << ": " << word;
      }
    }
  }
  EXPECT_GE(examples, 15u);
}

TEST_F(ManageCli, SettingsThatAreSeldomMeantAreTold) {
  const auto notes = [&](const Words& words) { return place_.run(words).err; };
  EXPECT_TRUE(has(notes({"train", "tiny.toml", "--set", "optim.kind=adam"}), "as an L2 penalty"));
  EXPECT_FALSE(
      has(notes({"train", "tiny.toml", "--set", "optim.kind=adam", "--set", "optim.weight_decay=0.001"}), "L2"));
  EXPECT_TRUE(
      has(notes({"train", "tiny.toml", "--set", "task.parity_bits=9"}), "task.parity_bits changes nothing here"));
  succeed({"train", "tiny.toml", "--quiet", "--set", "train.stop_test_accuracy=0.9"});
  EXPECT_TRUE(has(notes({"fork", "last", "--set", "split.train_size=10"}), "the parent's rule holds here too"));
  EXPECT_FALSE(has(notes({"fork", "last", "--set", "split.train_size=12", "--set", "train.stop_test_accuracy=0"}),
                   "the parent's rule"));
  EXPECT_EQ(notes({"train", "tiny.toml", "--quiet", "--set", "task.parity_bits=9", "--set", "seed=4"}), "");
}

}  // namespace
}  // namespace groklab
