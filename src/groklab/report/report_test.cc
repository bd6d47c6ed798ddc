// Tests of the whole page: self-contained, valid, and safe against hostile text.
#include "groklab/report/report.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <regex>

#include "groklab/report/assets.h"
#include "groklab/report/sha256.h"
#include "groklab/report/synthetic_run.h"

namespace groklab::report {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

// The page without the script bundle, which is the same for all pages.
std::string without_bundle(const std::string& page) {
  const std::size_t at = page.find(page_bundle());
  EXPECT_NE(at, std::string::npos);
  return std::string(page).erase(at, page_bundle().size());
}

std::vector<nlohmann::json> json_blocks(const std::string& page) {
  static const std::string kOpen = "<script type=\"application/json\"";
  std::vector<nlohmann::json> blocks;
  for (std::size_t at = page.find(kOpen); at != std::string::npos; at = page.find(kOpen, at)) {
    const std::size_t begin = page.find('>', at) + 1;
    const std::size_t end = page.find("</script>", begin);
    blocks.push_back(nlohmann::json::parse(page.substr(begin, end - begin)));
    at = end;
  }
  return blocks;
}

TEST(ReportContents, LinksToEverySection) {
  const std::string page = render_report({synthetic_run()}, "title");
  const std::string nav = page.substr(page.find("<nav "), page.find("</nav>") - page.find("<nav "));
  for (const char* link : {"<a href=\"#h-runs\">Run</a>", "<a href=\"#h-charts\">Training</a>",
                           "<a href=\"#h-config\">Configuration</a>"}) {
    EXPECT_NE(nav.find(link), std::string::npos) << nav;
  }
}

TEST(RenderReport, LoadsNothing) {
  const std::string page = without_bundle(render_report({synthetic_run(), synthetic_run()}, "two runs"));
  EXPECT_EQ(count(page, "http://") + count(page, "https://"), 0u);
  EXPECT_FALSE(std::regex_search(page, std::regex("<(link|img|iframe|object|embed|source)[ >]")));
  EXPECT_EQ(count(page, " src="), 0u);
  EXPECT_EQ(count(page, "@import"), 0u);
  EXPECT_EQ(count(page, "url("), 0u);
  // What the bundle might try, the policy forbids.
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(RenderReport, BundleIsInsideAndCannotEndItsScript) {
  EXPECT_GT(page_bundle().size(), 400000u);
  EXPECT_EQ(count(std::string(page_bundle()), "</script"), 0u);
  EXPECT_EQ(count(std::string(page_bundle()), "<!--"), 0u);
}

TEST(RenderReport, EveryChartHasItsDataAndItsPlace) {
  const std::string page = without_bundle(render_report({synthetic_run()}, "one run"));
  const std::vector<nlohmann::json> specs = json_blocks(page);
  EXPECT_EQ(specs.size(), 10u);
  EXPECT_EQ(count(page, "data-chart="), specs.size());
  EXPECT_EQ(count(page, "data-download=\"csv\""), specs.size());
  for (const nlohmann::json& spec : specs) {
    EXPECT_TRUE(spec["data"]["values"].is_string());
    EXPECT_FALSE(spec.contains("$schema"));
  }
}

/// Readings with every field, over three steps.
InsideView synthetic_inside() {
  InsideView inside;
  for (const std::int64_t step : {0, 100, 1000}) {
    ProbeResult r;
    r.step = step;
    r.circuits.emplace();
    r.circuits->memorised_strength = step == 100 ? 5 : 1;
    r.balance = BalanceMetrics{6, 0.2, 4, 0.1, 1.5, 1.4, 1.6, 40, 16, ""};
    r.frequencies = FrequencyMetrics{{"1", "2"}, {0.9, 0.1}, {0.8, 0.2}, 0.5, {0}, {0}, 1e-7, 3};
    r.neurons.emplace();
    r.neurons->count = 2;
    r.neurons->component_fraction = {1, 0};
    r.neurons->threshold = 0.5;
    inside.over_steps.push_back(r);
  }
  ProbeResult last = inside.over_steps.back();
  last.neurons->each = {{0.9, 0, 2}, {std::numeric_limits<double>::quiet_NaN(), -1, 1}};
  last.ablations = {{"C_gen (logits)", 0, 0.1, 0.2, 3, 4}, {"C_gen (logits)", 1, 1, 1, 0, 0}};
  inside.last = last;
  inside.reordered = {"1", "0", {"0", "1"}, {"0", "1"}, {1, -1, -1, 1}};
  inside.circles = {{"1", 0.875, {"0", "1", "2"}, {1, -0.5, -0.5}, {0, 0.87, -0.87}}};
  inside.attention = {1, {"0", "1"}, {"0", "1"}, {0.5, 0.25, 0.75, 0.5}, {0.25, 0.5, 0.125, 0.25}};
  return inside;
}

TEST(RenderReport, ShowsTheInsideOfASingleRun) {
  ReportRun run = synthetic_run();
  run.inside = synthetic_inside();
  const std::string page = without_bundle(render_report({run}, "one run"));
  const std::vector<nlohmann::json> specs = json_blocks(page);
  EXPECT_EQ(specs.size(), 10u + 16u);
  EXPECT_EQ(count(page, "data-chart="), specs.size());
  for (const nlohmann::json& spec : specs)
    EXPECT_TRUE(spec["layer"].is_array()) << "the scripts look there for legends";
  EXPECT_NE(page.find("C_mem largest"), std::string::npos) << "phases are marked";
  EXPECT_NE(page.find("holds 87.5% of the embeddings"), std::string::npos);
  EXPECT_NE(page.find("goes to x, from 25.0% to 75.0%"), std::string::npos) << "the caption says what came out";
  EXPECT_NE(page.find("id=\"inside-balance\""), std::string::npos);
  EXPECT_EQ(count(page, "1.5,1.4,1.6"), 4u) << "rho with its interval at three steps and in the last state";
  EXPECT_NE(page.find("1.5 (1.4 to 1.6)"), std::string::npos) << "in the table of the last state";
  EXPECT_NE(page.find("accuracy without C_gen (logits)"), std::string::npos);
  EXPECT_EQ(without_bundle(render_report({run, synthetic_run()}, "two")).find("Inside the network"), std::string::npos);
}

TEST(RenderReport, SaysHowToSeeCircuitsOverTraining) {
  ReportRun run = synthetic_run();
  run.inside = synthetic_inside();
  run.inside.over_steps.clear();
  EXPECT_NE(render_report({run}, "one run").find("train.probe_every"), std::string::npos);
}

TEST(RenderReport, HostileTextStaysText) {
  const std::string evil = "</script><script>alert(1)</script><!-- \"'&\n{{bundle}}";
  ReportRun run = synthetic_run();
  run.info.id = evil;
  run.info.reason = evil;
  run.info.machine = evil;
  run.info.version = evil;
  run.info.config.task.table = evil;
  run.task_name = evil;
  run.info.tensor_names[0] = evil;
  run.slice.row_names[0] = evil;
  const std::string page = without_bundle(render_report({run, synthetic_run()}, evil));
  EXPECT_EQ(count(page, "alert(1)</script>"), 0u);
  EXPECT_EQ(count(page, "<script>alert"), 0u);
  EXPECT_EQ(count(page, "<!--"), 0u);
  EXPECT_EQ(count(page, "<script"), json_blocks(page).size() + 1);
  EXPECT_EQ(count(page, "</script>"), json_blocks(page).size() + 1);
}

TEST(RenderReport, DivergedRunWithNaNEverywhere) {
  ReportRun run = synthetic_run();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Record bad;
  bad.step = 40001;
  bad.train = bad.test = {10, nan, nan, nan, nan, nan, nan, nan};
  bad.norm = bad.gradient_norm = std::numeric_limits<double>::infinity();
  bad.update_norm = nan;
  bad.tensor_norms.assign(3, nan);
  run.records.push_back(bad);
  run.info.status = RunStatus::kDiverged;
  run.slice.logits.assign(run.slice.logits.size(), nan);
  const std::string page = without_bundle(render_report({run}, "diverged"));
  for (const nlohmann::json& spec : json_blocks(page)) {
    const std::string data = spec["data"]["values"];
    EXPECT_EQ(count(data, "nan") + count(data, "inf"), 0u);
  }
  EXPECT_NE(page.find("status diverged"), std::string::npos);
}

TEST(RenderReport, RunWithoutRecordsAndNoRunsAtAll) {
  ReportRun empty;
  empty.info.id = "0000";
  EXPECT_FALSE(json_blocks(without_bundle(render_report({empty}, "new"))).empty());
  EXPECT_NE(render_report({}, "none").find("No runs."), std::string::npos);
}

TEST(RenderReport, DifferencesAreMarked) {
  SyntheticOptions weak;
  weak.weight_decay = 0.3;
  weak.id = "bb00112233cc";
  const std::string page = without_bundle(render_report({synthetic_run(), synthetic_run(weak)}, "two"));
  EXPECT_NE(page.find("<tr class=\"differs\"><th scope=\"row\">optim.weight_decay</th>"), std::string::npos);
  EXPECT_EQ(page.find("<tr class=\"differs\"><th scope=\"row\">optim.beta1</th>"), std::string::npos);
}

TEST(RenderReport, ThinnedRunsAreSaidToBe) {
  SyntheticOptions dense;
  dense.every = 4;
  const ReportRun run = synthetic_run(dense);
  ASSERT_GT(run.records.size(), 9000u);
  const std::string page = without_bundle(render_report({run}, "long"));
  EXPECT_NE(page.find("records are drawn"), std::string::npos);
  EXPECT_LT(page.size(), 3000000u);
}

/// What stands between two texts that occur once.
std::string between(const std::string& page, const std::string& open, const std::string& close) {
  EXPECT_EQ(count(page, open), 1u) << open;
  const std::size_t begin = page.find(open) + open.size();
  return page.substr(begin, page.find(close, begin) - begin);
}

// Catches: a policy that lets any script or style run; hashes that the page's own do not have, so that it stays blank.
TEST(ReportPolicy, NamesThePagesOwnScriptAndStyleAndNothingElse) {
  const std::string page = render_report({synthetic_run()}, "title");
  const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\"");
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << policy;
  const auto hash = [](const std::string& text) { return "'sha256-" + sha256_base64(text) + "'"; };
  EXPECT_NE(policy.find("script-src " + hash(between(page, "<script>", "</script>")) + ";"), std::string::npos);
  const std::string style = between(page, "<style>", "</style>");
  EXPECT_NE(policy.find("style-src " + hash(style) + ";"), std::string::npos);
  // What the policy would not let through: attributes that are style or script.
  const std::string body = page.substr(page.find("<body>"), page.find("<script>") - page.find("<body>"));
  for (const char* part : {" style=", " onclick=", " onload=", "javascript:"}) EXPECT_EQ(count(body, part), 0u) << part;
  // The rules that stand for them.
  EXPECT_GT(count(body, " data-height=\""), 3u);
  EXPECT_NE(style.find("[data-height=\""), std::string::npos);
  EXPECT_NE(style.find("{ --run: #"), std::string::npos);
}

}  // namespace
}  // namespace groklab::report
