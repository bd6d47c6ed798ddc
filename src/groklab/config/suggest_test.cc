// Tests of the suggestions for mistyped names.
#include "groklab/config/suggest.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "groklab/config.h"

namespace groklab {
namespace {

TEST(NearestName, FindsTyposAndAbbreviations) {
  const std::vector<std::string> names = {"add", "subtract", "multiply", "divide", "divide_or_subtract"};
  EXPECT_EQ(nearest_name("ad", names), "add");
  EXPECT_EQ(nearest_name("substract", names), "subtract");
  EXPECT_EQ(nearest_name("DIVIDE", names), "divide");
  EXPECT_EQ(nearest_name("dviide", names), "divide");
  EXPECT_EQ(nearest_name("divide-or-subtract", names), "divide_or_subtract");
  EXPECT_EQ(nearest_name("mul", names), "multiply");
  EXPECT_EQ(nearest_name("train", {"train", "resume"}), "train");
}

TEST(NearestName, StaysSilentWhenNothingIsNear) {
  const std::vector<std::string> names = {"add", "subtract", "multiply", "divide", "divide_or_subtract"};
  EXPECT_EQ(nearest_name("power", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("x", {"y"}), "");
  EXPECT_EQ(nearest_name("anything", {}), "");
  EXPECT_EQ(nearest_name("abc", {"abcdefgh", "abcdxyzw"}), "") << "two names start with it";
}

TEST(NearestName, ASwapOfNeighboursIsOneEdit) {
  EXPECT_EQ(nearest_name("abdc", {"abcd", "axyc"}), "abcd");
  EXPECT_EQ(nearest_name("ba", {"ab"}), "ab");
}

TEST(SuggestKey, FindsTheKey) {
  EXPECT_EQ(suggest_key("wieght_decay"), "optim.weight_decay");
  EXPECT_EQ(suggest_key("weight_decay"), "optim.weight_decay");
  EXPECT_EQ(suggest_key("train.weight_decay"), "optim.weight_decay");
  EXPECT_EQ(suggest_key("optim.weight-decay"), "optim.weight_decay");
  EXPECT_EQ(suggest_key("optim.lr"), "optim.learning_rate");
  EXPECT_EQ(suggest_key("lr"), "optim.learning_rate");
  EXPECT_EQ(suggest_key("task.p"), "task.modulus");
  EXPECT_EQ(suggest_key("frac_train"), "split.train_fraction");
  EXPECT_EQ(suggest_key("model.num_heads"), "model.n_heads");
  EXPECT_EQ(suggest_key("Seed"), "seed");
  EXPECT_EQ(suggest_key("data.seed"), "seed");
  EXPECT_EQ(suggest_key("train.seed"), "split.seed");
  EXPECT_EQ(suggest_key("quite.another.thing"), "");
}

TEST(SuggestKey, OnlySuggestsKeysThatExist) {
  std::set<std::string> keys;
  for (const FieldInfo& info : config_fields()) keys.insert(info.key);
  for (const char* alias :
       {"lr",        "wd",     "lambda", "eps",        "betas",        "optimizer", "warmup",     "lr_schedule",
        "batch",     "p",      "op",     "frac_train", "dataset_size", "data_seed", "num_layers", "heads",
        "width",     "d_ff",   "act_fn", "bias",       "ln",           "n_ctx",     "alpha",      "model_type",
        "loss_type", "epochs", "dtype",  "log_every",  "save_every"}) {
    EXPECT_TRUE(keys.count(suggest_key(alias))) << alias << " -> " << suggest_key(alias);
  }
}

}  // namespace
}  // namespace groklab
