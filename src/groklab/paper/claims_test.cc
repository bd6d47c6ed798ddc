// Claims judged on made-up records in which they are true, false or undecidable; and the plans of every scale.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <set>

#include "groklab/base/error.h"
#include "groklab/base/random.h"
#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/paper/plateau.h"
#include "groklab/paper/reproduction.h"

namespace groklab::paper {
namespace {

namespace fs = std::filesystem;

/// Test accuracy of a made-up run at a step; NaN: the run failed.
using Curve = std::function<double(const Config& config, bool is_fork, double step)>;

class ClaimsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) /
                 (std::string("claims_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  ClaimResult judge(const Claim& claim, const Curve& curve) {
    Scale scale = make_scale("quick");
    Study study(scale);
    claim.plan(study);
    fs::remove_all(directory_);
    Store store(directory_);
    ParameterLayout layout;
    layout.add("w", {1});
    std::vector<PlannedResult> results;
    for (const PlannedRun& planned : study.plan().runs) {
      PlannedResult result;
      result.id = fmt::format("{:012x}", results.size());
      Config config = planned.config;
      const bool is_fork = planned.parent != kNoParent;
      config.fork = ForkConfig{};
      if (std::isnan(curve(config, is_fork, 0))) {
        result.state = PlannedState::kFailed;
        results.push_back(result);
        continue;
      }
      result.state = PlannedState::kDone;
      result.outcome.step = config.train.steps;
      store.create_run(result.id, config, "machine", layout, true);
      const auto sink = store.sink(result.id, layout);
      for (double step = 0;; step = std::max(step + 1, std::floor(step * 1.1))) {
        step = std::min(step, static_cast<double>(config.train.steps));
        Record record;
        record.step = static_cast<std::int64_t>(step);
        record.train.rows = config.split.train_size;
        record.train.accuracy = is_fork || step >= 150 ? 1 : 0.1;
        record.test.rows = 100;
        record.test.accuracy = curve(config, is_fork, step);
        record.removed = record.never_seen = record.test;
        record.norm = 30 - 5 * record.test.accuracy;
        record.tensor_norms = {record.norm};
        sink->on_record(record);
        if (record.step == config.train.steps) break;
      }
      sink->on_outcome(result.outcome);
      results.push_back(result);
    }
    ThreadPool pool(1);
    study.attach(store, results, pool);
    return claim.judge(study);
  }

  fs::path directory_;
};

/// A number of a seed, between -1 and 1, that looks random.
double wobble(const Config& config) {
  RandomStream stream(static_cast<std::uint64_t>(config.seed), StreamPurpose::kBootstrap);
  return 2 * stream.next_uniform() - 1;
}

double transition(double rows, double midpoint, double steepness) {
  return 0.03 + 0.97 / (1 + std::pow(midpoint / rows, steepness));
}

TEST_F(ClaimsTest, GrokkingIsConfirmedWhenLateRefutedWhenImmediateOpenWhenSeedsDisagree) {
  const auto at = [](double time) {
    return [=](const Config&, bool, double step) { return step >= time ? 1.0 : 0.05; };
  };
  const ClaimResult late = judge(claim_grokking(), [&](const Config& c, bool f, double step) {
    return at(3000 * (1 + 0.2 * wobble(c)))(c, f, step);
  });
  EXPECT_EQ(late.verdict(), Verdict::kConfirmed);
  EXPECT_NEAR(late.tests[0].effect.value, std::log10(3000 / 150.0), 0.15);
  EXPECT_EQ(judge(claim_grokking(), at(160)).tests[0].verdict, Verdict::kRefuted);
  const ClaimResult mixed = judge(claim_grokking(), [&](const Config& c, bool f, double step) {
    return at(c.seed % 2 == 0 ? 160 : 3000)(c, f, step);
  });
  EXPECT_EQ(mixed.tests[0].verdict, Verdict::kInconclusive);
  const ClaimResult never = judge(claim_grokking(), at(1e9));
  EXPECT_EQ(never.n_censored, make_scale("quick").seeds);
}

TEST_F(ClaimsTest, UngrokkingNeedsASharpFallAndEqualFates) {
  const auto curve = [](double midpoint, double steepness) {
    return [=](const Config& c, bool is_fork, double step) {
      if (!is_fork || step == 0) return 1.0;
      return transition(static_cast<double>(c.split.train_size), midpoint * (1 + 0.1 * wobble(c)), steepness);
    };
  };
  const ClaimResult sharp = judge(claim_ungrokking(), curve(160, 6));
  EXPECT_EQ(sharp.verdict(), Verdict::kConfirmed);
  EXPECT_NEAR(sharp.data["midpoint"].get<double>(), 160, 10);
  EXPECT_EQ(judge(claim_ungrokking(), curve(160, 1)).tests[2].verdict, Verdict::kRefuted);  // a gentle slope
  const ClaimResult none = judge(claim_ungrokking(), curve(5, 6));
  EXPECT_EQ(none.tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(none.n_censored, make_scale("quick").seeds);
}

TEST_F(ClaimsTest, WeightDecayIsFoundToMatterWhereItDoes) {
  const auto curve = [](double exponent, double spread) {
    return [=](const Config& c, bool is_fork, double step) {
      if (!is_fork || step * c.optim.weight_decay < 100) return 1.0;
      const double noise = std::exp(spread * wobble(c) * std::log(3 * c.optim.weight_decay));
      return transition(static_cast<double>(c.split.train_size), 160 * std::pow(c.optim.weight_decay, exponent) * noise,
                        6);
    };
  };
  EXPECT_EQ(judge(claim_weight_decay(), curve(0, 0.02)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge(claim_weight_decay(), curve(-0.7, 0.02)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge(claim_weight_decay(), curve(-0.32, 0.5)).verdict(), Verdict::kInconclusive);
}

TEST_F(ClaimsTest, SemiGrokkingCountsPlateaus) {
  const auto curve = [](double level_share) {
    return [=](const Config& c, bool is_fork, double step) {
      const auto rows = static_cast<double>(c.split.train_size);
      if (is_fork) return transition(rows, 160, 6);
      if (step < 2000) return 0.05;
      if (rows == 320 && c.seed % 4 < 4 * level_share) return 0.6;
      return rows >= 320 ? 1.0 : 0.05;
    };
  };
  const ClaimResult some = judge(claim_semi_grokking(), curve(1));
  EXPECT_EQ(some.verdict(), Verdict::kConfirmed);
  EXPECT_NEAR(some.tests[0].effect.value, 0.2, 1e-9);
  EXPECT_NE(judge(claim_semi_grokking(), curve(0)).verdict(), Verdict::kConfirmed);
}

TEST_F(ClaimsTest, FailedRunsAreLeftOutAndNothingBreaks) {
  const double nan = std::nan("");
  for (const Claim& claim : all_claims()) {
    const ClaimResult result = judge(claim, [&](const Config&, bool, double) { return nan; });
    if (std::string(claim.id) != "ingredients") {  // part of it is simulated
      EXPECT_EQ(result.verdict(), Verdict::kInconclusive) << claim.id;
    }
    EXPECT_FALSE(result.tests.empty()) << claim.id;
  }
}

TEST(Plateau, EndingsOfRuns) {
  const auto run = [](const std::function<double(double)>& accuracy) {
    std::vector<Record> records;
    for (int step = 0; step <= 9000; step += 100) {
      Record record;
      record.step = step;
      record.test.accuracy = accuracy(step);
      records.push_back(record);
    }
    return classify_ending(records);
  };
  EXPECT_EQ(run([](double s) { return s > 4000 ? 1.0 : 0.1; }), Ending::kGrokked);
  EXPECT_EQ(run([](double s) { return s > 4000 ? 0.6 : 0.1; }), Ending::kPlateau);
  EXPECT_EQ(run([](double s) { return s / 18000; }), Ending::kUnfinished);
  EXPECT_EQ(run([](double) { return 0.05; }), Ending::kNone);
}

TEST(Scales, EveryScaleCanBePlannedAndItsSizesExist) {
  for (const char* name : {"smoke", "quick", "full"}) {
    const Scale scale = make_scale(name);
    const Study study = plan_study(scale, all_claims());
    EXPECT_GT(study.plan().runs.size(), 50u) << name;
    for (const PlannedRun& run : study.plan().runs) {
      EXPECT_GT(run.config.split.train_size, 0);
      EXPECT_GE(run.config.seed, scale.first_seed);
    }
    for (const std::int64_t rows : scale.general_rows) EXPECT_LE(rows, scale.main.rows) << name;
    EXPECT_EQ(scale.general_rows.back(), scale.main.rows);
    EXPECT_TRUE(std::is_sorted(scale.ungrok_rows.begin(), scale.ungrok_rows.end()));
  }
  EXPECT_THROW(make_scale("huge"), Error);
}

TEST(Scales, ASubsetOfClaimsNeedsFewerRuns) {
  const Scale scale = make_scale("quick");
  const auto some = choose_claims({"ungrokking", "grokking"});
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(std::string(some[0].id), "grokking");  // the table's order
  EXPECT_LT(plan_study(scale, some).plan().runs.size(), plan_study(scale, all_claims()).plan().runs.size());
  EXPECT_THROW(choose_claims({"grokin"}), Error);
}

}  // namespace
}  // namespace groklab::paper
