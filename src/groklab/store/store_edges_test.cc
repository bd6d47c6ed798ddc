// Corners of the store that a first reading does not reach: sinks that end without an outcome, numbers that do not fit,
// ids at the limit, every element type's size.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/files/safetensors.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

class StoreEdgesTest : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "store";
  ParameterLayout layout_ = small_layout();

  /// The store's error; "" if there is none.
  template <typename Action>
  static std::string error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

// Catches: a sink that forgets what it has not written yet.
TEST_F(StoreEdgesTest, ASinkThatEndsWithoutAnOutcomeKeepsItsRecords) {
  Store store(path_);
  store.create_run("a", Config(), "machine", layout_, false);
  {
    const auto sink = store.sink("a", layout_);
    for (std::int64_t step = 0; step < 3; ++step) sink->on_record(sample_record(step, layout_));
  }
  ASSERT_EQ(store.records("a").size(), 3u);
  EXPECT_EQ(store.run("a").step, 2);
  EXPECT_EQ(store.run("a").status, RunStatus::kRunning);
}

// Catches: another limit; a character that is let through because the length is right.
TEST_F(StoreEdgesTest, IdsArePlainWordsOfAtMostHundredCharacters) {
  Store store(path_);
  const auto create = [&](const std::string& id) { store.create_run(id, Config(), "machine", layout_, false); };
  EXPECT_EQ(error_of([&] { create(std::string(100, 'x')); }), "");
  for (const std::string& id : {std::string(), std::string(101, 'x'), std::string("a b"), std::string("a/b"),
                                std::string(".."), std::string("a.b"), std::string("\xc3\xa9")}) {
    EXPECT_NE(error_of([&] { create(id); }), "") << "'" << id << "'";
  }
  EXPECT_EQ(error_of([&] { create("A-z_09"); }), "");
}

TEST_F(StoreEdgesTest, ErrorsCountRunsInWords) {
  Store store(path_);
  store.create_run("a", Config(), "machine", layout_, false);
  EXPECT_NE(error_of([&] { store.resolve("q"); }).find("(1 run stored)"), std::string::npos);
  store.create_run("b", Config(), "machine", layout_, false);
  EXPECT_NE(error_of([&] { store.resolve("q"); }).find("(2 runs stored)"), std::string::npos);
}

// Catches: a list that is cut one too early or too late, and says so.
TEST_F(StoreEdgesTest, SevenMatchesAreCutAfterFive) {
  Store store(path_);
  const auto matches = [&] { return error_of([&] { store.resolve("a"); }); };
  for (const char* id : {"a1", "a2", "a3", "a4", "a5"}) store.create_run(id, Config(), "machine", layout_, false);
  EXPECT_NE(matches().find("a1, a2, a3, a4, a5"), std::string::npos);
  EXPECT_EQ(matches().find("..."), std::string::npos);
  for (const char* id : {"a6", "a7"}) store.create_run(id, Config(), "machine", layout_, false);
  EXPECT_NE(matches().find("a5, ..."), std::string::npos) << matches();
  EXPECT_EQ(matches().find("a6"), std::string::npos);
}

// Catches: a number that overflows and is taken for 0, trailing letters, a missing field, a buffer too many.
TEST_F(StoreEdgesTest, CheckpointsWithWrongMetadataAreRefused) {
  const TrainState state = sample_state(7, layout_, Precision::kFloat32, true);
  const TensorFile good = checkpoint_to_file(state, layout_, true);
  expect_same(checkpoint_from_file(good, layout_, "here"), state);
  const auto read_with = [&](const std::string& key, const std::string& value) {
    TensorFile file = good;
    file.metadata[key] = value;
    return error_of([&] { checkpoint_from_file(file, layout_, "here"); });
  };
  for (const char* key : {"step", "optimizer_step", "seconds", "last_update_norm"}) {
    EXPECT_NE(read_with(key, "").find(key), std::string::npos);
    EXPECT_NE(read_with(key, "7x").find("7x"), std::string::npos);
  }
  EXPECT_NE(read_with("step", "99999999999999999999"), "");
  EXPECT_NE(read_with("format", "another"), "");
  EXPECT_NE(read_with("version", "99"), "");
  EXPECT_EQ(read_with("step", "8"), "");
  TensorFile more = good;
  more.tensors.push_back({"stray", "F32", {1}, std::vector<std::byte>(4)});
  EXPECT_NE(error_of([&] { checkpoint_from_file(more, layout_, "here"); }), "");
  TensorFile other_type = good;
  other_type.tensors.front().dtype = "I32";  // of the same size
  EXPECT_NE(error_of([&] { checkpoint_from_file(other_type, layout_, "here"); }), "");
}

TEST_F(StoreEdgesTest, ElementTypesHaveTheSizesOfTheFormat) {
  const std::vector<std::pair<const char*, std::size_t>> sizes = {
      {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},  {"I32", 4},     {"I16", 2},     {"I8", 1},
      {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},   {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"C64", 8}};
  for (const auto& [name, size] : sizes) EXPECT_EQ(dtype_size(name), size) << name;
  EXPECT_EQ(dtype_size("F8"), 0u);
}

template <typename T>
std::vector<double> values_of(const char* dtype, std::vector<T> data) {
  FileTensor tensor{"t", dtype, {static_cast<std::int64_t>(data.size())}, {}};
  tensor.data.resize(data.size() * sizeof(T));
  std::memcpy(tensor.data.data(), data.data(), tensor.data.size());
  return tensor.values();
}

// Catches: a type read as a neighbour of another width or sign.
TEST_F(StoreEdgesTest, WholeNumbersOfEveryWidthAreConverted) {
  EXPECT_EQ(values_of<std::int32_t>("I32", {-70000, 5}), (std::vector<double>{-70000, 5}));
  EXPECT_EQ(values_of<std::int16_t>("I16", {-300, 5}), (std::vector<double>{-300, 5}));
  EXPECT_EQ(values_of<std::uint64_t>("U64", {1ULL << 63, 5}), (std::vector<double>{9223372036854775808.0, 5}));
  EXPECT_EQ(values_of<std::uint32_t>("U32", {4000000000U, 5}), (std::vector<double>{4e9, 5}));
  EXPECT_EQ(values_of<std::uint16_t>("U16", {65535, 5}), (std::vector<double>{65535, 5}));
  EXPECT_EQ(values_of<double>("F64", {0.1, -1e300}), (std::vector<double>{0.1, -1e300}));
  EXPECT_EQ(values_of<float>("F32", {0.5F, -2}), (std::vector<double>{0.5, -2}));
  EXPECT_EQ(values_of<std::uint16_t>("F16", {0xfc00, 0x8001, 0x3555}),
            (std::vector<double>{-HUGE_VAL, -1.0 / (1 << 24), 0x1.554p-2}));
}

}  // namespace
}  // namespace groklab
