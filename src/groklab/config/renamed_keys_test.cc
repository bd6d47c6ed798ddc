// Tests of keys that were called otherwise once: users are told, stores are read, runs keep their names.
#include "groklab/config/renamed_keys.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "groklab/config/config_test_util.h"
#include "groklab/config/engine_identity.h"
#include "groklab/config/grid.h"
#include "groklab/config/identity.h"
#include "groklab/config/keys.h"

namespace groklab {
namespace {

constexpr const char* kRenamedAt =
    "train.record_every: expected its present name train.evaluate_every, found a name of "
    "an older version";

TEST(RenamedKeys, TheErrorNamesThePresentKeyAndThePlace) {
  EXPECT_EQ(set_error("train.record_every=5"), std::string("--set: ") + kRenamedAt);
  EXPECT_EQ(toml_error("seed = 1\n[train]\nrecord_every = 5\n"), std::string("run.toml:3: ") + kRenamedAt);
  const auto grid_error = [](const char* text) { return error_of([&] { parse_grid_text(text, "g.toml"); }); };
  EXPECT_EQ(grid_error("seed = 1\ntrain.record_every = [5, 6]\n"), std::string("g.toml:2: ") + kRenamedAt);
  EXPECT_EQ(grid_error("[train]\nrecord_every = { from = 1, to = 3 }\n"), std::string("g.toml:2: ") + kRenamedAt);
}

TEST(RenamedKeys, OnlyPresentNamesAreKeys) {
  for (const char* old_name : {"task.corrupted_share", "optim.final_lr_share", "train.record_every",
                               "train.record_per_decade", "train.stop_held_records"}) {
    EXPECT_FALSE(is_config_key(old_name)) << old_name;
    EXPECT_TRUE(is_config_key(renamed_key(old_name))) << old_name;
    EXPECT_EQ(identity_key(renamed_key(old_name)), old_name);
  }
  EXPECT_EQ(renamed_key("train.evaluate_every"), "");
  EXPECT_EQ(identity_key("train.steps"), "train.steps");
}

/// The configuration of a fork as a store of the first version holds it, and the name it gave the run.
constexpr const char* kStoredConfig = R"({"fork":{"reset_optimizer":false,"run":"eb2d762cc1bb","step":1500},
"loss":{"form":"stable","kind":"cross_entropy"},"model":{"activation":"relu","architecture":"transformer",
"biases":"mlp","combination":"concatenate","d_head":8,"d_mlp":128,"d_model":32,"d_vocab":0,"d_vocab_out":0,
"init":"paper","init_scale":1.0,"input_tokens":3,"layer_norm":"none","n_heads":4,"n_layers":1,"path":"auto",
"tied_embeddings":false},"optim":{"batch_size":0,"beta1":0.9,"beta2":0.98,"decay":"*","epsilon":1e-08,
"final_lr_share":0.0,"kind":"adamw","learning_rate":0.001,"momentum":0.0,"schedule":"constant","warmup_steps":10,
"weight_decay":1.0},"seed":1000,"split":{"file":"","file_digest":"","method":"philox","seed":1000,
"train_fraction":0.3,"train_size":160},"task":{"composition":"right_first","corrupted_share":0.0,
"group":"symmetric","group_degree":5,"label_seed":-1,"labels":"true","modulus":17,"operation":"subtract",
"parity_bits":10,"parity_rows":0,"parity_subset":3,"table":"","table_digest":""},"train":{"checkpoint_every":0,
"checkpoint_per_decade":0,"precision":"float32","probe_every":0,"probes":"circuits,frequencies,neurons",
"record_every":375,"record_per_decade":25,"steps":1500,"stop_held_records":4,"stop_stationary_tolerance":0.0,
"stop_stationary_window":1000,"stop_test_accuracy":0.0}})";

/// The name that a configuration's run had under the first arithmetic, whose line no name holds.
std::string first_name(const Config& config) {
  return identity_digest(canonical_text(*resolve_config(config), kFirstEngineIdentity));
}

TEST(RenamedKeys, StoredConfigurationsAreReadAndKeepTheirNames) {
  const Config config = config_from_json(nlohmann::json::parse(kStoredConfig));
  EXPECT_EQ(config.train.evaluate_every, 375);
  EXPECT_EQ(config.train.evaluate_per_decade, 25);
  EXPECT_EQ(config.train.stop_held_evaluations, 4);
  EXPECT_EQ(config.task.operation, "subtract");
  EXPECT_EQ(first_name(config), "603aff6625dd");
}

// Names that the first version printed. If this test fails, stored runs have lost their names: undo the change.
TEST(RenamedKeys, RunsKeepTheNamesOfTheFirstVersion) {
  struct Named {
    const char* id;
    std::vector<std::string> settings;
  };
  const std::vector<Named> runs = {
      {"5b2d32bf8676", {"task.modulus=7"}},
      {"650d8ff259da", {"task.modulus=7", "task.labels=corrupted", "task.corrupted_fraction=0.1"}},
      {"a0582f6008ef", {"task.modulus=7", "task.labels=random", "seed=3"}},
      {"21c473ecd310", {"task.modulus=7", "train.evaluate_every=7", "train.evaluate_per_decade=3"}},
      {"9a3ab0574901", {"task.modulus=7", "optim.schedule=cosine", "optim.final_lr_fraction=0.25"}},
      {"8dcae7a7d6f7", {"task.modulus=7", "train.stop_test_accuracy=0.9", "train.stop_held_evaluations=5"}},
      {"c304cfd3e467", {"task.operation=divide", "task.modulus=11", "split.train_size=20"}},
      {"c2c3635b3831",
       {"task.operation=group_product", "task.group=alternating", "task.group_degree=4",
        "task.composition=left_first"}},
      {"1fc950a0dc9d",
       {"task.operation=group_conjugate", "task.group=cyclic", "task.group_degree=9", "task.composition=left_first"}},
      {"4336af682ec1", {"task.operation=parity", "task.parity_bits=6", "task.parity_subset=2", "seed=4"}},
      {"e4059dda679c",
       {"task.operation=cubic_plus_y", "task.modulus=7", "model.architecture=mlp", "optim.kind=sgd",
        "optim.momentum=0.5"}},
      {"a561919754f4",
       {"task.operation=parity", "task.parity_bits=8", "task.parity_rows=99", "task.labels=corrupted",
        "task.corrupted_fraction=0.2", "task.label_seed=5"}}};
  for (const Named& run : runs) {
    Config config;
    for (const std::string& setting : run.settings) set_config_value(config, setting);
    config.train.steps = 0;
    EXPECT_EQ(first_name(config), run.id) << run.settings.front();
  }
}

}  // namespace
}  // namespace groklab
