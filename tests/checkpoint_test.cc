// Checkpoints written before optimisers named their buffers (tests/checkpoints, made by that program) go on.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "engine_fixture.h"
#include "groklab/error.h"
#include "groklab/store/checkpoint_file.h"

namespace groklab {
namespace {

using testing::Lab;

constexpr std::int64_t kStep = 20;  // of the stored states
// Two programs that are built otherwise round sums of some 10 terms otherwise, 1e-16 each; 40 steps amplify that.
constexpr double kTolerance = 1e-9;

Config stored_config(const std::string& kind) {
  Config config;
  for (const char* s : {"task.modulus=5", "split.train_size=15", "model.d_model=4", "model.n_heads=2", "model.d_mlp=6",
                        "optim.warmup_steps=0", "train.precision=float64"}) {
    set_config_value(config, s);
  }
  set_config_value(config, "optim.kind=" + kind);
  if (kind == "sgd") {
    for (const char* s : {"optim.momentum=0.9", "optim.learning_rate=0.05", "optim.weight_decay=0.001"}) {
      set_config_value(config, s);
    }
  }
  return resolve_config(config);
}

TensorFile stored_file(const std::string& kind) {
  return read_safetensors(std::filesystem::path(GROKLAB_SOURCE_DIR) / "tests" / "checkpoints" /
                          ("version1_" + kind + ".safetensors"));
}

std::vector<double> numbers(const std::vector<std::byte>& bytes) {
  std::vector<double> values(bytes.size() / sizeof(double));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

double difference(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
  if (a.size() != b.size()) return INFINITY;
  return testing::relative_difference(numbers(a).data(), numbers(b).data(), static_cast<std::int64_t>(a.size() / 8));
}

class OldCheckpoint : public ::testing::TestWithParam<std::string> {};

// Fails if a moment is lost or the two are exchanged: 20 more steps would lead elsewhere.
TEST_P(OldCheckpoint, GoesOn) {
  Lab resumed(stored_config(GetParam())), whole(stored_config(GetParam()));
  resumed.engine->import_state(checkpoint_from_file(stored_file(GetParam()), resumed.engine->layout(), "old"));
  ASSERT_EQ(resumed.engine->step(), kStep);
  for (const std::int64_t step : {kStep, 2 * kStep}) {
    ASSERT_TRUE(whole.engine->advance(step));
    ASSERT_TRUE(resumed.engine->advance(step));
    const TrainState a = resumed.engine->export_state(), b = whole.engine->export_state();
    EXPECT_LT(difference(a.parameters, b.parameters), kTolerance);
    ASSERT_EQ(a.buffers.size(), b.buffers.size());
    for (std::size_t i = 0; i < a.buffers.size(); ++i) {
      EXPECT_EQ(a.buffers[i].name, b.buffers[i].name);
      EXPECT_LT(difference(a.buffers[i].bytes, b.buffers[i].bytes), kTolerance) << a.buffers[i].name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Optimisers, OldCheckpoint, ::testing::Values("adamw", "sgd"),
                         [](const auto& info) { return info.param; });

TEST(Checkpoint, OfAnotherOptimiserIsRefused) {
  Lab lab(stored_config("sgd"));
  const TrainState state = checkpoint_from_file(stored_file("adamw"), lab.engine->layout(), "old");
  try {
    lab.engine->import_state(state);
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "checkpoint: expected the optimiser buffers sgd.momentum, found adam.m, adam.v");
  }
}

TEST(Checkpoint, KeepsBuffersByName) {
  Lab lab(stored_config("adamw"));
  lab.engine->advance(3);
  const TrainState state = lab.engine->export_state();
  const TensorFile file = checkpoint_to_file(state, lab.engine->layout(), true);
  EXPECT_EQ(file.metadata.at("buffers"), "adam.m adam.v");
  EXPECT_NE(file.find("optim.adam.v.embed.W_E"), nullptr);
  EXPECT_EQ(weights_of_checkpoint(file).tensors.size(), lab.engine->layout().tensors().size());
  EXPECT_TRUE(checkpoint_from_file(file, lab.engine->layout(), "new").buffers == state.buffers);
}

}  // namespace
}  // namespace groklab
