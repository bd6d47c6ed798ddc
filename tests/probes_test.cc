// Networks built by hand, whose circuits are known exactly, through the engine and every probe.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <set>

#include "engine_fixture.h"
#include "groklab/probe/causal.h"
#include "groklab/probe/geometry.h"
#include "groklab/probe/part_metrics.h"
#include "groklab/probe/probe.h"
#include "groklab/probe/prober.h"

namespace groklab {
namespace {

using testing::Lab;

constexpr std::int64_t kModulus = 13;

Config mlp_config(std::initializer_list<const char*> settings) {
  Config config;
  for (const char* s : {"task.modulus=13", "split.train_size=100", "model.architecture=mlp", "model.n_layers=1",
                        "model.biases=none", "train.precision=float64"}) {
    set_config_value(config, s);
  }
  for (const char* s : settings) set_config_value(config, s);
  return *resolve_config(config);
}

/// Writes a network into an MLP with quadratic activation, without biases, whose embeddings are joined.
///
/// Waves: Gromov's (2023) solution, made exact: neurons (cos(w a + s) + cos(w b + t))^2 for the nine pairs of phases s,
/// t of thirds of a turn, read out with cos(w c + s + t). All but cos(w (a + b - c)) cancels between the phases. Rows:
/// of one-hot x and y, (x + y)^2 - x^2 - y^2 = 2 x y is 2 on one row of the table and 0 elsewhere.
class HandBuilt {
 public:
  HandBuilt(const std::vector<std::int64_t>& frequencies, const std::vector<std::int64_t>& rows, double height)
      : waves_(static_cast<std::int64_t>(frequencies.size())),
        d_(2 * waves_ + (rows.empty() ? 0 : kModulus)),
        m_(9 * waves_ + static_cast<std::int64_t>(rows.size()) + (rows.empty() ? 0 : 2 * kModulus)),
        lab(mlp_config({"model.activation=quadratic", ("model.d_model=" + std::to_string(d_)).c_str(),
                        ("model.d_mlp=" + std::to_string(m_)).c_str(), "model.combination=concatenate"})),
        embed_(static_cast<std::size_t>(kModulus * d_), 0.0),
        in_(static_cast<std::size_t>(2 * d_ * m_), 0.0),
        out_(static_cast<std::size_t>(m_ * kModulus), 0.0) {
    for (std::int64_t f = 0; f < waves_; ++f) {
      add_wave(f, 2 * std::numbers::pi * static_cast<double>(frequencies[static_cast<std::size_t>(f)]) / kModulus);
    }
    if (!rows.empty()) add_rows(rows, height);
    Engine& engine = *lab.engine;
    engine.set_tensor(engine.layout().at("embed.W_E"), embed_);
    engine.set_tensor(engine.layout().at("layers.0.W"), in_);
    engine.set_tensor(engine.layout().at("unembed.W_U"), out_);
  }

 private:
  void set_in(std::int64_t dimension, std::int64_t neuron, double v) {
    in_[static_cast<std::size_t>(dimension * m_ + neuron)] = v;
  }
  double& out(std::int64_t neuron, std::int64_t c) { return out_[static_cast<std::size_t>(neuron * kModulus + c)]; }

  void add_wave(std::int64_t f, double w) {
    for (std::int64_t a = 0; a < kModulus; ++a) {
      embed_[static_cast<std::size_t>(a * d_ + 2 * f)] = std::cos(w * double(a));
      embed_[static_cast<std::size_t>(a * d_ + 2 * f + 1)] = std::sin(w * double(a));
    }
    for (std::int64_t i = 0; i < 9; ++i) {
      const double s = 2 * std::numbers::pi / 3 * double(i / 3), t = 2 * std::numbers::pi / 3 * double(i % 3);
      const std::int64_t neuron = 9 * f + i;
      set_in(2 * f, neuron, std::cos(s));
      set_in(2 * f + 1, neuron, -std::sin(s));
      set_in(d_ + 2 * f, neuron, std::cos(t));
      set_in(d_ + 2 * f + 1, neuron, -std::sin(t));
      for (std::int64_t c = 0; c < kModulus; ++c) out(neuron, c) = std::cos(w * double(c) + s + t) / 4.5;
    }
  }
  void add_rows(const std::vector<std::int64_t>& rows, double height) {
    const std::int64_t one_hot = 2 * waves_, first = 9 * waves_,
                       symbols = first + static_cast<std::int64_t>(rows.size());
    for (std::int64_t a = 0; a < kModulus; ++a) {
      embed_[static_cast<std::size_t>(a * d_ + one_hot + a)] = 1;
      set_in(one_hot + a, symbols + a, 1);
      set_in(d_ + one_hot + a, symbols + kModulus + a, 1);
    }
    for (std::size_t j = 0; j < rows.size(); ++j) {
      const std::int64_t x = rows[j] / kModulus, y = rows[j] % kModulus, neuron = first + static_cast<std::int64_t>(j);
      const std::int64_t label = lab.task.labels[static_cast<std::size_t>(rows[j])];
      set_in(one_hot + x, neuron, 1);
      set_in(d_ + one_hot + y, neuron, 1);
      out(neuron, label) += height / 2;
      out(symbols + x, label) -= height / 2;
      out(symbols + kModulus + y, label) -= height / 2;
    }
  }

  std::int64_t waves_, d_, m_;

 public:
  Lab lab;

 private:
  std::vector<double> embed_, in_, out_;
};

ProbeResult read_all(Lab& lab) {
  return Prober(lab.config, lab.task, lab.split).read(*lab.engine, parse_probes("all", "probes"), true);
}

// One tie rule: where all logits are equal nothing is right, in records, in probes and under every intervention.
TEST(Probes, ANetworkThatSaysNothingHasAccuracyZeroEverywhere) {
  HandBuilt network({1}, {}, 0);
  Lab& lab = network.lab;
  const TensorSpec& out = lab.engine->layout().at("unembed.W_U");
  lab.engine->set_tensor(out, std::vector<double>(static_cast<std::size_t>(out.size), 0.0));
  const Record record = lab.engine->measure();
  EXPECT_EQ(record.train.accuracy, 0);
  EXPECT_EQ(record.test.accuracy, 0);
  const ProbeResult result = read_all(lab);
  ASSERT_TRUE(result.circuits);
  for (const PartMetrics& part : {result.circuits->invariant_train, result.circuits->invariant_test,
                                  result.circuits->residual_train, result.circuits->residual_test}) {
    EXPECT_EQ(part.accuracy, 0);
    EXPECT_NEAR(part.loss, std::log(kModulus), 1e-12);
  }
  EXPECT_EQ(result.ablations.size(), 84u);
  for (const Intervention& i : result.ablations) {
    EXPECT_EQ(i.train_accuracy, 0) << i.name;
    EXPECT_EQ(i.test_accuracy, 0) << i.name;
  }
}

// Loss, accuracy and margin of the whole network as a part are those of the record.
TEST(Probes, MeasureWithTheRecordsDefinitions) {
  HandBuilt network({2, 5}, {3, 17, 40}, 2.0);
  Lab& lab = network.lab;
  const Record record = lab.engine->measure();
  const std::vector<double> logits = lab.engine->logits(all_rows(lab.task));
  for (const bool test : {false, true}) {
    const GroupMetrics& group = test ? record.test : record.train;
    const PartMetrics part = part_metrics(lab.task, lab.split, logits, test);
    EXPECT_NEAR(part.loss, group.loss, 1e-12);
    EXPECT_EQ(part.accuracy, group.accuracy);
    EXPECT_NEAR(part.correct_logit, group.correct_logit_centred, 1e-12);
    EXPECT_NEAR(part.margin, group.margin, 1e-12);
  }
}

/// A probe that no struct of ProbeResult knows.
void run_sizes(ProbeContext& context, ProbeResult& result) {
  ProbeSection& section = result.sections["sizes"];
  section.values["rows"] = static_cast<double>(context.task.n_rows);
  section.lists["logits of row 0"] = {context.logits().begin(), context.logits().begin() + context.task.n_classes};
}

TEST(Probes, ANewOneNeedsOnlyItsDescriptor) {
  HandBuilt network({1}, {}, 0);
  const ProbeDescriptor sizes = {.spec = probe_component("sizes", "a test"), .cost = "nothing", .run = run_sizes};
  const ProbeDescriptor needs_more = {.spec = probe_component("more", "a test"),
                                      .cost = "nothing",
                                      .needs_symmetry = true,
                                      .run = [](ProbeContext&, ProbeResult& result) { result.sections["more"]; }};
  const std::vector<const ProbeDescriptor*> table = {&sizes, &needs_more};
  const Prober prober(network.lab.config, network.lab.task, network.lab.split);
  const ProbeResult result = prober.read(*network.lab.engine, ProbeSet{{"sizes"}}, false, table);
  EXPECT_FALSE(result.sections.contains("more")) << "not asked for";
  const ProbeResult back = probe_result_from_json(probe_result_to_json(result));
  EXPECT_EQ(back.sections.at("sizes").values.at("rows"), kModulus * kModulus);
  EXPECT_EQ(back.sections.at("sizes").lists, result.sections.at("sizes").lists);
  EXPECT_EQ(probe_result_to_json(back), probe_result_to_json(result));
}

TEST(Probes, TableNamesEachProbeOnceAndSaysWhatItCosts) {
  std::set<std::string> names;
  for (const ProbeDescriptor* probe : probe_table()) {
    EXPECT_TRUE(names.insert(std::string(probe->spec.name)).second) << probe->spec.name;
    EXPECT_FALSE(probe->spec.meaning.empty());
    EXPECT_NE(std::string(probe->cost), "");
  }
  EXPECT_EQ(std::set<std::string>(probe_names().begin(), probe_names().end()), names);
  EXPECT_EQ(parse_probes("weights, circuits", "x").names, (std::vector<std::string>{"circuits", "weights"}));
}

TEST(Probes, APureCosineNetwork) {
  HandBuilt network({3, 5}, {}, 0);
  const ProbeResult r = read_all(network.lab);
  EXPECT_NEAR(r.circuits->invariant_fraction, 1.0, 1e-10);
  EXPECT_NEAR(r.circuits->residual_norm, 0.0, 1e-10);
  EXPECT_NEAR(r.circuits->memorised_strength, 0.0, 1e-10);
  EXPECT_NEAR(r.circuits->invariant_test.correct_logit, 2.0, 1e-10) << "one of each of the two waves";
  EXPECT_EQ(r.circuits->invariant_test.accuracy, 1.0);
  for (std::size_t k = 0; k < 6; ++k) {
    EXPECT_NEAR(r.frequencies->logit_fraction[k], k == 2 || k == 4 ? 0.5 : 0.0, 1e-10) << k + 1;
    EXPECT_NEAR(r.frequencies->embedding_fraction[k], k == 2 || k == 4 ? 0.5 : 0.0, 1e-10) << k + 1;
  }
  EXPECT_NEAR(r.frequencies->excluded_loss, std::log(13.0), 1e-10);
  // The square of a wave is a wave of twice the frequency: 3 -> 6, 5 -> 10 = 3.
  ASSERT_EQ(r.neurons->each.size(), 18u);
  for (std::size_t j = 0; j < 18; ++j) {
    EXPECT_NEAR(r.neurons->each[j].ipr, 1.0, 1e-10);
    EXPECT_EQ(r.neurons->each[j].component, j < 9 ? 5 : 2);
  }
  EXPECT_EQ(r.neurons->periodic, 18);
  EXPECT_NEAR(r.neurons->other_norm, 0.0, 1e-12);
  for (const Intervention& i : r.ablations) {
    const bool nothing_left = (i.name == "C_gen (logits)" || i.name == "periodic neurons") && i.strength == 0;
    const bool nothing_to_scale = i.name == "C_mem (logits)" || i.name == "other neurons";
    if (nothing_left) {
      EXPECT_NEAR(i.test_loss, std::log(13.0), 1e-10) << i.name;
    } else if (nothing_to_scale || i.strength > 0) {
      EXPECT_EQ(i.test_accuracy, 1.0) << i.name << " " << i.strength;
    }
  }
}

/// Embeddings that are one-hot, one ReLU neuron per known row that knows both inputs, and its label.
std::unique_ptr<Lab> lookup_network(const std::vector<std::int64_t>& known) {
  auto made = std::make_unique<Lab>(mlp_config({"model.activation=relu", "model.biases=mlp", "model.d_model=13",
                                                "model.d_mlp=180", "model.combination=concatenate"}));
  Lab& lab = *made;
  const std::int64_t d = 13, m = 180;
  std::vector<double> embed(static_cast<std::size_t>(13 * d), 0.0), in(static_cast<std::size_t>(2 * d * m), 0.0),
      bias(static_cast<std::size_t>(m), 0.0), out(static_cast<std::size_t>(m * 13), 0.0);
  for (std::int64_t a = 0; a < 13; ++a) embed[static_cast<std::size_t>(a * d + a)] = 1;
  for (std::size_t j = 0; j < known.size(); ++j) {
    const std::int64_t row = known[j], x = row / 13, y = row % 13;
    in[static_cast<std::size_t>(x * m) + j] = 1;
    in[static_cast<std::size_t>((d + y) * m) + j] = 1;
    bias[j] = -1;
    out[j * 13 + static_cast<std::size_t>(lab.task.labels[static_cast<std::size_t>(row)])] = 6;
  }
  Engine& engine = *lab.engine;
  engine.set_tensor(engine.layout().at("embed.W_E"), embed);
  engine.set_tensor(engine.layout().at("layers.0.W"), in);
  engine.set_tensor(engine.layout().at("layers.0.b"), bias);
  engine.set_tensor(engine.layout().at("unembed.W_U"), out);
  return made;
}

TEST(Probes, ALookupTable) {
  const Lab probe_split(mlp_config({"model.d_model=13", "model.d_mlp=180"}));
  const std::vector<std::int64_t> train = probe_split.split.train;
  const auto lab = lookup_network(train);
  const ProbeResult r = read_all(*lab);
  // A training row has 6 on its label; centred, 6 * 12 / 13. The symmetric part spreads these 100 over 169 rows.
  const double logit = 6.0 * 12 / 13, general = logit * 100 / 169;
  EXPECT_NEAR(r.circuits->invariant_train.correct_logit, general, 1e-10);
  EXPECT_NEAR(r.circuits->invariant_test.correct_logit, general, 1e-10);
  EXPECT_NEAR(r.circuits->memorised_strength, logit, 1e-10) << "what training rows have more than test rows";
  EXPECT_EQ(r.circuits->residual_train.accuracy, 1.0);
  // F is a peak at the identity: equal power in all frequencies.
  for (const double fraction : r.frequencies->logit_fraction) EXPECT_NEAR(fraction, 1.0 / 6, 1e-10);
  for (std::size_t j = 0; j < train.size(); ++j) EXPECT_NEAR(r.neurons->each[j].ipr, 1.0 / 6, 1e-10);
  EXPECT_TRUE(std::isnan(r.neurons->each[150].ipr)) << "a neuron that knows nothing";
  EXPECT_EQ(r.neurons->periodic, 0);
  for (const Intervention& i : r.ablations) {
    if (i.strength != 0) continue;
    if (i.name == "other neurons") {
      EXPECT_NEAR(i.train_loss, std::log(13.0), 1e-10);
    } else if (i.name == "periodic neurons") {
      EXPECT_EQ(i.train_accuracy, 1.0);
    }
  }
}

TEST(Probes, AKnownMixture) {
  const Lab base(mlp_config({"model.d_model=13", "model.d_mlp=180"}));
  HandBuilt network({3, 5}, base.split.train, 6);
  const ProbeResult r = read_all(network.lab);
  const double logit = 6.0 * 12 / 13, general = 2 + logit * 100 / 169;
  EXPECT_NEAR(r.circuits->invariant_train.correct_logit, general, 1e-10);
  EXPECT_NEAR(r.circuits->invariant_test.correct_logit, general, 1e-10);
  EXPECT_NEAR(r.circuits->memorised_strength, logit, 1e-10);
  EXPECT_NEAR(r.circuits->residual_train.correct_logit, logit - logit * 100 / 169, 1e-10);
  EXPECT_NEAR(r.circuits->residual_test.correct_logit, -logit * 100 / 169, 1e-10);
  // Squared norms: the lookup table has 100 rows of 36 * 12 / 13, of which its symmetric part 100 / 169; the waves have
  // 13 / 2 each in every row; F of the table is a peak, which has each wave with amplitude 2 / 13 of its height.
  const double height = 6.0 * 100 / 169, table = 100 * 36.0 * 12 / 13;
  const double waves = 169 * 13 / 2.0 * 2 * ((1 + height * 2 / 13) * (1 + height * 2 / 13));
  const double other_waves = 169 * 13 / 2.0 * 4 * (height * 2 / 13) * (height * 2 / 13);
  EXPECT_NEAR(r.circuits->invariant_norm * r.circuits->invariant_norm, waves + other_waves, 1e-8);
  EXPECT_NEAR(r.circuits->residual_norm * r.circuits->residual_norm, table * (1 - 100.0 / 169), 1e-8);
  for (std::size_t k = 0; k < 6; ++k) {
    const double fraction = (k == 2 || k == 4 ? waves / 2 : other_waves / 4) / (waves + other_waves);
    EXPECT_NEAR(r.frequencies->logit_fraction[k], fraction, 1e-10) << k + 1;
  }
  EXPECT_EQ(r.frequencies->logit_keys.size(), 2u);
  EXPECT_EQ(r.neurons->periodic, 18);
  EXPECT_NEAR(
      r.circuits->invariant_norm * r.circuits->invariant_norm + r.circuits->residual_norm * r.circuits->residual_norm,
      waves + other_waves + table * (1 - 100.0 / 169), 1e-8)
      << "the parts are orthogonal and sum to the whole";
}

TEST(Probes, TheSubnetworkOfALookupTableIsItsRows) {
  // A network without neurons has equal logits, which answer nothing: every row, also of label 0, needs its neuron.
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < 169; ++row) rows.push_back(row);
  const auto lab = lookup_network(rows);
  const SubnetworkMetrics m = measure_subnetwork(*lab->engine, lab->config->model, lab->task);
  EXPECT_EQ(m.neurons, 180);
  EXPECT_EQ(m.keep_all, 169);
  EXPECT_EQ(m.keep_most, 168) << "1 % of 169 rows is one";
}

TEST(Probes, LeaveTheNetworkAsItIs) {
  Lab lab(testing::small_config({}));
  lab.engine->advance(20);
  const TrainState before = lab.engine->export_state();
  read_all(lab);
  EXPECT_EQ(lab.engine->export_state().parameters, before.parameters);
  lab.engine->advance(30);
  Lab other(testing::small_config({}));
  other.engine->advance(30);
  EXPECT_EQ(lab.engine->export_state().parameters, other.engine->export_state().parameters);
}

TEST(Probes, SummedEmbeddingsAreSymmetric) {
  Lab sum(mlp_config({"model.d_model=8", "model.d_mlp=20", "model.combination=sum"}));
  EXPECT_NEAR(gradient_symmetricity(*sum.engine, sum.task, false, 50).mean, 1.0, 1e-12);
  Lab apart(mlp_config({"model.d_model=8", "model.d_mlp=20", "model.combination=concatenate"}));
  EXPECT_LT(std::abs(gradient_symmetricity(*apart.engine, apart.task, false, 50).mean), 0.3) << "random weights";
}

TEST(Probes, GradientsOfLogitsAreRight) {
  for (const auto& settings : std::vector<std::vector<const char*>>{
           {}, {"model.n_layers=2", "model.layer_norm=pre"}, {"model.architecture=mlp"}, {"model.activation=gelu"}}) {
    Config config = testing::small_config();
    for (const char* s : settings) set_config_value(config, s);
    Lab lab(config);
    const std::vector<std::int64_t> row = {17};
    const std::vector<double> gradient = lab.engine->logit_gradient(17, 3);
    double worst = 0, largest = 0;
    for (const TensorSpec& spec : lab.engine->layout().tensors()) {
      std::vector<double> values = lab.engine->tensor(spec);
      for (std::int64_t i = 0; i < spec.size; i += 7) {
        const auto at = static_cast<std::size_t>(i);
        const double start = values[at], h = 1e-5;
        const auto logit = [&](double v) {
          values[at] = v;
          lab.engine->set_tensor(spec, values);
          return lab.engine->logits(row)[3];
        };
        const double slope = (logit(start + h) - logit(start - h)) / (2 * h);
        logit(start);
        worst = std::max(worst, std::abs(slope - gradient[static_cast<std::size_t>(spec.offset + i)]));
        largest = std::max(largest, std::abs(slope));
      }
    }
    EXPECT_LT(worst, 1e-7) << lab.engine->path_name();
    EXPECT_GT(largest, 1e-3) << "a control: not all gradients are zero";
  }
}

TEST(Probes, NeuronsAreTheSameOnBothPaths) {
  Lab precomputed(testing::small_config({})), general(testing::small_config({"model.path=general"}));
  ASSERT_STRNE(precomputed.engine->path_name(), general.engine->path_name());
  const std::vector<std::int64_t> rows = all_rows(precomputed.task);
  const Activations a = precomputed.engine->activations(rows), b = general.engine->activations(rows);
  ASSERT_EQ(a.neurons.size(), 49u * 12u);
  ASSERT_EQ(a.neurons.size(), b.neurons.size());
  EXPECT_LT(testing::relative_difference(a.neurons.data(), b.neurons.data(), 49 * 12), 1e-12);
  EXPECT_LT(testing::relative_difference(a.logits.data(), b.logits.data(), 49 * 7), 1e-12);
}

TEST(Probes, AReadingPassesThroughJsonUnchanged) {
  Lab lab(testing::small_config({"split.train_size=49"}));  // no test rows: NaN in places
  const ProbeResult r = read_all(lab);
  ASSERT_TRUE(std::isnan(r.circuits->invariant_test.loss));
  const auto json = probe_result_to_json(r);
  EXPECT_EQ(probe_result_to_json(probe_result_from_json(nlohmann::ordered_json::parse(json.dump()))), json);
}

}  // namespace
}  // namespace groklab
