// The bits of trajectories: hashes of the weights after some tens of steps, for every instruction set, computed by the
// program as it was when there was no version of the arithmetic yet. See engine/arithmetic.h.
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
    {"general", 40, kSmall, {"model.path=general"}},
    {"general_two_layers_pre", 20, kSmall, {"model.n_layers=2", "model.layer_norm=pre", "model.init=torch"}},
    {"general_post_two_tokens", 20, kSmall, {"model.layer_norm=post", "model.input_tokens=2", "model.biases=all"}},
    {"mlp", 40, kSmall, {"model.architecture=mlp"}},
    {"mlp_sum_deep_squared_loss",
     40,
     kSmall,
     {"model.architecture=mlp", "model.combination=sum", "model.n_layers=3", "model.activation=quadratic",
      "loss.kind=mean_squared"}},
    {"default", 10, {}, {}},
};

/// Of arithmetic version 1. Made with glibc 2.36 on a processor with fused multiply-adds: initial weights need log and
/// cos of the mathematical library, whose last bit another library may round otherwise.
const Trajectory kTrajectories[] = {
    {"precomputed", "float32", "AVX-512", 0x13260a2074f26e2eu},
    {"precomputed", "float32", "AVX2", 0xda689c4048a42f1eu},
    {"precomputed", "float32", "SSE4", 0xdf76d94ee49adc96u},
    {"precomputed", "float64", "AVX-512", 0x77c002794fd21943u},
    {"precomputed", "float64", "AVX2", 0xc86689855f7171b8u},
    {"precomputed", "float64", "SSE4", 0x78b31fd597eeb10du},
    {"precomputed_all_biases_gelu", "float32", "AVX-512", 0xa0dd4404cc061412u},
    {"precomputed_all_biases_gelu", "float32", "AVX2", 0x96e72c76658dde26u},
    {"precomputed_all_biases_gelu", "float32", "SSE4", 0xb36eaf54fc7d8632u},
    {"precomputed_all_biases_gelu", "float64", "AVX-512", 0x94247ed139f5c008u},
    {"precomputed_all_biases_gelu", "float64", "AVX2", 0x53a316c9e46ce7c6u},
    {"precomputed_all_biases_gelu", "float64", "SSE4", 0xe31a3d5fb34a1f2au},
    {"precomputed_tied_sgd_batches", "float32", "AVX-512", 0xd8395d3824bc78c5u},
    {"precomputed_tied_sgd_batches", "float32", "AVX2", 0x838011f16ab9107eu},
    {"precomputed_tied_sgd_batches", "float32", "SSE4", 0xe7e949c8df87db1du},
    {"precomputed_tied_sgd_batches", "float64", "AVX-512", 0xe0db98fa9516081cu},
    {"precomputed_tied_sgd_batches", "float64", "AVX2", 0x888b6790e7c68d11u},
    {"precomputed_tied_sgd_batches", "float64", "SSE4", 0xfe521fcd0c30c1c5u},
    {"precomputed_framework_loss_adam", "float32", "AVX-512", 0x8d4da067173f7e37u},
    {"precomputed_framework_loss_adam", "float32", "AVX2", 0xf04cf84be95dcd54u},
    {"precomputed_framework_loss_adam", "float32", "SSE4", 0x827a1d8b3c75de8bu},
    {"precomputed_framework_loss_adam", "float64", "AVX-512", 0xd5dad359fe609700u},
    {"precomputed_framework_loss_adam", "float64", "AVX2", 0xeee641fafc4621a4u},
    {"precomputed_framework_loss_adam", "float64", "SSE4", 0x28c3de20311170ecu},
    {"general", "float32", "AVX-512", 0x5e62f10765bc5f52u},
    {"general", "float32", "AVX2", 0x6fe88d7f680952e8u},
    {"general", "float32", "SSE4", 0x1f3b5f40d7cd8f4fu},
    {"general", "float64", "AVX-512", 0x8fe1a4281d1e0af6u},
    {"general", "float64", "AVX2", 0x39879d5a8d47317du},
    {"general", "float64", "SSE4", 0x3959ca698a71f571u},
    {"general_two_layers_pre", "float32", "AVX-512", 0x6fef9b0b4ed91c89u},
    {"general_two_layers_pre", "float32", "AVX2", 0x04ddb4a0d4b431e5u},
    {"general_two_layers_pre", "float32", "SSE4", 0x2204c18383f96921u},
    {"general_two_layers_pre", "float64", "AVX-512", 0x502d337eb7743c8fu},
    {"general_two_layers_pre", "float64", "AVX2", 0x5e93d6adca5a6486u},
    {"general_two_layers_pre", "float64", "SSE4", 0xa0d9c2437b882e06u},
    {"general_post_two_tokens", "float32", "AVX-512", 0xa394a34b4ab4efa2u},
    {"general_post_two_tokens", "float32", "AVX2", 0x6a7bc459fa94a419u},
    {"general_post_two_tokens", "float32", "SSE4", 0x43e8183ed5b2cb47u},
    {"general_post_two_tokens", "float64", "AVX-512", 0x6c8359430b3866c0u},
    {"general_post_two_tokens", "float64", "AVX2", 0xb934b6336646f4edu},
    {"general_post_two_tokens", "float64", "SSE4", 0xd6edf2591bd35d05u},
    {"mlp", "float32", "AVX-512", 0x71ecec2db212ad0bu},
    {"mlp", "float32", "AVX2", 0x62e5eac9692114aeu},
    {"mlp", "float32", "SSE4", 0x4b89c41ba82e2166u},
    {"mlp", "float64", "AVX-512", 0xc6f5cad3951df327u},
    {"mlp", "float64", "AVX2", 0xb16bc4b3662bde9bu},
    {"mlp", "float64", "SSE4", 0x7cbe61222b372e9du},
    {"mlp_sum_deep_squared_loss", "float32", "AVX-512", 0xf3bad3c40e03bea4u},
    {"mlp_sum_deep_squared_loss", "float32", "AVX2", 0xf3bad3c40e03bea4u},
    {"mlp_sum_deep_squared_loss", "float32", "SSE4", 0x70b40720b15a81bdu},
    {"mlp_sum_deep_squared_loss", "float64", "AVX-512", 0x726390803a7b19ebu},
    {"mlp_sum_deep_squared_loss", "float64", "AVX2", 0x726390803a7b19ebu},
    {"mlp_sum_deep_squared_loss", "float64", "SSE4", 0x0ec22a9d14192b41u},
    {"default", "float32", "AVX-512", 0x75eac09543d25258u},
    {"default", "float32", "AVX2", 0xe4224951d97324e6u},
    {"default", "float32", "SSE4", 0x93285944730e175du},
    {"default", "float64", "AVX-512", 0x1791d9a0eed25015u},
    {"default", "float64", "AVX2", 0x717327330ffbf5e8u},
    {"default", "float64", "SSE4", 0x6d12a853439a1b04u},
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
  check_config(config);
  config = resolve_config(config);
  const Task task = make_task(config.task, config.seed);
  const Split split = make_split(config.split, task, config.seed);
  ThreadPool pool(1);
  const auto engine = make_engine(config, task, split, pool, trajectory.instruction_set);
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

INSTANTIATE_TEST_SUITE_P(Version1, Arithmetic, testing::ValuesIn(kTrajectories), [](const auto& info) {
  std::string name = std::string(info.param.name) + "_" + info.param.precision + "_" + info.param.instruction_set;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(ArithmeticControl, TheVersionIsTheOneOfTheHashes) { EXPECT_EQ(kArithmeticVersion, 1); }

TEST(ArithmeticControl, ASmallChangeChangesTheHash) {
  const Trajectory& first = kTrajectories[0];
  Trajectory here = first;
  here.instruction_set = instruction_set_name();
  EXPECT_NE(hash_after_training(here), hash_after_training(here, "optim.beta2=0.9800001"));
  EXPECT_EQ(hash_after_training(here), hash_after_training(here, "train.evaluate_every=50"));
}

TEST(ArithmeticIdentity, NamesTheEngine) { EXPECT_EQ(engine_identity(), "cpu/1"); }

}  // namespace
}  // namespace groklab
