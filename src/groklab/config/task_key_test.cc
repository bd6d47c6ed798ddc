// Tests of the keys that say "same task" and "same shapes": what must change them, and what must not.
#include "groklab/config/task_key.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

template <typename... Assignments>
ResolvedConfig resolved(Assignments... assignments) {
  return resolve_config(config_with(assignments...));
}

const std::vector<const char*> kSeedsAndTraining = {"seed=7",
                                                    "split.seed=3",
                                                    "split.train_size=100",
                                                    "split.method=torch_randperm",
                                                    "task.labels=random",
                                                    "model.init=torch",
                                                    "model.init_scale=2",
                                                    "optim.learning_rate=0.1",
                                                    "optim.weight_decay=0",
                                                    "optim.batch_size=10",
                                                    "train.steps=5",
                                                    "train.evaluate_every=7",
                                                    "train.checkpoint_every=9",
                                                    "fork.run=0123456789ab"};

TEST(TaskKey, SeedsLabelsAndTrainingDoNotChangeIt) {
  for (const char* change : kSeedsAndTraining) {
    EXPECT_EQ(task_key(resolved()), task_key(resolved(change))) << change;
    EXPECT_EQ(shape_key(resolved()), shape_key(resolved(change))) << change;
    EXPECT_EQ(cost_key(resolved()), cost_key(resolved(change))) << change;
  }
  EXPECT_EQ(task_key(resolved("task.labels=random", "task.label_seed=1")),
            task_key(resolved("task.labels=corrupted", "task.corrupted_fraction=0.2", "task.label_seed=2")));
  EXPECT_EQ(task_key(resolved()), task_key(resolved("task.group_degree=4", "task.parity_bits=8"))) << "not used";
}

TEST(TaskKey, AnotherTableChangesIt) {
  for (const char* change :
       {"task.modulus=59", "task.operation=multiply", "task.operation=group_product", "task.operation=parity"}) {
    EXPECT_NE(task_key(resolved()), task_key(resolved(change))) << change;
    EXPECT_NE(shape_key(resolved()), shape_key(resolved(change))) << change;
  }
  const char* product = "task.operation=group_product";
  for (const char* change : {"task.group=dihedral", "task.group_degree=4", "task.composition=left_first"}) {
    EXPECT_NE(task_key(resolved(product)), task_key(resolved(product, change))) << change;
  }
  const char* parity = "task.operation=parity";
  for (const char* change : {"task.parity_bits=9", "task.parity_subset=2", "task.parity_rows=5", "task.label_seed=4",
                             "seed=4"}) {  // the seed hides other bits
    EXPECT_NE(task_key(resolved(parity)), task_key(resolved(parity, change))) << change;
  }
  const char *table = "task.operation=table", *path = "task.table=a.csv";
  EXPECT_NE(task_key(resolved(table, path, "task.table_digest=11")),
            task_key(resolved(table, path, "task.table_digest=12")));
  EXPECT_EQ(task_key(resolved(table, path, "task.table_digest=11")),
            task_key(resolved(table, "task.table=b.csv", "task.table_digest=11")));
}

TEST(TaskKey, AnotherNetworkChangesTheShape) {
  for (const char* change :
       {"model.architecture=mlp", "model.n_layers=2", "model.d_model=64", "model.n_heads=2", "model.d_mlp=64",
        "model.activation=gelu", "model.biases=all", "model.layer_norm=pre", "model.tied_embeddings=true",
        "model.input_tokens=2", "model.d_vocab=115", "model.d_vocab_out=114", "model.path=general"}) {
    EXPECT_EQ(task_key(resolved()), task_key(resolved(change))) << change;
    EXPECT_NE(shape_key(resolved()), shape_key(resolved(change))) << change;
  }
  EXPECT_EQ(shape_key(resolved()), shape_key(resolved("model.d_head=32", "model.d_mlp=512"))) << "the same, spelt out";
}

TEST(TaskKey, WhatAStepCostsFollowsLossNumbersAndOptimiser) {
  for (const char* change : {"loss.kind=mean_squared", "loss.form=framework", "train.precision=float64",
                             "train.chunks=4", "optim.kind=sgd", "model.n_layers=2"}) {
    EXPECT_NE(cost_key(resolved()), cost_key(resolved(change))) << change;
  }
}

}  // namespace
}  // namespace groklab
