// Claims judged on stored runs whose records make them true, false and undecidable. Claims that read weights:
// stored_weights_test.cc; dcrit, ungrokking and weight-decay: ../reproduction_test.cc.
#include <gtest/gtest.h>

#include "groklab/studies/varma2023/stored_runs_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

double fraction_of(const Config& config, const Record& record) {
  return static_cast<double>(record.step) / static_cast<double>(config.train.steps);
}

/// Fits at step 100; generalises at `grok`; the norm is 30 until then and ends at `end`.
Story grokking_story(const std::function<double(const Config&)>& grok, double end = 25) {
  Story story;
  story.record = [=](const Config& config, bool, Record& record) {
    const auto step = static_cast<double>(record.step);
    record.train.accuracy = step < 100 ? 0.1 : 1;
    record.test.accuracy = step < grok(config) ? 0.05 : 1;
    record.norm = step < 100 ? 40 : step < 1200 ? 30 : end;
  };
  return story;
}

// Catches: every seed read from the first one's run, which has no spread (measure: runs.runs[0] for runs.runs[i]);
// times at another accuracy than 0.9.
TEST(StoredGrokking, IsJudgedFromTheRecords) {
  const auto late = [](const Config& c) { return 1000 * std::exp(0.1 * deviation_of_seed(c)); };
  const Judgement yes = judge_told("grokking", grokking_story(late));
  EXPECT_EQ(yes.verdict(), Verdict::kConfirmed) << yes.ours;
  EXPECT_NEAR(yes.tests[0].effect.value, 1, 0.05) << "T_fit 100, T_grok 1000";
  EXPECT_NEAR(yes.tests[1].effect.value, std::log(25.0 / 30), 1e-9);
  EXPECT_GT(yes.tests[0].effect.high - yes.tests[0].effect.low, 0.02) << "seeds differ";
  EXPECT_EQ(judge_told("grokking", grokking_story([](const Config&) { return 125.0; })).verdict(), Verdict::kRefuted)
      << "no delay";
  EXPECT_EQ(judge_told("grokking", grokking_story(late, 33)).verdict(), Verdict::kRefuted) << "a norm that grows";
  const auto mixed = [](const Config& c) { return deviation_of_seed(c) > 0 ? 1100.0 : 110.0; };
  EXPECT_EQ(judge_told("grokking", grokking_story(mixed)).verdict(), Verdict::kInconclusive);
}

/// Per seed: test accuracy of networks with random labels, without a circuit, with too few rows; T_grok otherwise.
struct ToldIngredients {
  double no_circuit = 0.05, too_few = 0.05, grok = 1000, fast = 110;
};
Story ingredients_story(const std::function<ToldIngredients(const Config&)>& tell) {
  Story story;
  story.record = [=](const Config& c, bool, Record& record) {
    const ToldIngredients t = tell(c);
    const auto step = static_cast<double>(record.step);
    record.train.accuracy = step < 100 ? 0.1 : 1;
    const double end = c.task.labels == LabelKind::kRandom  ? 0.05
                       : c.task.operation == "cubic_plus_y" ? t.no_circuit
                       : c.split.train_size == 60           ? t.too_few
                                                            : 1;
    record.test.accuracy = step < (c.split.train_size == 270 ? t.fast : t.grok) ? 0.02 : end;
    record.test.accuracy += 0.01 * deviation_of_seed(c);
  };
  return story;
}

// Catches: two kinds of networks exchanged in measure (too_few read from no_circuit's runs), which only a story that
// treats them unlike can tell.
TEST(StoredIngredients, AreJudgedEachFromItsOwnRuns) {
  const auto judged = [](const std::function<ToldIngredients(const Config&)>& tell) {
    return judge_told("ingredients", ingredients_story(tell));
  };
  const Judgement yes = judged([](const Config&) { return ToldIngredients{}; });
  EXPECT_EQ(yes.verdict(), Verdict::kConfirmed) << yes.ours;
  const auto refuted_by = [&](const ToldIngredients& told, std::size_t test) {
    const Judgement no = judged([&](const Config&) { return told; });
    EXPECT_EQ(no.verdict(), Verdict::kRefuted) << no.ours;
    for (std::size_t i = 0; i < no.tests.size(); ++i) {
      EXPECT_EQ(no.tests[i].verdict, i == test ? Verdict::kRefuted : Verdict::kConfirmed) << no.tests[i].what;
    }
  };
  refuted_by({.grok = 120}, 0);
  refuted_by({.no_circuit = 0.95}, 2);
  refuted_by({.too_few = 0.95}, 3);
  refuted_by({.fast = 500}, 4);
  const Judgement open =
      judged([](const Config& c) { return ToldIngredients{.too_few = deviation_of_seed(c) > 0.5 ? 0.95 : 0.05}; });
  EXPECT_EQ(open.verdict(), Verdict::kInconclusive) << "one seed of five generalises";
}

/// From scratch M comes to 10 at a third of the steps and ends at `remains` of it, G grows. Forks have rho = G / M of
/// (D' / 90)^exponent at rest; that on 90 rows still moves, with a rho that would turn the ranks round.
Story circuits_story(const std::function<double(const Config&)>& remains,
                     const std::function<double(const Config&)>& exponent) {
  Story story;
  story.weights = [](const NetworkRun&, bool, std::int64_t) {};
  story.checkpoints = {0.1, 0.34, 0.7, 1};
  story.record = [=](const Config& c, bool is_fork, Record& record) {
    const double t = fraction_of(c, record);
    double general = 20 * t, memorised = t < 1.0 / 3 ? 30 * t : 10 + 10 * (remains(c) - 1) * (1.5 * t - 0.5);
    if (is_fork) {
      memorised = 10;
      general = memorised * std::pow(static_cast<double>(c.split.train_size) / 90, exponent(c));
      if (c.split.train_size == 90) {
        general = exponent(c) > 0 ? 1000 : 0.001;
        record.objective *= 1 - 0.5 * t;
      }
    }
    record.test.correct_logit_centred = general;
    record.train.correct_logit_centred = general + memorised;
  };
  return story;
}

// Catches: G and M exchanged in measure; forks that still move taken in.
TEST(StoredCircuits, AreJudgedFromTheRecordsLogits) {
  const auto little = [](const Config& c) { return 0.1 + 0.05 * deviation_of_seed(c); };
  const auto rises = [](const Config& c) { return 2 + 0.2 * deviation_of_seed(c); };
  Json sizes = told_sizes("circuits");
  sizes["ungrok_rows"] = {50, 70, 90, 160};
  const auto judged = [&](const auto& left, const auto& power) {
    return judge_told("circuits", sizes, circuits_story(left, power));
  };
  const Judgement yes = judged(little, rises);
  EXPECT_EQ(yes.verdict(), Verdict::kConfirmed) << yes.ours;
  EXPECT_NEAR(yes.tests[1].effect.value, 0.1, 0.02) << "of M's peak";
  EXPECT_NE(yes.ours.find("ratio from 0.2"), std::string::npos) << yes.ours;
  const Judgement stays = judged([](const Config&) { return 0.9; }, rises);
  EXPECT_EQ(stays.tests[1].verdict, Verdict::kRefuted) << "M does not give way";
  EXPECT_EQ(stays.verdict(), Verdict::kRefuted);
  const Judgement falls = judged(little, [](const Config&) { return -2.0; });
  EXPECT_EQ(falls.tests[0].verdict, Verdict::kRefuted) << "rho falls with D'";
  EXPECT_EQ(falls.verdict(), Verdict::kRefuted);
  const auto half = [](const Config& c) { return 0.5 + 0.3 * deviation_of_seed(c); };
  EXPECT_EQ(judged(half, rises).verdict(), Verdict::kInconclusive);
}

/// From scratch 200 rows and more grok, 120 do not; what `middle` tells of the end on 180, and by how much it still
/// rises. Forks have rho = 1 near 90 rows.
Story semi_story(const std::function<double(const Config&)>& middle, double drift = 0) {
  Story story;
  story.record = [=](const Config& c, bool is_fork, Record& record) {
    const double t = fraction_of(c, record);
    const auto rows = static_cast<double>(c.split.train_size);
    if (is_fork) {
      const double share = 1 / (1 + std::pow(90 * std::exp(0.1 * deviation_of_seed(c)) / rows, 6));
      record.test.accuracy = share;
      record.test.correct_logit_centred = 20 * share;
      return;
    }
    const double end = rows < 150 ? 0.02 : rows < 200 ? middle(c) : 1;
    record.test.accuracy = t < 0.5 ? 0.02 : end + (rows > 150 && rows < 200 ? drift * (t - 1) : 0);
  };
  return story;
}

// Catches: the path's ratio upside down; a run that still moves taken for a plateau (is_level true).
TEST(StoredSemiGrokking, IsJudgedFromTheRecords) {
  Json sizes = told_sizes("semi-grokking");
  sizes["rows"] = {60, 120, 180, 240};
  const auto judged = [&](const Story& story) { return judge_told("semi-grokking", sizes, story); };
  const auto level = [](const Config& c) { return 0.5 + 0.1 * deviation_of_seed(c); };
  const Judgement yes = judged(semi_story(level));
  EXPECT_EQ(yes.verdict(), Verdict::kConfirmed) << yes.ours;
  EXPECT_EQ(yes.tests[0].effect.value, 0.25) << "one of each seed's four sizes";
  EXPECT_NEAR(yes.tests[1].effect.value, std::log(2), 0.1);
  EXPECT_NEAR(yes.tests[2].effect.value, std::log(2), 0.15);
  const Judgement none = judged(semi_story([](const Config&) { return 1.0; }));
  EXPECT_EQ(none.tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(none.verdict(), Verdict::kRefuted) << "no plateaus";
  const Judgement moving = judged(semi_story(level, 0.6));
  EXPECT_EQ(moving.n_censored, 5) << moving.ours;
  EXPECT_EQ(moving.verdict(), Verdict::kRefuted) << "middling accuracy that still rises is no plateau";
  const Judgement one = judged(semi_story([&](const Config& c) { return deviation_of_seed(c) > 0.5 ? 0.5 : 1.0; }));
  EXPECT_EQ(one.verdict(), Verdict::kInconclusive) << "a plateau of one seed";
}

/// Accuracy at rest on the fewest rows; `drift` of the generalising fraction over the run, where it still moves.
Story other_story(const std::function<double(const Config&)>& fewest,
                  const std::function<double(const Config&)>& drift) {
  Story story;
  story.record = [=](const Config& c, bool is_fork, Record& record) {
    if (!is_fork || c.split.train_size != 50) return;
    record.test.accuracy = fewest(c);
    record.test.correct_logit_centred = 20 * (fewest(c) + drift(c) * fraction_of(c, record));
  };
  return story;
}

// Catches: parents read for forks (nothing would fall); forks that still move taken in.
TEST(StoredOtherTasks, AreJudgedFromForksAtRest) {
  const auto still = [](const Config&) { return 0.0; };
  const auto judged = [](const auto& fewest, const auto& drift) {
    return judge_told("other-tasks", other_story(fewest, drift));
  };
  const auto little = [](const Config& c) { return 0.06 + 0.03 * deviation_of_seed(c); };
  const Judgement yes = judged(little, still);
  EXPECT_EQ(yes.verdict(), Verdict::kConfirmed) << yes.ours;
  EXPECT_NEAR(yes.tests[0].effect.value, 0.94, 1e-9);
  EXPECT_EQ(judged([](const Config&) { return 0.9; }, still).verdict(), Verdict::kRefuted) << "nothing ungroks";
  const auto mixed = [](const Config& c) { return deviation_of_seed(c) > 0 ? 0.9 : 0.1; };
  EXPECT_EQ(judged(mixed, still).verdict(), Verdict::kInconclusive);
  const auto all_but_one = [](const Config& c) { return c.seed == kSeeds.first ? 0.0 : 0.5; };
  const Judgement restless = judged(little, all_but_one);
  EXPECT_EQ(restless.tests[0].effect.n, 1);
  EXPECT_EQ(restless.verdict(), Verdict::kInconclusive) << "one seed at rest";
}

}  // namespace
}  // namespace groklab::studies::varma2023
