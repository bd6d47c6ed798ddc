// Claims judged on made-up records in which they are true, false or undecidable; and the plans of every scale.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

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

/// What the weights of made-up runs would say.
struct Weights {
  std::function<double(const Config& config, bool is_fork)> norm;  ///< at equal margin
  std::function<double(const Config& config)> balance;             ///< C_gen / C_mem at the end; none: 100
};

/// C_mem rises to 10 and falls to 1, C_gen's share rises.
std::vector<std::pair<std::int64_t, CircuitMetrics>> circuits_of(const Weights& weights, const Config& config) {
  std::vector<std::pair<std::int64_t, CircuitMetrics>> over;
  for (const auto& [step, memorised, fraction] : {std::tuple{0, 0.1, 0.01}, {200, 10.0, 0.2}, {5000, 1.0, 0.99}}) {
    CircuitMetrics m;
    m.memorised_strength = memorised;
    m.invariant_fraction = fraction;
    m.invariant_test.correct_logit = memorised * (weights.balance ? weights.balance(config) : 100);
    over.emplace_back(step, m);
  }
  return over;
}

class ClaimsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) /
                 (std::string("claims_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  ClaimResult judge(const Claim& claim, const Curve& curve, const Weights& weights = {}) {
    Scale scale = make_scale("quick");
    Study study(scale);
    claim.plan(study);
    const auto of = [&](RunIndex run) -> std::pair<const Config&, bool> {
      const PlannedRun& planned = study.plan().runs[run];
      return {planned.config, planned.parent != kNoParent};
    };
    Study::Measurements measurements;
    if (weights.norm) {
      measurements.norm_at_margin = [&, of](RunIndex run) { return weights.norm(of(run).first, of(run).second); };
    }
    measurements.circuits_over_steps = [&, of](RunIndex run) { return circuits_of(weights, of(run).first); };
    study.replace_measurements(measurements);
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
  const auto curve = [](double level_fraction) {
    return [=](const Config& c, bool is_fork, double step) {
      const auto rows = static_cast<double>(c.split.train_size);
      if (is_fork) return transition(rows, 160, 6);
      if (step < 2000) return 0.05;
      if (rows == 320 && c.seed % 4 < 4 * level_fraction) return 0.6;
      return rows >= 320 ? 1.0 : 0.05;
    };
  };
  const ClaimResult some = judge(claim_semi_grokking(), curve(1));
  EXPECT_EQ(some.verdict(), Verdict::kConfirmed);
  EXPECT_NEAR(some.tests[0].effect.value, 0.2, 1e-9);
  EXPECT_NE(judge(claim_semi_grokking(), curve(0)).verdict(), Verdict::kConfirmed);
}

/// A number between -1 and 1 for each seed, size and network.
double wobble_of_run(const Config& c) {
  RandomStream stream(static_cast<std::uint64_t>(c.seed), StreamPurpose::kBootstrap,
                      static_cast<std::uint64_t>(1000 * c.split.train_size + c.model.d_model + c.task.modulus));
  return 2 * stream.next_uniform() - 1;
}

double rows_of(const Config& c) {
  return c.split.train_size > 0 ? static_cast<double>(c.split.train_size) : 961.0;  // the full table
}

double everything_generalises(const Config&, bool, double step) { return step < 1000 ? 0.1 : 1.0; }

/// norm = 10 (D / 150)^b of random labels, 10 (D / 500)^c of true ones, with a scatter of both.
Weights efficiencies(double b, double c, double scatter) {
  return {[=](const Config& config, bool) {
            const bool random = config.task.labels != LabelKind::kTrue;
            const double clean =
                10 * (random ? std::pow(rows_of(config) / 150, b) : std::pow(rows_of(config) / 500, c));
            return clean * std::exp(scatter * wobble_of_run(config));
          },
          {}};
}

TEST_F(ClaimsTest, MemorisingMustCostMoreWithEveryRow) {
  const Claim claim = claim_efficiency_mem();
  EXPECT_EQ(judge(claim, everything_generalises, efficiencies(0.3, 0, 0.01)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge(claim, everything_generalises, efficiencies(0.02, 0, 0.01)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge(claim, everything_generalises, efficiencies(0.1, 0, 0.3)).verdict(), Verdict::kInconclusive);
}

TEST_F(ClaimsTest, GeneralisingMustNot) {
  const Claim claim = claim_efficiency_gen();
  const ClaimResult flat = judge(claim, everything_generalises, efficiencies(0.3, 0, 0.01));
  EXPECT_EQ(flat.verdict(), Verdict::kConfirmed);
  EXPECT_EQ(flat.tests.back().verdict, Verdict::kRefuted) << "the negative control";
  EXPECT_EQ(judge(claim, everything_generalises, efficiencies(0.3, 0.3, 0.01)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge(claim, everything_generalises, efficiencies(0.3, 0.1, 0.1)).verdict(), Verdict::kInconclusive);
}

TEST_F(ClaimsTest, TheCrossingMustLieWhereNetworksUngrok) {
  const auto curve = [](double midpoint, double scatter) {
    return [=](const Config& c, bool is_fork, double step) {
      if (!is_fork || step * c.optim.weight_decay < 100) return 1.0;
      Config network = c;  // one shift for all forks of a network
      network.split.train_size = static_cast<std::int64_t>(100 * c.optim.weight_decay);
      network.seed = 1;
      return transition(rows_of(c), midpoint * std::exp(scatter * wobble_of_run(network)), 6);
    };
  };
  const Claim claim = claim_dcrit();
  const ClaimResult met = judge(claim, curve(150, 0.02), efficiencies(0.3, 0, 0.01));
  EXPECT_EQ(met.verdict(), Verdict::kConfirmed);
  EXPECT_NEAR(met.tests[0].effect.value, 0, 0.15);
  EXPECT_EQ(judge(claim, curve(280, 0.02), efficiencies(0.3, 0, 0.01)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge(claim, curve(170, 0.7), efficiencies(0.3, 0, 0.01)).verdict(), Verdict::kInconclusive);
}

TEST_F(ClaimsTest, TheBalanceOfCircuitsMustRiseWithRows) {
  const auto balance = [](double sign, double scatter) {
    return Weights{
        {}, [=](const Config& c) { return std::exp(sign * std::log(rows_of(c) / 100) + scatter * wobble_of_run(c)); }};
  };
  const Claim claim = claim_circuits();
  EXPECT_EQ(judge(claim, everything_generalises, balance(1, 0.05)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge(claim, everything_generalises, balance(-1, 0.05)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge(claim, everything_generalises, balance(1, 1.5)).verdict(), Verdict::kInconclusive);
}

TEST_F(ClaimsTest, OtherTasksMustUngrokToo) {
  const auto curve = [](double low, double scatter) {
    return [=](const Config& c, bool is_fork, double step) {
      if (!is_fork || step < 100) return 1.0;
      const double clean = rows_of(c) < 200 ? low : 1.0;
      return std::clamp(clean + scatter * wobble_of_run(c), 0.0, 1.0);
    };
  };
  const Claim claim = claim_other_tasks();
  EXPECT_EQ(judge(claim, curve(0.1, 0.02), efficiencies(0.3, 0, 0.01)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge(claim, curve(0.9, 0.02), efficiencies(0.3, 0, 0.01)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge(claim, curve(0.5, 0.5), efficiencies(0.3, 0, 0.01)).verdict(), Verdict::kInconclusive);
}

TEST_F(ClaimsTest, GrokkingNeedsAllThreeIngredients) {
  const auto curve = [](bool random_generalises, double slow) {
    return [=](const Config& c, bool, double step) {
      const bool none = c.task.labels != LabelKind::kTrue || c.task.operation != Operation::kAdd || rows_of(c) < 200;
      if (none) return random_generalises && c.task.labels != LabelKind::kTrue ? 1.0 : 0.03;
      return step < (c.task.modulus == 43 ? 160 : 150 * slow) ? 0.03 : 1.0;
    };
  };
  EXPECT_EQ(judge(claim_ingredients(), curve(false, 10)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge(claim_ingredients(), curve(true, 10)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge(claim_ingredients(), curve(false, 1)).verdict(), Verdict::kRefuted) << "no delay to explain";
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
