// Tests of the checks of combinations.
#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

template <typename... Assignments>
void expect_valid(Assignments... assignments) {
  const Config config = config_with(assignments...);
  EXPECT_NO_THROW(check_config(config)) << config_to_toml(config);
}

TEST(CheckConfig, RangesOfValuesSetInCode) {
  Config config;
  config.optim.beta1 = 1.5;
  EXPECT_EQ(error_of([&] { check_config(config); }), "optim.beta1 = 1.5: expected a number in [0, 1), found 1.5");
}

TEST(CheckConfig, DivisionNeedsAPrime) {
  EXPECT_EQ(check_error("task.operation=divide", "task.modulus=12"),
            "task.modulus = 12: expected a prime for task.operation = divide, found 2 * 6");
  EXPECT_EQ(check_error("task.operation=divide_or_subtract", "task.modulus=49"),
            "task.modulus = 49: expected a prime for task.operation = divide_or_subtract, found 7 * 7");
  expect_valid("task.operation=divide", "task.modulus=2");
  expect_valid("task.operation=divide", "task.modulus=97");
  expect_valid("task.operation=multiply", "task.modulus=12");
}

TEST(CheckConfig, WidthOfTheHeads) {
  EXPECT_EQ(check_error("model.d_head=30"), "model.d_model = 128: expected n_heads * d_head = 4 * 30 = 120");
  EXPECT_EQ(check_error("model.n_heads=3"), "model.d_model = 128: expected a multiple of n_heads = 3");
  expect_valid("model.d_head=32");
  expect_valid("model.n_heads=3", "model.d_model=96");
  expect_valid("model.n_heads=3", "model.architecture=mlp");
}

TEST(CheckConfig, SizeOfTheTrainingSet) {
  EXPECT_EQ(check_error("split.train_fraction=0"),
            "split.train_fraction = 0.0: expected a number in (0, 1] when split.train_size = 0");
  EXPECT_EQ(set_error("split.train_fraction=1.1"),
            "--set: split.train_fraction = 1.1: expected a number in [0, 1], found 1.1");
  expect_valid("split.train_fraction=0", "split.train_size=10");
  expect_valid("split.train_fraction=1");
}

TEST(CheckConfig, Parity) {
  EXPECT_EQ(check_error("task.operation=parity", "task.parity_subset=11"),
            "task.parity_subset = 11: expected at most task.parity_bits = 10");
  EXPECT_EQ(check_error("task.operation=parity", "task.parity_bits=40"),
            "task.parity_rows = 0: expected a number of rows to sample, because task.parity_bits = 40 is above 21");
  EXPECT_EQ(check_error("task.operation=parity", "task.parity_rows=1025"),
            "task.parity_rows = 1025: expected at most 2^10 = 1024 distinct rows");
  EXPECT_NE(check_error("task.operation=parity", "task.labels=random_commutative").find("task.labels"),
            std::string::npos);
  EXPECT_EQ(check_error("task.operation=parity", "model.input_tokens=4"),
            "model.input_tokens = 4: expected 2 or 3 for task.operation = parity, which has no operation token");
  expect_valid("task.operation=parity", "task.parity_bits=62", "task.parity_rows=1000");
  expect_valid("task.parity_subset=11");
}

TEST(CheckConfig, Labels) {
  EXPECT_EQ(check_error("task.corrupted_fraction=0.1"),
            "task.corrupted_fraction = 0.1: expected task.labels = corrupted with it, found task.labels = true");
  expect_valid("task.corrupted_fraction=0.1", "task.labels=corrupted");
  expect_valid("task.labels=random_commutative");
}

TEST(CheckConfig, FilesAndTheSettingsThatReadThem) {
  EXPECT_EQ(check_error("task.operation=table"),
            "task.table = \"\": expected the path of a CSV file for task.operation = table");
  EXPECT_EQ(check_error("task.table=a.csv"),
            "task.table = \"a.csv\": expected \"\" unless task.operation = table or rows, found task.operation = add");
  EXPECT_EQ(check_error("split.method=file"),
            "split.file = \"\": expected the path of a file of row indices for split.method = file");
  EXPECT_EQ(check_error("split.file=rows.npy"),
            "split.file = \"rows.npy\": expected split.method = file with it, found split.method = philox");
  expect_valid("task.operation=table", "task.table=a.csv");
  expect_valid("split.method=file", "split.file=rows.npy", "split.train_fraction=0");
}

TEST(CheckConfig, GroupSizes) {
  EXPECT_EQ(check_error("task.operation=group_product", "task.group_degree=8"),
            "task.group_degree = 8: expected a whole number in [2, 6] for task.group = symmetric (at most 2000 "
            "elements)");
  EXPECT_NE(check_error("task.operation=group_product", "task.group=alternating", "task.group_degree=2").find("[3, 6]"),
            std::string::npos);
  EXPECT_NE(check_error("task.operation=group_sandwich", "task.group=dihedral", "task.group_degree=1001").find("1000]"),
            std::string::npos);
  expect_valid("task.operation=group_conjugate", "task.group=cyclic", "task.group_degree=113");
  expect_valid("task.group_degree=100");
}

TEST(CheckConfig, ModelOptions) {
  EXPECT_EQ(check_error("model.architecture=mlp", "model.layer_norm=pre"),
            "model.layer_norm = \"pre\": expected none for model.architecture = mlp");
  EXPECT_EQ(check_error("model.architecture=mlp", "model.tied_embeddings=true"),
            "model.tied_embeddings = true: expected false for model.architecture = mlp");
  EXPECT_EQ(check_error("model.d_vocab_out=112"),
            "model.d_vocab_out = 112: expected 0 or at least the task's 113 classes");
  EXPECT_EQ(check_error("model.tied_embeddings=true", "model.d_vocab_out=115"),
            "model.d_vocab_out = 115: expected at most the 114 input symbols when model.tied_embeddings = true");
  expect_valid("model.tied_embeddings=true", "model.d_vocab_out=114");
  expect_valid("model.tied_embeddings=true", "model.d_vocab=120", "model.d_vocab_out=118");
  EXPECT_EQ(check_error("model.d_vocab=113"),
            "model.d_vocab = 113: expected 0 or at least 114 (113 symbols and 1 special tokens)");
  expect_valid("model.d_vocab=113", "model.input_tokens=2");
  expect_valid("model.d_vocab_out=115");
}

TEST(CheckConfig, Training) {
  const std::string momentum = check_error("optim.momentum=0.9");  // between the two, all optimisers that have one
  EXPECT_TRUE(momentum.starts_with("optim.momentum = 0.9: expected 0.0 unless optim.kind = sgd")) << momentum;
  EXPECT_TRUE(momentum.ends_with(", found optim.kind = adamw")) << momentum;
  EXPECT_NE(check_error("train.stop_test_accuracy=0.9", "train.evaluate_every=0", "train.evaluate_per_decade=0")
                .find("evaluation steps"),
            std::string::npos);
  EXPECT_EQ(check_error("fork.step=5"), "fork.step = 5: expected 0 without fork.run");
  EXPECT_EQ(check_error("fork.reset_optimizer=true"), "fork.reset_optimizer = true: expected false without fork.run");
  expect_valid("optim.momentum=0.9", "optim.kind=sgd");
  expect_valid("fork.step=5", "fork.run=0123456789ab");
  expect_valid("train.steps=0", "train.evaluate_every=0", "train.evaluate_per_decade=0");
}

TEST(CheckConfig, LimitsAreThoseOfTheTasks) {
  EXPECT_NE(error_of([] { config_with("task.modulus=2001"); }).find("[2, 2000]"), std::string::npos);
  EXPECT_NE(error_of([] { config_with("task.parity_rows=4000001"); }).find("4000000]"), std::string::npos);
  EXPECT_NE(check_error("task.operation=parity", "task.parity_bits=22").find("above 21"), std::string::npos);
  expect_valid("task.operation=parity", "task.parity_bits=21");
}

}  // namespace
}  // namespace groklab
