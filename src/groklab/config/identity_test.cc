// Tests of the resolved form, the canonical text and the run's name.
#include "groklab/config/identity.h"

#include <gtest/gtest.h>

#include <string>

#include "groklab/config/config_test_util.h"
#include "groklab/config/engine_identity.h"

namespace groklab {
namespace {

template <typename... Assignments>
std::string id_with(Assignments... assignments) {
  return resolve_config(config_with(assignments...)).id();
}

TEST(ResolveConfig, FillsInAutomaticValues) {
  const Config config = *resolve_config(config_with("seed=5", "task.labels=random"));
  EXPECT_EQ(config.model.d_head, 32);
  EXPECT_EQ(config.model.d_mlp, 512);
  EXPECT_EQ(config.split.seed, 5);
  EXPECT_EQ(config.task.label_seed, 5);
  const Config own = *resolve_config(config_with("seed=5", "split.seed=2", "task.labels=random", "task.label_seed=3"));
  EXPECT_EQ(own.split.seed, 2);
  EXPECT_EQ(own.task.label_seed, 3);
}

TEST(ResolveConfig, KeepsWhatApplies) {
  EXPECT_EQ(resolve_config(config_with("task.modulus=59"))->task.modulus, 59);
  EXPECT_EQ(resolve_config(config_with("optim.beta1=0.8"))->optim.beta1, 0.8);
  EXPECT_EQ(resolve_config(config_with("optim.kind=sgd", "optim.momentum=0.8"))->optim.momentum, 0.8);
  EXPECT_EQ(resolve_config(config_with("task.operation=parity", "task.parity_bits=12"))->task.parity_bits, 12);
  EXPECT_EQ(resolve_config(config_with("task.operation=parity", "seed=4"))->task.label_seed, 4);
  EXPECT_EQ(resolve_config(config_with("model.path=general"))->model.path, ComputePath::kGeneral);
}

TEST(ResolveConfig, ChecksFirst) {
  Config config;
  config.optim.beta1 = 1.5;
  EXPECT_EQ(error_of([&] { resolve_config(config); }), "optim.beta1 = 1.5: expected a number in [0, 1), found 1.5");
  // The rule on a key that does not apply is tested before that key goes back to its default.
  EXPECT_THROW(resolve_config(config_with("task.table=a.csv")), Error);
}

TEST(ResolveConfig, KnowsTheTableWhereTheConfigTells) {
  const TaskSize size = *resolve_config(Config{}).task_size();
  EXPECT_EQ(size.n_symbols, 113);
  EXPECT_EQ(size.n_classes, 113);
  EXPECT_EQ(size.n_inputs, 2);
  EXPECT_EQ(size.n_rows, 113 * 113);
  EXPECT_EQ(resolve_config(config_with("task.operation=divide")).task_size()->n_rows, 113 * 112);
  EXPECT_EQ(resolve_config(config_with("task.operation=parity", "task.parity_rows=5")).task_size()->n_rows, 5);
  EXPECT_FALSE(resolve_config(config_with("task.operation=table", "task.table=a.csv")).task_size());
}

TEST(ResolveConfig, SeedsThatNothingDrawsFromStayAtTheirDefault) {
  EXPECT_EQ(resolve_config(config_with("seed=5"))->task.label_seed, -1);
  EXPECT_EQ(resolve_config(config_with("seed=5", "task.labels=corrupted"))->task.label_seed, 5);
  EXPECT_EQ(resolve_config(config_with("seed=5", "split.method=file", "split.file=f"))->split.seed, -1);
}

TEST(RunId, EqualRunsHaveOneName) {
  const std::string id = id_with();
  EXPECT_EQ(id, id_with("model.d_head=32"));
  EXPECT_EQ(id, id_with("model.d_mlp=512", "split.seed=0", "task.label_seed=9"));
  EXPECT_EQ(id, id_with("task.group=cyclic", "task.group_degree=9", "task.composition=left_first"));
  EXPECT_EQ(id, id_with("task.parity_bits=9", "task.parity_rows=7", "model.combination=sum"));
  EXPECT_EQ(id,
            id_with("optim.final_lr_fraction=0.1", "train.stop_held_evaluations=9", "train.stop_stationary_window=9"));
  EXPECT_EQ(id, id_with("model.d_vocab_out=113", "optim.final_lr_fraction=-0.0"));
  EXPECT_EQ(id_with("optim.warmup_steps=0"), id_with("optim.warmup_steps=1"));
  EXPECT_EQ(id_with("optim.weight_decay=0"), id_with("optim.weight_decay=-0.0", "optim.decay=*W_U"));
  EXPECT_EQ(id_with("split.train_size=99"), id_with("split.train_size=99", "split.train_fraction=0.7"));
  EXPECT_EQ(id_with("optim.kind=sgd"), id_with("optim.kind=sgd", "optim.beta1=0.5", "optim.epsilon=1e-3"));
  EXPECT_EQ(id_with("loss.kind=mean_squared"), id_with("loss.kind=mean_squared", "loss.form=framework"));
  EXPECT_EQ(id, id_with("loss.precision=run", "loss.rounding=operations")) << "no run has another name since formats";
  EXPECT_EQ(id_with("loss.form=framework"), id_with("loss.form=framework", "loss.precision=float32"));
  EXPECT_EQ(id_with("loss.form=framework", "loss.precision=float64"),
            id_with("loss.form=framework", "loss.precision=float64", "loss.rounding=operations"));
  EXPECT_EQ(id, id_with("loss.temperature=1")) << "no run that there was before temperatures has another name";
  EXPECT_EQ(id_with("task.operation=group_product"), id_with("task.operation=group_product", "task.modulus=7"));
  EXPECT_EQ(id_with("model.architecture=mlp"),
            id_with("model.architecture=mlp", "model.n_heads=8", "model.input_tokens=2", "model.path=general"));
  EXPECT_EQ(id_with("model.n_layers=2"), id_with("model.n_layers=2", "model.path=general"));
  EXPECT_EQ(id_with("split.method=file", "split.file=f"),
            id_with("split.method=file", "split.file=f", "split.seed=4", "split.train_size=9"));
}

TEST(RunId, DifferentRunsHaveDifferentNames) {
  const std::string id = id_with();
  for (const char* assignment : {"seed=1",
                                 "task.modulus=59",
                                 "task.operation=multiply",
                                 "task.labels=random",
                                 "split.seed=1",
                                 "split.train_size=100",
                                 "split.train_fraction=0.31",
                                 "split.method=torch_randperm",
                                 "model.n_layers=2",
                                 "model.d_model=64",
                                 "model.n_heads=2",
                                 "model.d_mlp=64",
                                 "model.activation=gelu",
                                 "model.biases=all",
                                 "model.layer_norm=pre",
                                 "model.tied_embeddings=true",
                                 "model.input_tokens=2",
                                 "model.d_vocab_out=114",
                                 "model.init=torch",
                                 "model.init_scale=2",
                                 "model.path=general",
                                 "loss.form=framework",
                                 "loss.kind=stable_max",
                                 "loss.temperature=1.5",
                                 "optim.kind=adam",
                                 "optim.learning_rate=0.002",
                                 "optim.beta1=0.8",
                                 "optim.epsilon=1e-9",
                                 "optim.weight_decay=0.5",
                                 "optim.decay=*W_U",
                                 "optim.warmup_steps=0",
                                 "optim.schedule=cosine",
                                 "optim.batch_size=32",
                                 "train.precision=float64",
                                 "train.chunks=2",
                                 "train.steps=1",
                                 "train.evaluate_every=1",
                                 "train.evaluate_per_decade=1",
                                 "train.stop_test_accuracy=0.9",
                                 "train.checkpoint_every=10",
                                 "fork.run=0123456789ab"}) {
    EXPECT_NE(id, id_with(assignment)) << assignment;
  }
  const auto in_format = [](const char* precision, const char* rounding = "loss.rounding=results") {
    return id_with("loss.form=framework", precision, rounding);
  };
  EXPECT_NE(in_format("loss.precision=run"), in_format("loss.precision=float64"));
  EXPECT_NE(in_format("loss.precision=float16"), in_format("loss.precision=bfloat16"));
  EXPECT_NE(in_format("loss.precision=float16"), in_format("loss.precision=float16", "loss.rounding=operations"));
  EXPECT_NE(in_format("loss.precision=float16"), in_format("loss.precision=float16", "loss.rounding=sums"));
  EXPECT_NE(id_with("fork.run=a", "fork.step=1"), id_with("fork.run=a", "fork.step=2"));
}

TEST(RunId, FollowsTheContentsOfFilesNotTheirPlaces) {
  EXPECT_EQ(id_with("task.operation=table", "task.table=a.csv", "task.table_digest=11"),
            id_with("task.operation=table", "task.table=b.csv", "task.table_digest=11"));
  EXPECT_NE(id_with("task.operation=table", "task.table=a.csv", "task.table_digest=11"),
            id_with("task.operation=table", "task.table=a.csv", "task.table_digest=12"));
  EXPECT_NE(id_with("task.operation=table", "task.table=a.csv"), id_with("task.operation=table", "task.table=b.csv"));
  EXPECT_EQ(id_with("split.method=file", "split.file=a", "split.file_digest=11"),
            id_with("split.method=file", "split.file=b", "split.file_digest=11"));
}

// These names are on users' disks. If this test fails, stored runs have lost their names: undo the change.
TEST(RunId, IsStableForEver) {
  EXPECT_EQ(canonical_text(*resolve_config(Config{}), "cpu/1"),
            "groklab identity 1\nmodel.d_head=32\nmodel.d_mlp=512\nsplit.seed=0\n");
  EXPECT_EQ(
      canonical_text(
          *resolve_config(config_with("optim.decay=a\"b", "optim.weight_decay=1e-7", "task.operation=cubic")), "cpu/1"),
      "groklab identity 1\nmodel.d_head=32\nmodel.d_mlp=512\noptim.decay=\"a\\\"b\"\noptim.weight_decay=1e-07\n"
      "split.seed=0\ntask.operation=\"cubic\"\n");
  EXPECT_EQ(identity_digest(canonical_text(*resolve_config(Config{}), "cpu/1")), "28df26ab407c");
}

// The first arithmetic has no line, so that runs stored before there was one keep their names; every other has.
TEST(RunId, NamesAnArithmeticThatIsNotTheFirst) {
  EXPECT_EQ(canonical_text(*resolve_config(Config{}), engine_identity()), canonical_config(resolve_config(Config{})));
  EXPECT_EQ(canonical_text(*resolve_config(Config{}), "cpu/3"),
            "groklab identity 1\nengine=cpu/3\nmodel.d_head=32\nmodel.d_mlp=512\nsplit.seed=0\n");
}

}  // namespace
}  // namespace groklab
