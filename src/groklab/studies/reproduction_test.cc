// Studies from their sizes to verdicts: planned, measured from synthetic stored records, stored as JSON, judged.
#include "groklab/studies/reproduction.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>

#include "groklab/base/error.h"
#include "groklab/base/random.h"

namespace groklab::studies {
namespace {

namespace fs = std::filesystem;

const Study& varma() { return find_study("varma2023"); }

/// Test accuracy of a made-up run at a step; NaN: the run failed.
using Curve = std::function<double(const Config& config, bool is_fork, double step)>;

/// A number of a run between -1 and 1 that looks random: another for every seed.
double wobble(const Config& config) {
  RandomStream stream(static_cast<std::uint64_t>(config.seed), StreamPurpose::kBootstrap);
  return 2 * stream.next_uniform() - 1;
}

Record made_up_record(const Config& config, bool is_fork, double step, double accuracy) {
  Record record;
  record.step = static_cast<std::int64_t>(step);
  record.train.rows = config.split.train_size;
  record.train.accuracy = is_fork || step >= 150 ? 1 : 0.1;
  record.test.rows = record.removed.rows = record.never_seen.rows = 100;
  record.test.accuracy = accuracy;
  // Removed rows fare a little better than rows never seen, differently for every seed.
  record.removed.accuracy = accuracy + 0.02 + 0.01 * wobble(config);
  record.never_seen.accuracy = accuracy;
  if (config.optim.weight_decay == 0) {  // keeps what it has stored
    record.removed.accuracy = 0.97 + 0.01 * wobble(config);
    record.never_seen.accuracy = 0.01;
  }
  record.norm = 30 - 5 * accuracy;
  record.train.correct_logit_centred = 20;
  record.test.correct_logit_centred = 20 * accuracy;
  record.tensor_norms = {record.norm};
  return record;
}

class ReproductionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) /
                 (std::string("reproduction_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(directory_);
    layout_.add("w", {1});
  }
  void TearDown() override { fs::remove_all(directory_); }

  /// Stores made-up records of a planned run.
  PlannedResult store_run(Store& store, const PlannedRun& planned, std::size_t index, const Curve& curve) {
    PlannedResult result;
    result.id = fmt::format("{:012x}", index);
    Config config = planned.config;
    const bool is_fork = planned.parent != kNoParent;
    config.fork = ForkConfig{};
    if (std::isnan(curve(config, is_fork, 0))) {
      result.state = PlannedState::kFailed;
      return result;
    }
    result.state = PlannedState::kDone;
    result.outcome.step = config.train.steps;
    store.create_run(result.id, config, "machine", layout_, true);
    const auto sink = store.sink(result.id, layout_);
    for (double step = 0;; step = std::max(step + 1, std::floor(step * 1.1))) {
      step = std::min(step, static_cast<double>(config.train.steps));
      Record record = made_up_record(config, is_fork, step, curve(config, is_fork, step));
      record.objective = objective_(config, is_fork);
      sink->on_record(record);
      if (step == static_cast<double>(config.train.steps)) break;
    }
    sink->on_outcome(result.outcome);
    return result;
  }

  Measurements measure(const std::vector<std::string>& ids, const Curve& curve) {
    const std::vector<Claim> claims = choose_claims(varma(), ids);
    const PlannedClaims planned = plan_claims(claims, {"quick", 0});
    fs::remove_all(directory_);
    Store store(directory_);
    std::vector<PlannedResult> results;
    for (const PlannedRun& run : planned.plan.runs) results.push_back(store_run(store, run, results.size(), curve));
    ThreadPool pool(1);
    Measurements m;
    m.study = varma().id;
    m.summary.scale = "quick";
    m.summary.network = "made up";
    m.summary.seeds = {4000, 5};
    m.claims = measure_claims(claims, planned, RunResults(store, results, pool));
    return m;
  }

  fs::path directory_;
  ParameterLayout layout_;
  std::function<double(const Config& config, bool is_fork)> objective_ = [](const Config&, bool) { return 1e-6; };
};

/// Forks lose test accuracy below a size that differs a little between seeds, at the same amount of decay.
double ungroks(const Config& c, bool is_fork, double step, double midpoint, double exponent) {
  if (!is_fork) return step < 2000 ? 0.05 : 1;
  if (step * c.optim.weight_decay < 100) return 1;
  const double strength = c.optim.weight_decay * c.optim.epsilon / 1e-8;
  const double at = midpoint * (1 + 0.1 * wobble(c)) * std::pow(strength, exponent);
  return 0.03 + 0.97 / (1 + std::pow(at / static_cast<double>(c.split.train_size), 6));
}

TEST_F(ReproductionTest, ClaimsAreTrueWhereTheRecordsSaySo) {
  const Measurements m = measure(
      {"ungrokking"}, [](const Config& c, bool is_fork, double step) { return ungroks(c, is_fork, step, 160, 0); });
  const Reproduction r = judge_measurements(m);
  ASSERT_EQ(r.claims.size(), 1u);
  EXPECT_EQ(r.claims[0].judgement.verdict(), Verdict::kConfirmed) << reproduction_json(r).dump(1);
  EXPECT_NEAR(r.claims[0].judgement.data["midpoint"].get<double>(), 160, 16);
  EXPECT_NEAR(r.claims[0].judgement.tests[4].effect.value, 0.02, 0.01) << "removed rows less rows never seen";
}

TEST_F(ReproductionTest, ClaimsAreFalseWhereTheRecordsSaySo) {
  const Measurements m = measure(
      {"ungrokking"}, [](const Config& c, bool is_fork, double step) { return ungroks(c, is_fork, step, 5, 0); });
  EXPECT_EQ(judge_measurements(m).claims[0].judgement.verdict(), Verdict::kRefuted) << "nothing ungroks";
}

// Catches: forks that still move taken for networks at rest.
TEST_F(ReproductionTest, ClaimsAreUndecidedWhereTheRecordsDoNotSay) {
  const Measurements m = measure({"ungrokking"}, [](const Config& c, bool is_fork, double step) {
    return ungroks(c, is_fork, step, 160, 0) - (is_fork && c.seed > 5000 ? 1e-5 * step : 0);
  });
  const Judgement judgement = judge_measurements(m).claims[0].judgement;
  EXPECT_EQ(judgement.verdict(), Verdict::kInconclusive);
  EXPECT_EQ(judgement.tests[0].effect.n, 1) << "one seed at rest";
}

// The strength of decay is varied by epsilon here: a claim that looked at lambda alone would see nothing.
TEST_F(ReproductionTest, WeightDecayIsJudgedOverDecadesOfItsStrength) {
  const auto verdict = [&](double midpoint, double exponent) {
    const Measurements m = measure({"weight-decay"}, [&](const Config& c, bool is_fork, double step) {
      return ungroks(c, is_fork, step, midpoint, exponent);
    });
    return judge_measurements(m).claims[0].judgement.verdict();
  };
  EXPECT_EQ(verdict(92, 0), Verdict::kConfirmed);
  EXPECT_EQ(verdict(92, 0.05), Verdict::kRefuted);
  EXPECT_EQ(verdict(1000, 0), Verdict::kInconclusive) << "no transition within the sizes";
}

TEST_F(ReproductionTest, ForksThatStillMoveDecideNothing) {
  const Measurements m = measure({"weight-decay"}, [](const Config& c, bool is_fork, double step) {
    return ungroks(c, is_fork, step, 92, 0) - (is_fork ? 1e-5 * step : 0);
  });
  const JudgedClaim judged = judge_measurements(m).claims[0];
  EXPECT_EQ(judged.judgement.verdict(), Verdict::kInconclusive);
  EXPECT_GT(judged.judgement.n_censored, 0);
}

/// ln(F_G / F_M) = -0.4 ln(D / predicted), rho = 1 at `observed`, both as a multiple of the network's own size.
TEST_F(ReproductionTest, DcritIsJudgedFromStoredObjectivesAndLogits) {
  const auto verdict = [&](double predicted, double observed) {
    const auto size_of = [](const Config& c) { return 4.6 * static_cast<double>(c.task.modulus); };
    objective_ = [&](const Config& c, bool is_fork) {
      if (!is_fork) return 1e-6;
      const double at = predicted * (1 + 0.05 * wobble(c)) * size_of(c);
      return 1e-6 * std::pow(static_cast<double>(c.split.train_size) / at, -0.4);
    };
    const Measurements m = measure({"dcrit"}, [&](const Config& c, bool is_fork, double step) {
      if (!is_fork) return step > 2000 && c.optim.schedule == Schedule::kConstant ? 1.0 : 0.01;
      const double at = observed * (1 + 0.05 * wobble(c)) * size_of(c);
      return 1 / (1 + std::pow(at / static_cast<double>(c.split.train_size), 6));
    });
    return judge_measurements(m).claims[0].judgement;
  };
  const Judgement same = verdict(1, 1);
  EXPECT_NEAR(same.tests[0].effect.value, 0, 0.01) << same.ours;
  EXPECT_EQ(same.tests[0].verdict, Verdict::kConfirmed);
  EXPECT_EQ(same.tests[2].verdict, Verdict::kConfirmed) << "in the bracket";
  EXPECT_EQ(same.tests[3].verdict, Verdict::kConfirmed) << "nearer than a constant";
  EXPECT_EQ(verdict(1.2, 1).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(verdict(1, 9).tests[0].verdict, Verdict::kInconclusive) << "everything ungroks within the sizes";
}

TEST_F(ReproductionTest, ThePapersForksAreReadAfterEqualSteps) {
  const Json measured =
      measure({"weight-decay"},
              [](const Config& c, bool is_fork, double step) {
                if (!is_fork) return 1.0;
                return c.split.train_size < 80 && step * c.optim.weight_decay >= 100 ? 0.49 : 1 - step / 20000;
              })
          .claims[0]
          .measurement;
  std::int64_t n_fast = 0;
  for (const Json& fork : measured["forks"]) {
    const double weight_decay = fork["weight_decay"];
    if (fork["rows"] == 70) {  // the only size below 80
      EXPECT_GE(fork["time_to_ungrok"].get<double>() * weight_decay, 100);
      EXPECT_LE(fork["time_to_ungrok"].get<double>() * weight_decay, 113) << "the first record after";
      ++n_fast;
      continue;
    }
    EXPECT_TRUE(fork["time_to_ungrok"].is_null());
    EXPECT_NEAR(fork["at_equal_steps"].get<double>(), 0.75, 0.026) << weight_decay;
  }
  EXPECT_EQ(n_fast, 9);
}

TEST_F(ReproductionTest, EachIngredientIsReadFromItsOwnRuns) {
  const Json measured = measure({"ingredients"},
                                [](const Config& c, bool, double step) {
                                  if (c.task.labels == LabelKind::kRandom) return 0.11;
                                  if (c.task.operation == "cubic_plus_y") return 0.22;
                                  if (c.split.train_size == 150) return 0.33;
                                  return step < (c.task.modulus == 43 ? 200 : 3000) + 10 * wobble(c) ? 0.03 : 1.0;
                                })
                            .claims[0]
                            .measurement;
  ASSERT_EQ(measured["seeds"].size(), 5u);
  for (const Json& seed : measured["seeds"]) {
    EXPECT_EQ(seed["random_labels"], 0.11);
    EXPECT_EQ(seed["no_circuit"], 0.22);
    EXPECT_EQ(seed["too_few"], 0.33);
    EXPECT_NEAR(seed["all"]["grok"].get<double>(), 3160, 175);
    EXPECT_NEAR(seed["fast"]["grok"].get<double>(), 210, 21);
    EXPECT_EQ(seed["fast"]["budget"], 1000);
  }
  ASSERT_EQ(measured["curves"].size(), 5u);
  EXPECT_EQ(measured["curves"][1]["name"], "random labels");
  EXPECT_EQ(measured["curves"][1]["curve"]["test_accuracy"][0], 0.11);
}

TEST_F(ReproductionTest, StoredMeasurementsGiveTheSameReproduction) {
  Measurements m = measure({"ungrokking", "semi-grokking"}, [](const Config& c, bool is_fork, double step) {
    return ungroks(c, is_fork, step, 160, 0);
  });
  m.summary.steps = 12;
  const std::string text = measurements_json(m).dump(1);
  const Measurements back = parse_measurements(text, "file");
  EXPECT_EQ(measurements_json(back).dump(1), text);
  const Reproduction one = judge_measurements(m), two = judge_measurements(back);
  EXPECT_EQ(reproduction_json(one).dump(), reproduction_json(two).dump());
  EXPECT_EQ(reproduction_page(one), reproduction_page(two));
  EXPECT_EQ(judge_measurements(back, {"semi-grokking"}).claims.size(), 1u);
  EXPECT_THROW(judge_measurements(back, {"grokking"}), Error) << "not measured";
}

TEST_F(ReproductionTest, RunsThatFailAreLeftOutAndNothingBreaks) {
  const Measurements m = measure({}, [](const Config&, bool, double) { return std::nan(""); });
  const Reproduction r = judge_measurements(parse_measurements(measurements_json(m).dump(), "file"));
  ASSERT_EQ(r.claims.size(), varma().claims.size());
  for (const JudgedClaim& judged : r.claims) {
    EXPECT_EQ(judged.judgement.verdict(), Verdict::kInconclusive) << judged.claim.id;
    EXPECT_FALSE(judged.figures.empty()) << judged.claim.id;
    EXPECT_EQ(judged.judgement.ours.find("nan"), std::string::npos) << judged.judgement.ours;
    if (judged.claim.id != "ingredients") continue;
    for (std::size_t i = 5; i < 12; ++i) {  // simulated, not trained
      EXPECT_EQ(judged.judgement.tests.at(i).verdict, Verdict::kConfirmed) << judged.judgement.tests[i].what;
    }
  }
  EXPECT_NE(reproduction_page(r).find("id=\"dcrit\""), std::string::npos);
  EXPECT_NE(verdict_table(r).find("other-tasks"), std::string::npos);
}

/// What is judged is what was stated before a run was made: texts and bounds do not depend on the measurement.
TEST_F(ReproductionTest, RulesAreThoseThatWereStatedBeforeTheRuns) {
  const Measurements m =
      measure({"ungrokking", "weight-decay", "dcrit", "ingredients", "semi-grokking"},  // those that need no weights
              [](const Config& c, bool is_fork, double step) { return ungroks(c, is_fork, step, 160, 0); });
  const Reproduction r = judge_measurements(m);
  const Json stated = make_protocol(varma(), {"quick", 0}, varma().claims);
  for (const JudgedClaim& judged : r.claims) {
    const Json sizes = judged.claim.sizes({"quick", 0});
    const Json entry = protocol_entry(judged.claim, sizes, judged.judgement.tests);
    EXPECT_EQ(entry.dump(1), stated.at("claims").at(judged.claim.id).dump(1)) << judged.claim.id;
  }
}

TEST_F(ReproductionTest, PageAndJsonSayWhichProtocolWasFollowed) {
  const Measurements m = measure(
      {"ungrokking"}, [](const Config& c, bool is_fork, double step) { return ungroks(c, is_fork, step, 160, 0); });
  Reproduction r = judge_measurements(m);
  r.protocol = {"1a2b3c4d5e6f", true, "", false};
  r.summary.seeds = varma().facts({"quick", 0}).seeds;
  EXPECT_NE(reproduction_page(r).find("protocol 1a2b3c4d5e6f, locked"), std::string::npos);
  EXPECT_NE(verdict_table(r).find("protocol 1a2b3c4d5e6f, locked"), std::string::npos);
  EXPECT_EQ(reproduction_json(r).at("protocol").at("hash"), "1a2b3c4d5e6f");
  EXPECT_EQ(reproduction_page(r).find("exploratory quick"), std::string::npos);
  EXPECT_EQ(reproduction_page(r).find("exploratory:"), std::string::npos);
  EXPECT_EQ(reproduction_json(r).at("command"), "groklab reproduce varma2023 ungrokking --scale quick");
  r.protocol = {"1a2b3c4d5e6f", false, "claim ungrokking: seeds", true};
  EXPECT_NE(reproduction_page(r).find("exploratory: not the locked protocol (claim ungrokking: seeds)"),
            std::string::npos);
  EXPECT_NE(verdict_table(r).find("exploratory"), std::string::npos);
  EXPECT_EQ(reproduction_json(r).at("protocol").at("exploratory"), true);
}

// Catches: an expectation that is said of seeds or claims that it is not known of, or that reaches the protocol.
TEST(Studies, SayBeforehandWhatFewSeedsLeaveUndecided) {
  const std::string text = expectation_text(varma(), {"quick", 0}, varma().claims);
  EXPECT_NE(text.find("scale quick"), std::string::npos) << text;
  EXPECT_NE(text.find("dcrit, ungrokking, weight-decay, semi-grokking, other-tasks"), std::string::npos) << text;
  EXPECT_EQ(expectation_text(varma(), {"quick", 0}, choose_claims(varma(), {"grokking"})), "");
  EXPECT_EQ(expectation_text(varma(), {"quick", 20}, varma().claims), "") << "of another number of seeds";
  EXPECT_EQ(expectation_text(varma(), {"smoke", 0}, varma().claims), "") << "judges nothing";
  EXPECT_EQ(make_protocol(varma(), {"quick", 0}, varma().claims).dump().find("expected"), std::string::npos);
  for (const Study& study : all_studies()) {
    for (const std::string& scale : study.scales) {
      for (const std::string& id : study.facts({scale, 0}).expected_undecided) choose_claims(study, {id});
    }
  }
}

TEST_F(ReproductionTest, MeasurementsSayWithWhichCodeTheyWereMade) {
  Measurements m = measure(
      {"ungrokking"}, [](const Config& c, bool is_fork, double step) { return ungroks(c, is_fork, step, 160, 0); });
  m.commit = "0123456789ab+";
  m.claims[0].code = "abcdefabcdef";
  const Measurements back = parse_measurements(measurements_json(m).dump(), "file");
  EXPECT_EQ(back.commit, m.commit);
  EXPECT_EQ(judge_measurements(back).claims[0].measured_with, "abcdefabcdef");
  Json earlier = measurements_json(m);
  earlier.erase("commit");
  earlier.erase("code");
  EXPECT_EQ(parse_measurements(earlier.dump(), "file").claims[0].code, "") << "files of earlier programs are read";
}

TEST(Judgements, SayWhichTestKeepsThemFromBeingConfirmed) {
  const Criterion above = must_be_above(0);
  const Estimate yes{1, 0.5, 1.5, 5}, open{0, -1, 1, 5}, no{-1, -1.1, -0.9, 5};
  Judgement j;
  j.tests = {{"a", "", yes, above}, {"b", "", no, above, false}, {"c", "", open, above}, {"d", "", no, above}};
  ASSERT_EQ(j.verdict(), Verdict::kRefuted);
  EXPECT_EQ(j.objection()->what, "d") << "the one that refutes, not the one that is open";
  j.tests.pop_back();
  ASSERT_EQ(j.verdict(), Verdict::kInconclusive);
  EXPECT_EQ(j.objection()->what, "c");
  j.tests.pop_back();
  EXPECT_EQ(j.objection(), nullptr);
}

TEST_F(ReproductionTest, SmokeJudgesNothing) {
  Measurements m = measure(
      {"ungrokking"}, [](const Config& c, bool is_fork, double step) { return ungroks(c, is_fork, step, 160, 0); });
  m.summary.scale = "smoke";
  const Reproduction r = judge_measurements(m);
  for (const std::string& text : {reproduction_page(r), verdict_table(r), reproduction_json(r).dump()}) {
    EXPECT_NE(text.find("not judged"), std::string::npos);
    for (const char* verdict : {"\"verdict confirmed\"", ":\"confirmed\"", "  confirmed"}) {
      EXPECT_EQ(text.find(verdict), std::string::npos) << text;
    }
  }
}

TEST(Measurements, FilesThatAreNoneAreRefused) {
  const auto refusal = [](const std::string& text) -> std::string {
    try {
      parse_measurements(text, "file");
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  };
  EXPECT_EQ(refusal("{"), "file: expected JSON written by --measurements, found something else");
  EXPECT_EQ(refusal("{}"), "file: expected the field format, found none");
  EXPECT_NE(refusal(R"({"format": "groklab measurements 9"})").find("expected format"), std::string::npos);
  Measurements m;
  m.study = "varma2023";
  EXPECT_EQ(refusal(measurements_json(m).dump()),
            "file: summary.seeds: expected 1 to 10000 seeds from 0 on, found 0 from 1000");
  m.summary.seeds = {0, 1};
  EXPECT_EQ(refusal(measurements_json(m).dump()), "file: expected a claim or more, found none");
  m.claims = {{"grokin", Json::object()}};
  EXPECT_NE(refusal(measurements_json(m).dump()).find("did you mean grokking?"), std::string::npos);
  m.study = "varma2032";
  EXPECT_NE(refusal(measurements_json(m).dump()).find("did you mean varma2023?"), std::string::npos);
}

TEST(Studies, EveryScaleCanBePlannedFromItsSizesAsText) {
  for (const Study& study : all_studies()) {
    for (const std::string& name : study.scales) {
      const Scale scale{name, 0};
      const PlannedClaims planned = plan_claims(study.claims, scale);
      // Fewer seeds or sizes than these and a claim could not be judged; twice as many for a study of eleven claims.
      EXPECT_GE(planned.plan.runs.size(), study.id == "varma2023" ? 50u : 8u) << study.id << " " << name;
      for (const PlannedRun& run : planned.plan.runs) {
        EXPECT_GT(run.config.split.train_size, 0);
        EXPECT_GE(run.config.seed, study.facts(scale).seeds.first);
      }
      SweepPlan again;
      for (const Claim& claim : study.claims) {
        const Json sizes = claim.sizes(scale);
        EXPECT_EQ(sizes.dump(), Json::parse(sizes.dump()).dump());
        claim.plan(again, Json::parse(sizes.dump()));
      }
      EXPECT_EQ(again.runs.size(), planned.plan.runs.size()) << "claims share their runs again";
    }
  }
}

TEST(Studies, SeedsCanBeChosen) {
  const Claim grokking = choose_claims(varma(), {"grokking"}).front();
  EXPECT_EQ(plan_claims({grokking}, {"quick", 0}).plan.runs.size(), 5u);
  EXPECT_EQ(plan_claims({grokking}, {"quick", 2}).plan.runs.size(), 2u);
  EXPECT_EQ(varma().facts({"quick", 2}).seeds.count, 2);
  for (const Claim& claim : varma().claims) {
    EXPECT_LT(plan_claims({claim}, {"quick", 1}).plan.runs.size(), plan_claims({claim}, {"quick", 2}).plan.runs.size())
        << claim.id;
  }
}

TEST(Studies, NamesAreCheckedWithTheNearestOne) {
  const auto refusal = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kConfig);
      return error.what();
    }
    return "taken";
  };
  const std::string unknown = refusal([] { find_study("varma203"); });
  EXPECT_TRUE(unknown.starts_with("study varma203: expected one of varma2023, delay-exponents, ")) << unknown;
  EXPECT_TRUE(unknown.ends_with("; did you mean varma2023?")) << unknown;
  EXPECT_NE(refusal([] {
              choose_claims(varma(), {"grokking", "dcrt"});
            }).find("did you mean dcrit?"),
            std::string::npos);
  EXPECT_EQ(refusal([] {
              check_scale(varma(), {"huge", 0});
            }),
            "--scale huge: expected smoke, quick, standard or full");
  EXPECT_EQ(refusal([] { check_scale(varma(), {"full", 0}); }), "taken");
  const auto some = choose_claims(varma(), {"ungrokking", "grokking"});
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[0].id, "grokking") << "the table's order";
}

}  // namespace
}  // namespace groklab::studies
