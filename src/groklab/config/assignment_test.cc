// Tests of "key=value": reading, writing, and changes made of them.
#include "groklab/config/assignment.h"

#include <gtest/gtest.h>

#include <string>

#include "groklab/config/config_test_util.h"
#include "groklab/config/value.h"

namespace groklab {
namespace {

TEST(Assignment, SplitsAtTheFirstEqualsSign) {
  const Assignment assignment = parse_assignment(" task.table = a = b.csv\t", "--set");
  EXPECT_EQ(assignment.key, "task.table");
  EXPECT_EQ(assignment.text, "a = b.csv");
  EXPECT_EQ(parse_assignment("seed=", "--set").text, "");
  EXPECT_EQ(error_of([] { parse_assignment("seed", "--change"); }), "--change: expected key=value, found \"seed\"");
  EXPECT_EQ(error_of([] { parse_assignment(" =3", "--set"); }), "--set: expected key=value, found \" =3\"");
}

TEST(Assignment, WritesWhatItReads) {
  for (const char* text : {"", "a", "a=b", "\"quoted\"", " blanks ", "\"", "\"\"", "a \"b\"", "0", "true"}) {
    Config config;
    set_config_value(config, assignment_text("task.table", std::string(text)));
    EXPECT_EQ(config.task.table, text);
  }
  Config config;
  set_config_value(config, assignment_text("optim.learning_rate", 0.1 + 0.2));
  EXPECT_EQ(config.optim.learning_rate, 0.1 + 0.2);
  set_config_value(config, assignment_text("fork.reset_optimizer", true));
  EXPECT_TRUE(config.fork.reset_optimizer);
}

TEST(ConfigSet, TakesValuesByTheFieldsType) {
  const Config config =
      config_with("train.steps=1e5", " optim.weight_decay = 0.5 ", "optim.learning_rate=1",
                  "task.operation=divide_or_subtract", "fork.reset_optimizer=true", "model.tied_embeddings=yes",
                  "optim.decay=*W_U, *W_E", "task.table=a=b.csv", "split.file=\"123\"", "task.table_digest=0123");
  EXPECT_EQ(config.train.steps, 100000);
  EXPECT_EQ(config.optim.weight_decay, 0.5);
  EXPECT_EQ(config.optim.learning_rate, 1.0);
  EXPECT_EQ(config.task.operation, "divide_or_subtract");
  EXPECT_TRUE(config.fork.reset_optimizer);
  EXPECT_TRUE(config.model.tied_embeddings);
  EXPECT_EQ(config.optim.decay, "*W_U, *W_E");
  EXPECT_EQ(config.task.table, "a=b.csv");
  EXPECT_EQ(config.split.file, "123");
  EXPECT_EQ(config.task.table_digest, "0123");
  EXPECT_EQ(config_with("optim.decay=").optim.decay, "");
}

TEST(ConfigSet, RefusesWithOneLine) {
  EXPECT_EQ(set_error("optim.wieght_decay=1"),
            "--set: unknown key \"optim.wieght_decay\"; did you mean \"optim.weight_decay\"?");
  EXPECT_EQ(set_error("optim.beta1=1.5"), "--set: optim.beta1 = 1.5: expected a number in [0, 1), found 1.5");
  EXPECT_EQ(set_error("optim.beta1=1"), "--set: optim.beta1 = 1: expected a number in [0, 1), found 1");
  EXPECT_EQ(set_error("optim.beta1=nan"), "--set: optim.beta1 = nan: expected a number in [0, 1), found nan");
  EXPECT_EQ(set_error("optim.weight_decay=inf"),
            "--set: optim.weight_decay = inf: expected a number of at least 0, found inf");
  EXPECT_EQ(set_error("optim.learning_rate=0"), "--set: optim.learning_rate = 0: expected a number above 0, found 0");
  EXPECT_EQ(set_error("train.steps=1.5"), "--set: train.steps = 1.5: expected a whole number of at least 0, found 1.5");
  EXPECT_EQ(set_error("train.steps=-1"), "--set: train.steps = -1: expected a whole number of at least 0, found -1");
  EXPECT_EQ(set_error("train.steps=many"),
            "--set: train.steps = \"many\": expected a whole number of at least 0, found \"many\"");
  EXPECT_EQ(set_error("train.steps="), "--set: train.steps = \"\": expected a whole number of at least 0, found \"\"");
  EXPECT_EQ(set_error("train.steps=1e300"),
            "--set: train.steps = 1e+300: expected a whole number of at least 0, found 1e+300");
  EXPECT_EQ(set_error("train.precision=float46"),
            "--set: train.precision = \"float46\": expected one of float32, float64, found \"float46\"; did you mean "
            "\"float64\"?");
  EXPECT_EQ(set_error("model.tied_embeddings=1"), "--set: model.tied_embeddings = 1: expected true or false, found 1");
  EXPECT_EQ(set_error("seed"), "--set: expected key=value, found \"seed\"");
  EXPECT_EQ(set_error("=3"), "--set: expected key=value, found \"=3\"");
  EXPECT_EQ(set_error("split.file=a\nb"),
            "--set: split.file = \"a\\u000ab\": expected the path of a file, or empty, found \"a\\u000ab\"");
  EXPECT_NE(set_error("split.file=\xff").find("expected the path of a file"), std::string::npos);
}

TEST(ConfigSet, LeavesTheConfigAloneWhenItRefuses) {
  Config config;
  EXPECT_THROW(set_config_value(config, "optim.beta1=1.5"), Error);
  EXPECT_EQ(config.optim.beta1, Config{}.optim.beta1);
}

}  // namespace
}  // namespace groklab
