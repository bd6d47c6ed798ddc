// Participation ratios against NumPy's rfft, and pruned networks against sums over the neurons that are left.
#include "groklab/probe/ipr_pruning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/run/network_run.h"

namespace groklab {
namespace {

constexpr double kTau = 2 * std::numbers::pi;

TEST(FourierIpr, IsThatOfNumPy) {
  // a = numpy.abs(numpy.fft.rfft(v)); ((a / numpy.sqrt((a**2).sum()))**4).sum()
  EXPECT_NEAR(fourier_ipr(std::vector<double>{3, 1, 4, 1, 5, 9, 2}), 0.6378398887868586, 1e-14);
  EXPECT_NEAR(fourier_ipr(std::vector<double>{0.25, -1.5, 2, 0.75, -0.5, 1}), 0.5119008264462808, 1e-14);
}

TEST(FourierIpr, IsOneForOneFrequencyAndLeastForASpike) {
  std::vector<double> cosine, spike(11, 0.0);
  for (int x = 0; x < 11; ++x) cosine.push_back(0.3 * std::cos(kTau * 4 * x / 11 + 0.7));
  spike[5] = -2;
  EXPECT_NEAR(fourier_ipr(cosine), 1, 1e-12);
  EXPECT_NEAR(fourier_ipr(spike), 1.0 / 6, 1e-12) << "six frequencies of equal power";
  EXPECT_TRUE(std::isnan(fourier_ipr(std::vector<double>(11, 0.0))));
}

struct PruningLab {
  ThreadPool pool{1};
  NetworkRun run;

  explicit PruningLab(const std::string& architecture = "one_hot_mlp") : run(resolved(architecture), pool) {
    run.engine().initialise();
  }
  static ResolvedConfig resolved(const std::string& architecture) {
    Config config;
    for (const std::string& s :
         {std::string("task.modulus=11"), std::string("task.labels=corrupted"),
          std::string("task.corrupted_fraction=0.3"), std::string("split.train_size=80"), std::string("model.d_mlp=20"),
          std::string("model.activation=quadratic"), std::string("model.biases=none"), std::string("model.init=torch"),
          std::string("model.n_layers=1"), std::string("optim.learning_rate=0.01"), std::string("optim.warmup_steps=0"),
          std::string("loss.kind=mean_squared"), "model.architecture=" + architecture}) {
      set_config_value(config, s);
    }
    return resolve_config(config);
  }
};

/// Accuracies without some neurons, from activations and readout alone.
PrunedNetwork by_hand(const NetworkRun& run, const std::set<std::int64_t>& without) {
  const Task& task = run.task();
  const std::vector<double> neurons = run.engine().activations(all_rows(task)).neurons,
                            out = run.engine().tensor(run.engine().layout().at("unembed.W_U"));
  const std::int64_t n = run.engine().neuron_count(), classes = task.n_classes;
  PrunedNetwork sum;
  double n_train = 0, n_corrupted = 0;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    std::vector<double> logits(static_cast<std::size_t>(classes), 0.0);
    for (std::int64_t j = 0; j < n; ++j) {
      if (without.contains(j)) continue;
      for (std::int64_t c = 0; c < classes; ++c) {
        logits[static_cast<std::size_t>(c)] +=
            neurons[static_cast<std::size_t>(row * n + j)] * out[static_cast<std::size_t>(j * classes + c)];
      }
    }
    const double largest = *std::max_element(logits.begin(), logits.end());
    const bool tie = std::count(logits.begin(), logits.end(), largest) > 1;
    const std::int64_t best = tie ? -1 : std::find(logits.begin(), logits.end(), largest) - logits.begin();
    const std::int64_t label = task.labels[static_cast<std::size_t>(row)],
                       truth = task.test_labels[static_cast<std::size_t>(row)];
    if (run.split().role[static_cast<std::size_t>(row)] != RowRole::kTrain) {
      sum.test += best == truth;
      continue;
    }
    n_train += 1;
    sum.train += best == label;
    if (label == truth) {
      sum.clean += best == label;
    } else {
      n_corrupted += 1;
      sum.corrupted += best == label;
      sum.corrupted_truth += best == truth;
    }
  }
  sum.test /= static_cast<double>(task.n_rows) - n_train;
  sum.clean /= n_train - n_corrupted;
  sum.corrupted /= n_corrupted;
  sum.corrupted_truth /= n_corrupted;
  sum.train /= n_train;
  sum.pruned = static_cast<std::int64_t>(without.size());
  return sum;
}

void expect_same(const PrunedNetwork& a, const PrunedNetwork& b, const std::string& where) {
  EXPECT_EQ(a.pruned, b.pruned) << where;
  EXPECT_DOUBLE_EQ(a.train, b.train) << where;
  EXPECT_DOUBLE_EQ(a.clean, b.clean) << where;
  EXPECT_DOUBLE_EQ(a.corrupted, b.corrupted) << where;
  EXPECT_DOUBLE_EQ(a.corrupted_truth, b.corrupted_truth) << where;
  EXPECT_DOUBLE_EQ(a.test, b.test) << where;
}

TEST(IprPruning, TakesAwayNeuronsByTheirRatioAndPutsThemBack) {
  PruningLab lab;
  ASSERT_TRUE(lab.run.engine().advance(300));
  const Config& config = *lab.run.config();
  const std::vector<double> before = lab.run.engine().tensor(lab.run.engine().layout().at("unembed.W_U"));
  const std::vector<std::int64_t> counts = {0, 1, 7, 20};
  const IprPruning pruning =
      prune_by_ipr(lab.run.engine(), config.model, lab.run.task(), lab.run.split(), counts, config.seed);
  EXPECT_EQ(lab.run.engine().tensor(lab.run.engine().layout().at("unembed.W_U")), before);
  ASSERT_EQ(pruning.iprs.size(), 20u);
  std::vector<std::pair<double, std::int64_t>> sorted;
  for (std::size_t j = 0; j < 20; ++j) sorted.emplace_back(pruning.iprs[j], static_cast<std::int64_t>(j));
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::set<std::int64_t> lowest, highest;
    for (std::int64_t k = 0; k < counts[i]; ++k) {
      lowest.insert(sorted[static_cast<std::size_t>(k)].second);
      highest.insert(sorted[static_cast<std::size_t>(19 - k)].second);
    }
    expect_same(pruning.lowest_first[i], by_hand(lab.run, lowest), "lowest " + std::to_string(counts[i]));
    expect_same(pruning.highest_first[i], by_hand(lab.run, highest), "highest " + std::to_string(counts[i]));
  }
  expect_same(pruning.random[0], by_hand(lab.run, {}), "nothing");
  EXPECT_GT(pruning.lowest_first[0].train, 0.5) << "of a network that knows something";
  EXPECT_NE(pruning.lowest_first[2].train, pruning.highest_first[2].train) << "the order matters";
  EXPECT_EQ(pruning.lowest_first[3].test, 0) << "a network that says nothing is wrong";
}

/// Neuron 3 gets one frequency in all three of its weights, neuron 4 in none of them.
TEST(IprPruning, ARatioIsTheMeanOverAllThreeWeights) {
  PruningLab lab;
  Engine& engine = lab.run.engine();
  std::vector<double> in = engine.tensor(engine.layout().at("one_hot.W")),
                      out = engine.tensor(engine.layout().at("unembed.W_U"));
  for (std::size_t s = 0; s < 11; ++s) {
    const auto x = static_cast<double>(s);
    in[s * 20 + 3] = std::cos(kTau * 2 * x / 11);
    in[(11 + s) * 20 + 3] = std::cos(kTau * 2 * x / 11 + 1);
    out[3 * 11 + s] = std::cos(kTau * 4 * x / 11);
    in[s * 20 + 4] = s == 0 ? 1 : 0;                // 1/6
    in[(11 + s) * 20 + 4] = s == 7 ? 1 : 0;         // 1/6
    out[4 * 11 + s] = std::cos(kTau * 3 * x / 11);  // 1
  }
  engine.set_tensor(engine.layout().at("one_hot.W"), in);
  engine.set_tensor(engine.layout().at("unembed.W_U"), out);
  const std::vector<double> iprs = weight_iprs(engine, lab.run.config()->model, lab.run.task());
  EXPECT_NEAR(iprs[3], 1, 1e-6);
  EXPECT_NEAR(iprs[4], (1.0 / 6 + 1.0 / 6 + 1) / 3, 1e-6);
}

TEST(IprPruning, AnotherNetworkIsRefused) {
  PruningLab lab("mlp");
  EXPECT_THROW(weight_iprs(lab.run.engine(), lab.run.config()->model, lab.run.task()), Error);
}

}  // namespace
}  // namespace groklab
