// See claims.h.
#include "groklab/studies/doshi2023/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/config/change.h"
#include "groklab/report/xy_chart.h"
#include "groklab/studies/doshi2023/published.h"
#include "groklab/studies/timed_conditions.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::doshi2023 {
namespace {

constexpr double kMuchNoise = 0.8;
constexpr double kMiddlingDecay = 5, kStrongDecay = 15, kTooStrongDecay = 20;

using Accuracy = double PrunedAccuracy::*;
using Order = std::vector<PrunedAccuracy> NoiseRun::*;

struct NoiseRuns {
  struct Item {
    RunIndex run = 0;
    std::int64_t seed = 0;
    std::size_t condition = 0;
  };
  std::vector<Item> runs;
};

NoiseSizes base_sizes(const Scale& scale) {
  NoiseSizes s;
  std::int64_t p = 97, neurons = 500;
  if (scale.name == "smoke") {
    p = 11;
    neurons = 40;
    s.seeds = chosen_seeds(scale, {1000, 2});
  } else if (scale.name == "quick") {
    s.seeds = chosen_seeds(scale, {5000, 6});
  } else if (scale.name == "standard") {
    s.seeds = chosen_seeds(scale, {6000, 10});
  } else {
    refuse_scale(scale, "smoke, quick or standard");
  }
  s.network = modular_mlp(p, 1, neurons, "quadratic");  // nothing is embedded
  s.network.name = fmt::format("MLP on two-hot inputs, x + y mod {}, {} neurons, quadratic", p, neurons);
  s.rows = p * p / 2;
  s.settings = {
      "model.architecture=one_hot_mlp", "model.biases=none",        "model.init=torch", "model.init_scale=1.4",
      "loss.kind=mean_squared",         "optim.learning_rate=0.01", "optim.beta2=0.98", "optim.warmup_steps=0"};
  s.pruned = {0};
  return s;
}

/// As the publication's notebook trains them, longer at scale standard: 2,000 steps as in its phase diagrams.
std::int64_t noise_steps(const Scale& scale, std::int64_t quick) {
  return scale.name == "smoke" ? 60 : scale.name == "quick" ? quick : 2000;
}

NoiseRuns plan_noise(SweepPlan& plan, const NoiseSizes& s) {
  NoiseRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (std::size_t i = 0; i < s.conditions.size(); ++i) {
      const NoiseCondition& c = s.conditions[i];
      Config config = mlp_config(s.network, seed, s.rows, 20);
      config.train.steps = c.steps;
      config.optim.weight_decay = c.weight_decay;
      config.task.labels = LabelKind::kCorrupted;
      config.task.corrupted_fraction = c.corrupted;
      change_config(config, s.settings, "settings of all runs");
      runs.runs.push_back({plan.add(config), seed, i});
    }
  }
  return runs;
}

std::vector<PrunedAccuracy> accuracies(const std::vector<PrunedNetwork>& networks,
                                       const std::vector<double>& fractions) {
  std::vector<PrunedAccuracy> all;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const PrunedNetwork& n = networks[i];
    all.push_back({fractions[i], n.train, n.clean, n.corrupted, n.corrupted_truth, n.test});
  }
  return all;
}

NoiseMeasurement measure_noise(const RunResults& results, const NoiseSizes& sizes, const NoiseRuns& runs) {
  NoiseMeasurement m{sizes, {}};
  for (const NoiseRuns::Item& item : runs.runs) {
    if (!results.has(item.run)) continue;
    const IprPruning pruning = results.ipr_pruning(item.run, sizes.pruned);
    const NoiseCondition& c = sizes.conditions[item.condition];
    const auto periodic =
        std::count_if(pruning.iprs.begin(), pruning.iprs.end(), [](double ipr) { return ipr > kPeriodic; });
    m.runs.push_back({item.seed, c.corrupted, c.weight_decay,
                      static_cast<double>(periodic) / static_cast<double>(pruning.iprs.size()),
                      accuracies(pruning.lowest_first, sizes.pruned), accuracies(pruning.highest_first, sizes.pruned),
                      accuracies(pruning.random, sizes.pruned)});
  }
  return m;
}

const NoiseRun* find_noise_run(const NoiseMeasurement& m, std::int64_t seed, double corrupted, double weight_decay) {
  for (const NoiseRun& run : m.runs) {
    if (run.seed == seed && run.corrupted == corrupted && run.weight_decay == weight_decay) return &run;
  }
  return nullptr;
}

/// An accuracy of a run without a fraction of its neurons; NaN where there is none.
double accuracy_without(const NoiseRun* run, Order order, double fraction, Accuracy accuracy) {
  if (run == nullptr) return std::nan("");
  for (const PrunedAccuracy& a : run->*order) {
    if (a.fraction == fraction) return a.*accuracy;
  }
  return std::nan("");
}

/// Of the whole network. [seeds]
std::vector<double> whole(const NoiseMeasurement& m, double corrupted, double weight_decay, Accuracy accuracy) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    return accuracy_without(find_noise_run(m, seed, corrupted, weight_decay), &NoiseRun::lowest_first, 0, accuracy);
  });
}

/// Of the pruned networks of weight decay 0 and kNoise. [seeds]
std::vector<double> without(const NoiseMeasurement& m, Order order, double fraction, Accuracy accuracy) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    return accuracy_without(find_noise_run(m, seed, kNoise, 0), order, fraction, accuracy);
  });
}

std::vector<double> difference(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> d;
  for (std::size_t i = 0; i < a.size(); ++i) d.push_back(a[i] - b[i]);
  return d;
}

Test above(const std::string& what, const std::string& why, double bound, const std::vector<double>& values,
           bool counts = true) {
  const Criterion c = must_be_above(bound);
  return {what, fmt::format("above {}: {}", bound, why), mean_estimate(values, c.level()), c, counts};
}
Test below(const std::string& what, const std::string& why, double bound, const std::vector<double>& values,
           bool counts = true) {
  const Criterion c = must_be_below(bound);
  return {what, fmt::format("below {}: {}", bound, why), mean_estimate(values, c.level()), c, counts};
}

void finish_noise(const NoiseMeasurement& m, Judgement& result) {
  if (!m.runs.empty()) result.n_seeds = m.sizes.seeds.count;
}

/// Means over seeds of accuracies against weight decay, or against noise at weight decay 0.
report::Chart condition_chart(const NoiseMeasurement& m, const std::string& id, const std::string& title, bool decays) {
  struct Kind {
    const char* name;
    Accuracy accuracy;
  };
  std::vector<report::XyPoint> points;
  for (const Kind& kind : {Kind{"test rows", &PrunedAccuracy::test},
                           Kind{"corrupted training rows, as trained", &PrunedAccuracy::corrupted},
                           Kind{"corrupted training rows, true label", &PrunedAccuracy::corrupted_truth}}) {
    for (const NoiseCondition& c : m.sizes.conditions) {
      if (decays ? c.corrupted != kNoise : c.weight_decay != 0) continue;
      const Estimate e = mean_estimate(whole(m, c.corrupted, c.weight_decay, kind.accuracy));
      points.push_back({kind.name, decays ? c.weight_decay : c.corrupted, e.value, "", e.low, e.high});
    }
  }
  return report::make_xy_chart(points, {.id = id,
                                        .title = title,
                                        .caption = "Accuracy of each kind of row at the end; mean over seeds with its "
                                                   "95 % interval.",
                                        .x_title = decays ? "weight decay" : "fraction of wrong labels",
                                        .y_title = "accuracy",
                                        .fraction_y = true});
}

report::Chart pruning_chart(const NoiseMeasurement& m, const std::string& id, const std::string& title, Order order) {
  struct Kind {
    const char* name;
    Accuracy accuracy;
  };
  std::vector<report::XyPoint> points;
  for (const Kind& kind : {Kind{"training rows", &PrunedAccuracy::train}, Kind{"test rows", &PrunedAccuracy::test},
                           Kind{"corrupted training rows, as trained", &PrunedAccuracy::corrupted},
                           Kind{"corrupted training rows, true label", &PrunedAccuracy::corrupted_truth}}) {
    for (const double fraction : m.sizes.pruned) {
      const Estimate e = mean_estimate(without(m, order, fraction, kind.accuracy));
      points.push_back({kind.name, fraction, e.value, "", e.low, e.high});
    }
  }
  return report::make_xy_chart(
      points, {.id = id,
               .title = title,
               .caption = fmt::format("Accuracy against the fraction of neurons taken away, {} % of labels wrong, no "
                                      "weight decay; mean over seeds with its 95 % interval.",
                                      100 * kNoise),
               .x_title = "fraction of neurons taken away",
               .y_title = "accuracy",
               .fraction_y = true});
}

std::vector<report::Chart> coexistence_figures(const NoiseMeasurement& m) {
  return {condition_chart(m, "doshi-coexistence", "What networks know on wrong labels", false)};
}
std::vector<report::Chart> pruning_figures(const NoiseMeasurement& m) {
  return {pruning_chart(m, "doshi-pruning-low", "Without the neurons of lowest ratio", &NoiseRun::lowest_first),
          pruning_chart(m, "doshi-pruning-high", "Without the neurons of highest ratio", &NoiseRun::highest_first),
          pruning_chart(m, "doshi-pruning-random", "Without neurons drawn at random", &NoiseRun::random)};
}
std::vector<report::Chart> inversion_figures(const NoiseMeasurement& m) {
  return {condition_chart(m, "doshi-inversion", "What weight decay leaves", true)};
}

std::vector<double> periodic_fractions(const NoiseMeasurement& m, double corrupted, double weight_decay) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const NoiseRun* run = find_noise_run(m, seed, corrupted, weight_decay);
    return run == nullptr ? std::nan("") : run->periodic;
  });
}

}  // namespace

std::string complaint(const NoiseSizes& s) {
  if (s.conditions.empty() || s.pruned.empty() || s.pruned.front() != 0) {
    return "expected conditions, and fractions of pruned neurons that begin with 0";
  }
  return std::is_sorted(s.pruned.begin(), s.pruned.end()) && s.pruned.back() <= 1
             ? ""
             : "expected ascending fractions of pruned neurons up to 1";
}

NoiseSizes coexistence_sizes(const Scale& scale) {
  NoiseSizes s = base_sizes(scale);
  s.conditions = {{kNoise, 0, noise_steps(scale, 1000)}, {kLittleNoise, 0, noise_steps(scale, 1000)}};
  if (scale.name == "standard") {
    for (const double corrupted : {0.1, 0.5, 0.65}) s.conditions.push_back({corrupted, 0, noise_steps(scale, 1000)});
  }
  s.conditions.push_back({kMuchNoise, 0, noise_steps(scale, 1000)});
  return s;
}

Judgement judge_coexistence(const NoiseMeasurement& m) {
  const auto know = [&](double corrupted, bool counts) {
    return above(fmt::format("test accuracy, {} % of labels wrong, no weight decay", 100 * corrupted),
                 "nearly all rows that were never seen", kNearlyAll, whole(m, corrupted, 0, &PrunedAccuracy::test),
                 counts);
  };
  const auto memorise = [&](double corrupted, bool counts) {
    return above(
        fmt::format("training rows with a wrong label, answered with it, {} % of labels wrong, no weight decay",
                    100 * corrupted),
        "nearly all of the noise", kNearlyAll, whole(m, corrupted, 0, &PrunedAccuracy::corrupted), counts);
  };
  Judgement result;
  result.tests = {
      know(kNoise, true), memorise(kNoise, true), know(kLittleNoise, false), memorise(kLittleNoise, false),
      below(fmt::format("test accuracy, {} % of labels wrong", 100 * kMuchNoise),
            "with too much noise memorisation is alone", kPart, whole(m, kMuchNoise, 0, &PrunedAccuracy::test), false)};
  const Estimate train = mean_estimate(whole(m, kNoise, 0, &PrunedAccuracy::train)),
                 test = mean_estimate(whole(m, kNoise, 0, &PrunedAccuracy::test));
  result.ours = fmt::format(
      "{} % of labels wrong: test accuracy {}, {} of the corrupted rows memorised; {} of the neurons have one "
      "frequency",
      100 * kNoise, estimate_text(test), estimate_text(mean_estimate(whole(m, kNoise, 0, &PrunedAccuracy::corrupted))),
      estimate_text(mean_estimate(periodic_fractions(m, kNoise, 0))));
  finish_noise(m, result);
  result.published = {{kTrainWithoutDecay, train}, {kTestWithoutDecay, test}};
  return result;
}

NoiseSizes pruning_sizes(const Scale& scale) {
  NoiseSizes s = base_sizes(scale);
  s.conditions = {{kNoise, 0, noise_steps(scale, 1000)}};
  s.pruned = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  return s;
}

Judgement judge_pruning(const NoiseMeasurement& m) {
  const Order low = &NoiseRun::lowest_first, high = &NoiseRun::highest_first, random = &NoiseRun::random;
  const std::vector<double> corrupted = without(m, low, kLowPruned, &PrunedAccuracy::corrupted),
                            test = without(m, low, kLowPruned, &PrunedAccuracy::test);
  const std::string lowest = fmt::format("without {} % of the neurons, lowest ratio first", 100 * kLowPruned);
  Judgement result;
  result.tests = {
      below("corrupted rows answered with their wrong label, " + lowest, "the noise is forgotten", kHardlyAny,
            corrupted),
      above("test accuracy, " + lowest + ", less that of the whole network", "the rule is kept", -kKept,
            difference(test, without(m, low, 0, &PrunedAccuracy::test))),
      above("control: test accuracy, " + lowest + ", less that without as many drawn at random",
            "it matters which neurons go", kPart,
            difference(test, without(m, random, kLowPruned, &PrunedAccuracy::test))),
      below("control: test accuracy without as many, highest ratio first", "the rule is in these neurons", kPart,
            without(m, high, kLowPruned, &PrunedAccuracy::test)),
      above("corrupted rows answered with their true label, " + lowest, "what is left corrects the labels", kNearlyAll,
            without(m, low, kLowPruned, &PrunedAccuracy::corrupted_truth), false),
      below(fmt::format("test accuracy without {} % of the neurons, highest ratio first", 100 * kHighPruned),
            "half as many do", kPart, without(m, high, kHighPruned, &PrunedAccuracy::test), false),
      above(fmt::format(
                "corrupted rows answered with their wrong label, without {} % of the neurons, highest ratio first",
                100 * kHighPruned),
            "the noise is in the others", kNearlyAll, without(m, high, kHighPruned, &PrunedAccuracy::corrupted),
            false)};
  result.ours = fmt::format(
      "without 60 % of the neurons, lowest ratio first: {} of the noise is left, test accuracy {}; at random {}, "
      "highest "
      "first {}",
      estimate_text(mean_estimate(corrupted)), estimate_text(mean_estimate(test)),
      estimate_text(mean_estimate(without(m, random, kLowPruned, &PrunedAccuracy::test))),
      estimate_text(mean_estimate(without(m, high, kLowPruned, &PrunedAccuracy::test))));
  finish_noise(m, result);
  result.published = {
      {kCorruptedWithoutLow, mean_estimate(corrupted)},
      {kTestWithoutLow, mean_estimate(test)},
      {kTestWithoutHigh, mean_estimate(without(m, high, kHighPruned, &PrunedAccuracy::test))},
      {kCorruptedWithoutHigh, mean_estimate(without(m, high, kHighPruned, &PrunedAccuracy::corrupted))}};
  return result;
}

NoiseSizes inversion_sizes(const Scale& scale) {
  NoiseSizes s = base_sizes(scale);
  s.conditions = {{kNoise, 0, noise_steps(scale, 1000)},
                  {kNoise, kMiddlingDecay, noise_steps(scale, 500)},
                  {kNoise, kStrongDecay, noise_steps(scale, 500)},
                  {kNoise, kTooStrongDecay, scale.name == "smoke" ? 60 : 5000}};
  return s;
}

Judgement judge_inversion(const NoiseMeasurement& m) {
  const auto noise = [&](double decay) { return whole(m, kNoise, decay, &PrunedAccuracy::corrupted); };
  const auto test = [&](double decay) { return whole(m, kNoise, decay, &PrunedAccuracy::test); };
  const auto train = [&](double decay) { return mean_estimate(whole(m, kNoise, decay, &PrunedAccuracy::train)); };
  Judgement result;
  result.tests = {
      below(fmt::format("corrupted rows answered with their wrong label, weight decay {}", kStrongDecay),
            "full inversion: the noise is not learnt", kHardlyAny, noise(kStrongDecay)),
      above(fmt::format("test accuracy, weight decay {}", kStrongDecay), "the rule is learnt", kNearlyAll,
            test(kStrongDecay)),
      above(fmt::format("corrupted rows answered with their wrong label, weight decay 0 less {}", kMiddlingDecay),
            "partial inversion: some of the noise goes", kPart, difference(noise(0), noise(kMiddlingDecay))),
      above(fmt::format("corrupted rows answered with their wrong label, weight decay {} less {}", kMiddlingDecay,
                        kStrongDecay),
            "and some of it stays", kPart, difference(noise(kMiddlingDecay), noise(kStrongDecay))),
      above(fmt::format("test accuracy, weight decay {}", kMiddlingDecay), "the rule is learnt", kNearlyAll,
            test(kMiddlingDecay)),
      above(fmt::format("corrupted rows answered with their true label, weight decay {}", kStrongDecay),
            "the network corrects the labels", kNearlyAll,
            whole(m, kNoise, kStrongDecay, &PrunedAccuracy::corrupted_truth), false),
      below(fmt::format("training accuracy, weight decay {}", kTooStrongDecay), "forgetting: nothing is learnt", kPart,
            whole(m, kNoise, kTooStrongDecay, &PrunedAccuracy::train), false)};
  result.ours = fmt::format("memorised noise {} at weight decay 0, {} at {}, {} at {}; test accuracy {}, {}, {}",
                            estimate_text(mean_estimate(noise(0))), estimate_text(mean_estimate(noise(kMiddlingDecay))),
                            kMiddlingDecay, estimate_text(mean_estimate(noise(kStrongDecay))), kStrongDecay,
                            estimate_text(mean_estimate(test(0))), estimate_text(mean_estimate(test(kMiddlingDecay))),
                            estimate_text(mean_estimate(test(kStrongDecay))));
  finish_noise(m, result);
  result.published = {{kTrainMiddling, train(kMiddlingDecay)},
                      {kTestMiddling, mean_estimate(test(kMiddlingDecay))},
                      {kTrainStrong, train(kStrongDecay)},
                      {kTestStrong, mean_estimate(test(kStrongDecay))},
                      {kTrainForgotten, train(kTooStrongDecay)}};
  return result;
}

Claim claim_coexistence() {
  return make_claim<NoiseSizes, NoiseRuns, NoiseMeasurement>(
      {.id = "coexistence",
       .title = "Both circuits at once",
       .statement = "On partly wrong labels a network memorises the wrong ones and, at the same time, generalises the "
                    "rule behind the others.",
       .paper = "35 % of labels random: training accuracy 0.978, test accuracy 0.983 (repository)",
       .sizes = coexistence_sizes,
       .plan = plan_noise,
       .measure = measure_noise,
       .judge = judge_coexistence,
       .figures = coexistence_figures});
}

Claim claim_pruning() {
  return make_claim<NoiseSizes, NoiseRuns, NoiseMeasurement>(
      {.id = "pruning",
       .title = "The memorising circuit can be cut out",
       .statement = "Taking away the neurons whose weights have the lowest inverse participation ratio removes the "
                    "memorised noise and keeps, or raises, test accuracy.",
       .paper =
           "without 60 % of the neurons, lowest ratio first: 1 % of the noise, test accuracy 1 (figure of pruning)",
       .sizes = pruning_sizes,
       .plan = plan_noise,
       .measure = measure_noise,
       .judge = judge_pruning,
       .figures = pruning_figures});
}

Claim claim_inversion() {
  return make_claim<NoiseSizes, NoiseRuns, NoiseMeasurement>(
      {.id = "inversion",
       .title = "Weight decay suppresses the memorising circuit",
       .statement =
           "With more weight decay networks go from coexistence over partial to full inversion: they learn the "
           "rule and answer the corrupted rows by it.",
       .paper = "training accuracy 0.978, 0.786 and 0.654 at weight decay 0, 5 and 15 with 65 % of labels left, test "
                "accuracy 1 (repository)",
       .sizes = inversion_sizes,
       .plan = plan_noise,
       .measure = measure_noise,
       .judge = judge_inversion,
       .figures = inversion_figures});
}

}  // namespace groklab::studies::doshi2023
