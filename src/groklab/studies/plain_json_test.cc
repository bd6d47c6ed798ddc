// Plain structs as JSON and back.
#include "groklab/studies/plain_json.h"

#include <gtest/gtest.h>

#include <limits>

#include "groklab/base/error.h"
#include "groklab/studies/sizes.h"
#include "groklab/studies/training_curve.h"

namespace groklab::studies {
namespace {

struct Inner {
  std::int64_t count = 0;
  std::optional<std::int64_t> when;
};
template <class F>
void visit_fields(Inner& s, F&& field) {
  field("count", s.count);
  field("when", s.when);
}

struct Outer {
  std::string name;
  bool flag = false;
  double number = 0;
  std::vector<double> numbers;
  std::vector<Inner> list;
};
template <class F>
void visit_fields(Outer& s, F&& field) {
  field("name", s.name);
  field("flag", s.flag);
  field("number", s.number);
  field("numbers", s.numbers);
  field("list", s.list);
}

Outer sample() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {"a \"name\"", true, 0.1, {1.0 / 3, std::nan(""), kInfinity, -kInfinity, 174}, {{1, 5}, {-2, std::nullopt}}};
}

Outer read(const Json& json) { return plain_from_json<Outer>(Json::parse(json.dump()), "file"); }

std::string refusal(const Json& json) {
  try {
    read(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "taken";
}

TEST(PlainJson, ComesBackBitByBit) {
  const Outer out = sample(), back = read(plain_to_json(out));
  EXPECT_EQ(back.name, out.name);
  EXPECT_TRUE(back.flag);
  EXPECT_EQ(back.number, 0.1);
  ASSERT_EQ(back.numbers.size(), 5u);
  EXPECT_EQ(back.numbers[0], 1.0 / 3);
  EXPECT_TRUE(std::isnan(back.numbers[1]));
  EXPECT_EQ(back.numbers[2], out.numbers[2]);
  EXPECT_EQ(back.numbers[3], out.numbers[3]);
  ASSERT_EQ(back.list.size(), 2u);
  EXPECT_EQ(back.list[0].when, 5);
  EXPECT_FALSE(back.list[1].when.has_value());
  EXPECT_EQ(back.list[1].count, -2);
}

TEST(PlainJson, SaysWhereAFieldIsWrong) {
  const auto with = [](const char* path, const Json& value) {
    Json json = plain_to_json(sample());
    json[Json::json_pointer(path)] = value;
    return refusal(json);
  };
  EXPECT_EQ(refusal(plain_to_json(sample())), "taken");
  EXPECT_EQ(with("/list/1/count", "many"), "file.list[1].count: expected an integer, found string");
  EXPECT_EQ(with("/list/1/count", 1.5), "file.list[1].count: expected an integer, found number");
  EXPECT_EQ(with("/number", "large"), "file.number: expected a number, found string");
  EXPECT_EQ(with("/numbers", 3), "file.numbers: expected a list, found number");
  EXPECT_EQ(with("/flag", 1), "file.flag: expected true or false, found number");
  EXPECT_EQ(with("/name", nullptr), "file.name: expected text, found null");
  EXPECT_EQ(with("/list/0", 7), "file.list[0]: expected an object, found number");
  EXPECT_EQ(with("/more", 7), "file: expected 5 fields, found 6");
  Json without = plain_to_json(sample());
  without.erase("flag");
  EXPECT_EQ(refusal(without), "file: expected the field flag, found none");
}

TEST(PlainJson, AsksTheStructWhetherItFitsTogether) {
  TrainingCurve curve{{0, 1}, {0, 0}, {0, 0}, {1, 1}};
  EXPECT_NO_THROW(plain_from_json<TrainingCurve>(plain_to_json(curve), "curve"));
  curve.norm.pop_back();
  EXPECT_THROW(plain_from_json<TrainingCurve>(plain_to_json(curve), "curve"), Error);
  EXPECT_THROW(plain_from_json<SeedRange>(plain_to_json(SeedRange{0, 0}), "seeds"), Error);
  EXPECT_NE(rows_complaint({}, 9), "");
  EXPECT_NE(rows_complaint({3, 3}, 9), "");
  EXPECT_NE(rows_complaint({10, 11}, 9), "");
  EXPECT_NE(rows_complaint({0, 1}, 9), "");
  EXPECT_EQ(rows_complaint({9, 11}, 9), "");
}

TEST(PlainJson, TasksAreTheirConfigurationKeys) {
  TaskNetwork network = group_network(GroupKind::kAlternating, 4, 16, "group_conjugate");
  network.task.labels = LabelKind::kRandom;
  const TaskNetwork back = plain_from_json<TaskNetwork>(plain_to_json(network), "network");
  EXPECT_EQ(plain_to_json(back).dump(), plain_to_json(network).dump());
  EXPECT_EQ(back.task.group, GroupKind::kAlternating);
  EXPECT_EQ(back.task.labels, LabelKind::kRandom);
  EXPECT_EQ(back.rows, 144);
  Json wrong = plain_to_json(network);
  wrong["task"]["grup"] = "S";
  EXPECT_THROW(plain_from_json<TaskNetwork>(wrong, "network"), Error);
}

}  // namespace
}  // namespace groklab::studies
