// Tests of the page over many runs: groups, what captions say, what is drawn, and its size.
#include "groklab/report/overview.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "groklab/base/error.h"
#include "groklab/report/overview_charts.h"
#include "groklab/report/synthetic_run.h"

namespace groklab::report {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

/// A run that grokked at a step (0: not within its 40,000).
OverviewRun made_up(std::int64_t seed, double decay, std::int64_t grok, std::int64_t every = 1000) {
  SyntheticOptions options;
  options.id = fmt::format("{:02}{:05}{:05}", seed, std::llround(decay * 100), grok);
  options.weight_decay = decay;
  options.grok_at = grok > 0 ? static_cast<double>(grok) : 1e9;
  options.every = every;
  const ReportRun synthetic = synthetic_run(options);
  OverviewRun run;
  run.info = synthetic.info;
  run.info.config.seed = run.info.config.split.seed = seed;
  run.events.fit = 300;
  if (grok > 0) run.events.grok = grok;
  for (const Record& record : synthetic.records) {
    run.curve.push_back({record.step, record.test.accuracy, record.train.accuracy, record.test.loss, record.norm});
  }
  return run;
}

/// Decay 0.3: two of five grokked; decay 1: all five.
std::vector<OverviewRun> two_decays() {
  std::vector<OverviewRun> runs;
  for (int seed = 0; seed < 5; ++seed) {
    runs.push_back(made_up(seed, 0.3, seed < 2 ? 20000 + 1000 * seed : 0));
    runs.push_back(made_up(seed, 1.0, 5000 + 100 * seed));
  }
  return runs;
}

TEST(GroupRuns, ChoosesTheKeysThatDifferAndLeavesSeedsTogether) {
  const std::vector<OverviewRun> runs = two_decays();
  const RunGroups groups = group_runs(runs, {});
  EXPECT_EQ(groups.x, "optim.weight_decay");
  EXPECT_EQ(groups.color, "");
  EXPECT_EQ(groups.xs, (std::vector<std::string>{"0.3", "1.0"}));
  EXPECT_EQ(groups.keys, (std::vector<std::string>{"seed", "optim.weight_decay"}));
  const std::vector<RunCell> cells = cells_of(groups, "");
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_EQ(cells[0].grokked, 2);
  EXPECT_TRUE(std::isnan(cells[0].grok.value)) << "more than half are censored: no median, not that of those that did";
  EXPECT_EQ(cells[1].grok.value, 5200);
  EXPECT_EQ(cells[1].grok.low, 5000);
  EXPECT_EQ(cells[1].grok.high, 5400);
}

TEST(GroupRuns, RefusesAKeyThatIsNone) {
  OverviewOptions options;
  options.x = "optim.weight_dekay";
  EXPECT_THROW(group_runs(two_decays(), options), Error);
}

TEST(EventCharts, CaptionSaysWhatCameOutAndCensoredRunsAreMarked) {
  const std::vector<OverviewRun> runs = two_decays();
  const RunGroups groups = group_runs(runs, {});
  const std::vector<Chart> charts = event_charts(groups);
  ASSERT_EQ(charts.size(), 1u);
  EXPECT_TRUE(has(charts[0].caption, "7 of 10 runs grokked.")) << charts[0].caption;
  EXPECT_TRUE(has(charts[0].caption, "weight_decay 1.0: 5,200 [5,000, 5,400], 5/5 grokked")) << charts[0].caption;
  EXPECT_TRUE(has(charts[0].caption, "In 1 of 2 groups")) << charts[0].caption;
  const std::string data = charts[0].spec["data"]["values"];
  EXPECT_EQ(occurrences(data, ",not grokked,"), 3u);
  EXPECT_EQ(occurrences(data, ",median,"), 1u);
  EXPECT_EQ(occurrences(data, "#run-"), 10u);
}

TEST(EventMaps, NeedTwoKeys) {
  std::vector<OverviewRun> runs = two_decays();
  EXPECT_TRUE(event_maps(group_runs(runs, {})).empty());
  for (std::size_t i = 0; i < runs.size(); i += 3) runs[i].info.config.split.train_size = 500;
  const RunGroups groups = group_runs(runs, {});
  const std::vector<Chart> maps = event_maps(groups);
  ASSERT_EQ(maps.size(), 1u);
  EXPECT_EQ(occurrences(maps[0].spec["data"]["values"], "\n"), 5u) << "four cells and the names";
}

// Catches: a diverged run whose loss or norm sets the axes.
// Catches: the first record instead of the last, a diverged run that counts, repetitions joined to one line.
TEST(EndingCharts, ShowEveryRunWhereItEnded) {
  std::vector<OverviewRun> runs = two_decays();
  runs[1].info.status = RunStatus::kDiverged;
  const RunGroups groups = group_runs(runs, {});
  const std::vector<Chart> charts = ending_charts(groups);
  ASSERT_EQ(charts.size(), 1u);
  const std::string csv = charts[0].spec["data"]["values"];
  EXPECT_EQ(occurrences(csv, "\n"), 10u) << "a head and nine runs\n" << csv;
  EXPECT_TRUE(has(charts[0].caption, "100% at 1, the ends of weight_decay")) << charts[0].caption;
  EXPECT_TRUE(ending_charts(group_runs({runs[0]}, {})).empty());
}

TEST(OverviewCurves, DivergedRunsAreLeftOutAndSaidToBe) {
  std::vector<OverviewRun> runs = two_decays();
  runs[0].info.status = RunStatus::kDiverged;
  runs[0].curve.back().norm = 1e30;
  runs[0].curve.back().test_loss = 1e30;
  for (const Chart& chart : overview_curves(group_runs(runs, {}), false)) {
    const std::string data = chart.spec["data"]["values"];
    EXPECT_FALSE(has(data, "e+30")) << chart.id;
    EXPECT_TRUE(has(chart.caption, "Left out: 1 that diverged.")) << chart.caption;
    EXPECT_TRUE(has(chart.caption, "each run, 9 in all")) << chart.caption;
  }
}

TEST(OverviewCurves, MedianOfFiveSeedsIsTheThird) {
  std::vector<OverviewRun> runs;
  for (int seed = 0; seed < 5; ++seed) {
    OverviewRun run = made_up(seed, 1, 5000);
    run.curve = {{0, 0.1 * seed, 1, 1, 1}, {100, 0.1 * seed, 1, 1, 1}};
    runs.push_back(run);
  }
  const std::string data = overview_curves(group_runs(runs, {}), false)[0].spec["data"]["values"];
  EXPECT_TRUE(has(data, "\n,,,0,0.2,0.1,0.3\n")) << data.substr(0, 400);
}

// Catches: a figure that begins empty, as its first choice is a value that other figures alone have.
TEST(OverviewCurves, AFigureOffersWhatItHas) {
  std::vector<OverviewRun> runs;
  for (const std::int64_t size : {100, 200, 300}) {
    for (const double decay : {0.3, 1.0}) {
      for (const std::int64_t modulus : {23, 31}) {
        if (modulus == 31 && size == 100) continue;
        runs.push_back(made_up(size, decay, 5000));
        runs.back().info.config.seed = runs.back().info.config.split.seed = 0;
        runs.back().info.config.split.train_size = size;
        runs.back().info.config.task.modulus = modulus;
      }
    }
  }
  OverviewOptions options;
  options.x = "split.train_size";
  options.color = "optim.weight_decay";
  options.facet = "task.modulus";
  const std::vector<Chart> charts = overview_curves(group_runs(runs, options), false);
  const auto choice = [](const Chart& chart) { return chart.spec["params"][0]; };
  EXPECT_EQ(choice(charts.front())["value"], "100");
  EXPECT_EQ(choice(charts.back())["value"], "200");
  EXPECT_EQ(choice(charts.back())["bind"]["options"], nlohmann::json({"200", "300"}));
}

TEST(RenderOverview, IsOnePageWithATableAndItsCommand) {
  OverviewOptions options;
  options.command = "groklab report --x seed";
  const std::string page = render_overview(two_decays(), options, "ten runs");
  EXPECT_TRUE(has(page, "10 runs: 7 grokked"));
  EXPECT_TRUE(has(page, "groklab report --x seed"));
  EXPECT_EQ(occurrences(page, "<tr id=\"run-"), 10u);
  EXPECT_EQ(occurrences(page, "<th scope=\"col\"><button"), 10u);
  EXPECT_TRUE(has(render_overview({}, {}, "none"), "No runs."));
}

TEST(RenderOverview, HostileTextStaysText) {
  std::vector<OverviewRun> runs = two_decays();
  const std::string evil = "</script><script>alert(1)</script>";
  runs[0].info.config.task.table = evil;
  runs[0].info.config.fork.run = evil;
  OverviewOptions options;
  options.command = evil;
  const std::string page = render_overview(runs, options, evil);
  EXPECT_EQ(occurrences(page, "<script>alert"), 0u);
}

TEST(RenderOverview, ThreeHundredRunsFitIntoFiveMegabytes) {
  std::vector<OverviewRun> runs;
  for (int seed = 0; seed < 10; ++seed) {
    for (int decay = 1; decay <= 6; ++decay) {
      for (int size = 1; size <= 5; ++size) {
        OverviewRun run = made_up(seed, 0.25 * decay, 1000 * decay + 100 * size + 10 * seed, 100);
        run.info.id += std::to_string(size);
        run.info.config.split.train_size = 500 * size;
        runs.push_back(run);
      }
    }
  }
  const std::string page = render_overview(runs, {}, "many");
  EXPECT_LT(page.size(), 5'000'000u);
  RecordProperty("bytes", std::to_string(page.size()));
}

}  // namespace
}  // namespace groklab::report
