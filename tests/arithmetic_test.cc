// The bits of trajectories: hashes of the weights after some tens of steps, for every instruction set, computed when
// the version of the arithmetic was raised last. See engine/arithmetic.h.
#include "groklab/engine/arithmetic.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/kernel/kernels.h"

namespace groklab {
namespace {

using Settings = std::vector<const char*>;

struct Case {
  const char* name;
  int steps;
  Settings base, settings;
};

struct Trajectory {
  const char* name;
  const char* precision;
  const char* instruction_set;
  std::uint64_t hash;
};
void PrintTo(const Trajectory& t, std::ostream* out) {
  *out << t.name << ", " << t.precision << ", " << t.instruction_set;
}

const Settings kSmall = {"task.modulus=23", "split.train_size=300", "model.d_model=24", "model.n_heads=3",
                         "model.d_mlp=70"};

const std::vector<Case> kCases = {
    {"precomputed", 40, kSmall, {}},
    {"precomputed_all_biases_gelu", 40, kSmall, {"model.biases=all", "model.activation=gelu"}},
    {"precomputed_tied_sgd_batches",
     40,
     kSmall,
     {"model.tied_embeddings=true", "optim.kind=sgd", "optim.momentum=0.9", "optim.batch_size=100"}},
    {"precomputed_framework_loss_adam", 40, kSmall, {"loss.form=framework", "optim.kind=adam"}},
    {"precomputed_four_tokens_tiny_batches",
     40,
     kSmall,
     {"model.input_tokens=4", "model.biases=all", "optim.batch_size=8"}},  // too few rows for tables of the neurons
    {"general", 40, kSmall, {"model.path=general"}},
    {"general_two_layers_pre", 20, kSmall, {"model.n_layers=2", "model.layer_norm=pre", "model.init=torch"}},
    {"general_post_two_tokens", 20, kSmall, {"model.layer_norm=post", "model.input_tokens=2", "model.biases=all"}},
    {"mlp", 40, kSmall, {"model.architecture=mlp"}},
    {"mlp_sum_deep_squared_loss",
     40,
     kSmall,
     {"model.architecture=mlp", "model.combination=sum", "model.n_layers=3", "model.activation=quadratic",
      "loss.kind=mean_squared"}},
    {"one_hot_mlp_squared_loss",
     40,
     kSmall,
     {"model.architecture=one_hot_mlp", "model.activation=quadratic", "loss.kind=mean_squared"}},
    {"number_mlp_digits",
     40,
     {"task.operation=digits", "split.train_size=300", "model.d_mlp=70"},
     {"model.architecture=number_mlp", "model.n_layers=2", "model.activation=gelu", "model.biases=all"}},
    {"default", 10, {}, {}},
};

/// Of arithmetic version 2. Made with glibc 2.36 on a processor with fused multiply-adds: initial weights need log and
/// cos of the mathematical library, whose last bit another library may round otherwise.
const Trajectory kTrajectories[] = {
    {"precomputed", "float32", "AVX-512", 0x9b81a4e46ff8384eu},
    {"precomputed", "float32", "AVX2", 0xe77cd0730fc95d77u},
    {"precomputed", "float32", "SSE4", 0x7665b99c729484cau},
    {"precomputed", "float64", "AVX-512", 0xf145559aae56137bu},
    {"precomputed", "float64", "AVX2", 0x768de0beacd42079u},
    {"precomputed", "float64", "SSE4", 0xb6058ac6f557a434u},
    {"precomputed_all_biases_gelu", "float32", "AVX-512", 0x8a658236f150630bu},
    {"precomputed_all_biases_gelu", "float32", "AVX2", 0xc4c039e72ec44cebu},
    {"precomputed_all_biases_gelu", "float32", "SSE4", 0x0b82ef9515886e3au},
    {"precomputed_all_biases_gelu", "float64", "AVX-512", 0xe882d1b0336bf631u},
    {"precomputed_all_biases_gelu", "float64", "AVX2", 0x846d5ed9bd6ad073u},
    {"precomputed_all_biases_gelu", "float64", "SSE4", 0x503906ca87af8812u},
    {"precomputed_tied_sgd_batches", "float32", "AVX-512", 0x6fddbe4e268a4385u},
    {"precomputed_tied_sgd_batches", "float32", "AVX2", 0x284027e2e151705au},
    {"precomputed_tied_sgd_batches", "float32", "SSE4", 0x444601fb91d4f0a6u},
    {"precomputed_tied_sgd_batches", "float64", "AVX-512", 0x0240242828a3a6b4u},
    {"precomputed_tied_sgd_batches", "float64", "AVX2", 0xc45422270905d807u},
    {"precomputed_tied_sgd_batches", "float64", "SSE4", 0x0fd9c72ad38a3c9eu},
    {"precomputed_framework_loss_adam", "float32", "AVX-512", 0xa47414522946882du},
    {"precomputed_framework_loss_adam", "float32", "AVX2", 0x66fd91ec3943e749u},
    {"precomputed_framework_loss_adam", "float32", "SSE4", 0xc13b33e274f77e80u},
    {"precomputed_framework_loss_adam", "float64", "AVX-512", 0x66755f128c4e6e45u},
    {"precomputed_framework_loss_adam", "float64", "AVX2", 0xf333cf076b77ac5fu},
    {"precomputed_framework_loss_adam", "float64", "SSE4", 0xa6ff362827e4e52du},
    {"precomputed_four_tokens_tiny_batches", "float32", "AVX-512", 0xbf6c6c7c30cee5cau},
    {"precomputed_four_tokens_tiny_batches", "float32", "AVX2", 0xed9627f7c7046803u},
    {"precomputed_four_tokens_tiny_batches", "float32", "SSE4", 0xbdc59a64ed908b3bu},
    {"precomputed_four_tokens_tiny_batches", "float64", "AVX-512", 0x067e2a89d2d17e30u},
    {"precomputed_four_tokens_tiny_batches", "float64", "AVX2", 0xaeac11e251f05a2au},
    {"precomputed_four_tokens_tiny_batches", "float64", "SSE4", 0x027bdc9b3dd80022u},
    {"general", "float32", "AVX-512", 0x5e62f10765bc5f52u},
    {"general", "float32", "AVX2", 0x6fe88d7f680952e8u},
    {"general", "float32", "SSE4", 0x0a45e4c68d4f21c8u},
    {"general", "float64", "AVX-512", 0x8fe1a4281d1e0af6u},
    {"general", "float64", "AVX2", 0xf047f67f23c5d58du},
    {"general", "float64", "SSE4", 0x8dbdafa6a09f525au},
    {"general_two_layers_pre", "float32", "AVX-512", 0x6fef9b0b4ed91c89u},
    {"general_two_layers_pre", "float32", "AVX2", 0x04ddb4a0d4b431e5u},
    {"general_two_layers_pre", "float32", "SSE4", 0x6b28daf3867fc03bu},
    {"general_two_layers_pre", "float64", "AVX-512", 0x502d337eb7743c8fu},
    {"general_two_layers_pre", "float64", "AVX2", 0x760b3e4fdb18e836u},
    {"general_two_layers_pre", "float64", "SSE4", 0x75a96327a9185b91u},
    {"general_post_two_tokens", "float32", "AVX-512", 0xaab9af43ca7e9538u},
    {"general_post_two_tokens", "float32", "AVX2", 0x103988930109f627u},
    {"general_post_two_tokens", "float32", "SSE4", 0x3abab03ae84ffc97u},
    {"general_post_two_tokens", "float64", "AVX-512", 0x6c8359430b3866c0u},
    {"general_post_two_tokens", "float64", "AVX2", 0x510dac6810c4e2b1u},
    {"general_post_two_tokens", "float64", "SSE4", 0x79233dd431eb6e64u},
    {"mlp", "float32", "AVX-512", 0x187fbd24c5f7ed1fu},
    {"mlp", "float32", "AVX2", 0x17c6ca070880a812u},
    {"mlp", "float32", "SSE4", 0xb910dbef03048955u},
    {"mlp", "float64", "AVX-512", 0x19169df77dd6f8c7u},
    {"mlp", "float64", "AVX2", 0xf80a3c7abb1646c1u},
    {"mlp", "float64", "SSE4", 0x8d321238468e29cdu},
    {"mlp_sum_deep_squared_loss", "float32", "AVX-512", 0xffa2624df5ca34f1u},
    {"mlp_sum_deep_squared_loss", "float32", "AVX2", 0xb2a749899ba5024du},
    {"mlp_sum_deep_squared_loss", "float32", "SSE4", 0x627b37b7a09dc3c3u},
    {"mlp_sum_deep_squared_loss", "float64", "AVX-512", 0x5a3ddb3cf27e57e0u},
    {"mlp_sum_deep_squared_loss", "float64", "AVX2", 0x85978aa00d41d7c6u},
    {"mlp_sum_deep_squared_loss", "float64", "SSE4", 0x69f1b3b1cef9ce58u},
    {"one_hot_mlp_squared_loss", "float32", "AVX-512", 0x06343edc25f72c9fu},
    {"one_hot_mlp_squared_loss", "float32", "AVX2", 0x06343edc25f72c9fu},
    {"one_hot_mlp_squared_loss", "float32", "SSE4", 0xb47be1572dbf31f8u},
    {"one_hot_mlp_squared_loss", "float64", "AVX-512", 0x1ea7f21fd6a230f3u},
    {"one_hot_mlp_squared_loss", "float64", "AVX2", 0x3d02b4db75a38d73u},
    {"one_hot_mlp_squared_loss", "float64", "SSE4", 0x07484e2141ef795bu},
    {"number_mlp_digits", "float32", "AVX-512", 0xcb55def29d4966e5u},
    {"number_mlp_digits", "float32", "AVX2", 0x9092be68adeaf7b3u},
    {"number_mlp_digits", "float32", "SSE4", 0x963ff380da77c376u},
    {"number_mlp_digits", "float64", "AVX-512", 0xdf074815de7dea11u},
    {"number_mlp_digits", "float64", "AVX2", 0x1c00469ecfbbceadu},
    {"number_mlp_digits", "float64", "SSE4", 0xddff351f2770185au},
    {"default", "float32", "AVX-512", 0x09fbc36e270114dfu},
    {"default", "float32", "AVX2", 0x7f566fcc4d0a0b6eu},
    {"default", "float32", "SSE4", 0xdfc27a757facf4d9u},
    {"default", "float64", "AVX-512", 0xea784afce52377d2u},
    {"default", "float64", "AVX2", 0xb2454e24060c06edu},
    {"default", "float64", "SSE4", 0xbe3d2fa576628416u},
};

bool has_instruction_set(std::string_view name) {
  const auto kernels = all_kernels<float>();
  return std::any_of(kernels.begin(), kernels.end(), [&](const auto* k) { return name == k->instruction_set; });
}

/// XXH3 of the weights, tensor by tensor, each number as a double (which holds a float exactly).
std::uint64_t weights_hash(const Engine& engine) {
  std::vector<double> all;
  for (const TensorSpec& spec : engine.layout().tensors()) {
    const std::vector<double> values = engine.tensor(spec);
    all.insert(all.end(), values.begin(), values.end());
  }
  return XXH3_64bits(all.data(), all.size() * sizeof(double));
}

std::uint64_t hash_after_training(const Trajectory& trajectory, const char* change = nullptr) {
  const auto found = std::find_if(kCases.begin(), kCases.end(),
                                  [&](const Case& c) { return std::string_view(c.name) == trajectory.name; });
  Config config;
  for (const char* s : found->base) set_config_value(config, s);
  for (const char* s : found->settings) set_config_value(config, s);
  set_config_value(config, std::string("train.precision=") + trajectory.precision);
  if (change != nullptr) set_config_value(config, change);
  const ResolvedConfig resolved = resolve_config(config);
  const Task task = make_task(resolved);
  const Split split = make_split(resolved, task);
  ThreadPool pool(1);
  const auto engine = make_engine(resolved, task, split, pool, trajectory.instruction_set);
  engine->initialise();
  EXPECT_TRUE(engine->advance(found->steps));
  return weights_hash(*engine);
}

class Arithmetic : public testing::TestWithParam<Trajectory> {};

TEST_P(Arithmetic, GivesTheBitsOfItsVersion) {
  const Trajectory& t = GetParam();
  if (!has_instruction_set(t.instruction_set)) GTEST_SKIP() << "no " << t.instruction_set << " on this machine";
  EXPECT_EQ(hash_after_training(t), t.hash)
      << "The bits of this trajectory have changed. If that is meant, raise kArithmeticVersion in engine/arithmetic.h "
         "(runs then get new names, and older ones are shown as of an older arithmetic) and compute these hashes anew; "
         "if not, the change is a defect.";
}

INSTANTIATE_TEST_SUITE_P(Version3, Arithmetic, testing::ValuesIn(kTrajectories), [](const auto& info) {
  std::string name = std::string(info.param.name) + "_" + info.param.precision + "_" + info.param.instruction_set;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(ArithmeticControl, TheVersionIsTheOneOfTheHashes) { EXPECT_EQ(kArithmeticVersion, 3); }

TEST(ArithmeticControl, ASmallChangeChangesTheHash) {
  const Trajectory& first = kTrajectories[0];
  Trajectory here = first;
  here.instruction_set = instruction_set_name();
  EXPECT_NE(hash_after_training(here), hash_after_training(here, "optim.beta2=0.9800001"));
  EXPECT_EQ(hash_after_training(here), hash_after_training(here, "train.evaluate_every=50"));
}

TEST(ArithmeticIdentity, NamesTheEngine) { EXPECT_EQ(engine_identity(), "cpu/3"); }

}  // namespace
}  // namespace groklab
