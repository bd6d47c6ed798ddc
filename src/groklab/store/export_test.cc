// What the four export formats contain.
#include "groklab/store/export.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/engine_identity.h"
#include "groklab/store/npz.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/run_json.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  if (!text.empty() && text.back() == separator) parts.emplace_back();
  return parts;
}

template <typename T>
T number_at(const std::string& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

class ExportTest : public ::testing::Test {
 protected:
  ExportTest() : store_(directory_.path() / "store") {
    config_.seed = 3;
    store_.create_run("a", config_, "machine", layout_, false);
    auto sink = store_.sink("a", layout_);
    for (const std::int64_t step : {0, 100}) sink->on_record(sample_record(step, layout_));
    for (const std::int64_t step : {50, 100}) {
      sink->on_checkpoint(sample_state(step, layout_, Precision::kFloat64, true), true);
    }
    sink->on_outcome({RunStatus::kFinished, 100, "", 2.0});
  }
  std::string exported(ExportFormat format, std::int64_t step = -1) const {
    const auto path = directory_.path() / "out";
    export_run(store_, "a", format, path, step);
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryDirectory directory_;
  ParameterLayout layout_ = small_layout();
  Config config_;
  Store store_;
};

TEST_F(ExportTest, CsvHasOneColumnPerMetricAndNorm) {
  const std::vector<std::string> lines = split(exported(ExportFormat::kCsv), '\n');
  ASSERT_EQ(lines.size(), 4u);  // names, two records, nothing behind the last line end
  EXPECT_EQ(lines[3], "");
  const std::vector<std::string> names = split(lines[0], ',');
  const std::vector<std::string> cells = split(lines[2], ',');
  ASSERT_EQ(names.size(), metric_names().size() + 3);
  ASSERT_EQ(cells.size(), names.size());
  const Record record = sample_record(100, layout_);
  const auto cell = [&](const std::string& name) {
    return cells.at(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  };
  EXPECT_EQ(cell("step"), "100");
  EXPECT_EQ(std::stod(cell("train_loss")), record.train.loss);
  EXPECT_EQ(std::stod(cell("never_seen_margin_min")), record.never_seen.margin_min);
  EXPECT_EQ(cell("removed_loss"), "");
  EXPECT_EQ(std::stod(cell("norm:blocks.0.attn.W_Q")), record.tensor_norms[1]);
}

TEST_F(ExportTest, JsonHasConfigOutcomeAndRecords) {
  const nlohmann::json json = nlohmann::json::parse(exported(ExportFormat::kJson));
  EXPECT_EQ(json.at("id"), "a");
  EXPECT_EQ(json.at("config"), config_to_json(config_));
  EXPECT_EQ(json.at("status"), "finished");
  EXPECT_EQ(json.at("engine"), engine_identity());
  ASSERT_EQ(json.at("records").size(), 2u);
  const Record record = sample_record(100, layout_);
  const nlohmann::json& last = json.at("records")[1];
  EXPECT_EQ(last.at("step"), 100);
  EXPECT_EQ(last.at("test").at("accuracy").get<double>(), record.test.accuracy);
  EXPECT_TRUE(last.at("removed").at("loss").is_null());
  EXPECT_EQ(last.at("tensor_norms").at("unembed.b_U").get<double>(), record.tensor_norms[2]);
  EXPECT_EQ(json.at("last"), last);
}

TEST_F(ExportTest, NpzIsAZipOfArrays) {
  const std::string bytes = exported(ExportFormat::kNpz);
  const std::size_t end = bytes.size() - 22;
  ASSERT_EQ(number_at<std::uint32_t>(bytes, end), 0x06054b50u);
  const auto count = number_at<std::uint16_t>(bytes, end + 10);
  EXPECT_EQ(count, metric_names().size() + 3 + 1);
  std::size_t at = number_at<std::uint32_t>(bytes, end + 16);
  bool found = false;
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(number_at<std::uint32_t>(bytes, at), 0x02014b50u);
    const std::string name = bytes.substr(at + 46, number_at<std::uint16_t>(bytes, at + 28));
    const std::size_t local = number_at<std::uint32_t>(bytes, at + 42);
    const std::size_t data = local + 30 + number_at<std::uint16_t>(bytes, local + 26);
    ASSERT_EQ(number_at<std::uint32_t>(bytes, local), 0x04034b50u);
    EXPECT_EQ(bytes.substr(local + 30, name.size()), name);
    EXPECT_EQ(bytes.substr(data, 6), "\x93NUMPY");
    if (name == "norm.npy") {
      found = true;
      const std::size_t header = number_at<std::uint16_t>(bytes, data + 8);
      EXPECT_EQ((10 + header) % 64, 0u);
      EXPECT_NE(bytes.substr(data, header).find("'descr': '<f8', 'fortran_order': False, 'shape': (2,)"),
                std::string::npos);
      EXPECT_EQ(number_at<double>(bytes, data + 10 + header + 8), sample_record(100, layout_).norm);
    }
    at += 46 + name.size();
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(at, end);
}

TEST(NpzTest, ChecksumIsThatOfZip) {
  std::string bytes;
  NpzArchive archive([&](std::string_view part) { bytes += part; });
  archive.add("x", "123456789");
  archive.finish();
  EXPECT_EQ(number_at<std::uint32_t>(bytes, 14), 0xCBF43926u);  // the check value of CRC-32
}

TEST_F(ExportTest, SafetensorsHasTheWeightsAlone) {
  exported(ExportFormat::kSafetensors, 50);
  const TensorFile file = read_safetensors(directory_.path() / "out");
  ASSERT_EQ(file.tensors.size(), layout_.tensors().size());
  EXPECT_EQ(file.tensors[1].name, "blocks.0.attn.W_Q");
  EXPECT_EQ(file.tensors[1].shape, (std::vector<std::int64_t>{2, 2, 4}));
  const TrainState state = sample_state(50, layout_, Precision::kFloat64, true);
  const auto offset = static_cast<std::size_t>(layout_.at("blocks.0.attn.W_Q").offset) * 8;
  EXPECT_EQ(std::memcmp(file.tensors[1].data.data(), state.parameters.data() + offset, 16 * 8), 0);
  EXPECT_EQ(file.metadata.at("groklab.step"), "50");
  EXPECT_EQ(nlohmann::json::parse(file.metadata.at("groklab.config")), config_to_json(config_));
  EXPECT_EQ(run_weights(store_, "a", -1).metadata.at("groklab.step"), "100");
  EXPECT_THROW(run_weights(store_, "a", 7), Error);
}

// Catches: a text whose pieces do not give the one that is made at once.
TEST_F(ExportTest, TheJsonInPiecesIsTheJsonAtOnce) {
  const std::string text = exported(ExportFormat::kJson);
  EXPECT_EQ(text, run_to_json(store_.run("a"), store_.records("a")).dump(1) + "\n");
}

// Catches: an export that holds all records, or all of the text: 50,000 of them are some 20 MB.
TEST_F(ExportTest, LongRunsAreExportedInPieces) {
  store_.create_run("long", config_, "machine", layout_, false);
  {
    const auto sink = store_.sink("long", layout_);
    for (std::int64_t step = 0; step < 50'000; ++step) sink->on_record(sample_record(step, layout_));
  }
  const auto largest = [&](const std::function<void(const TextSink&)>& make) {
    std::size_t most = 0, sum = 0;
    make([&](std::string_view part) {
      most = std::max(most, part.size());
      sum += part.size();
    });
    EXPECT_GT(sum, 10'000'000u);
    return most;
  };
  EXPECT_LT(largest([&](const TextSink& write) { records_to_csv(store_, "long", write); }), 200'000u);
  EXPECT_LT(largest([&](const TextSink& write) { run_to_json_text(store_, "long", write); }), 200'000u);
  EXPECT_LT(largest([&](const TextSink& write) { records_to_npz(store_, "long", write); }), 500'000u) << "a column";
}

TEST_F(ExportTest, FormatsHaveNames) {
  EXPECT_EQ(parse_export_format("npz"), ExportFormat::kNpz);
  EXPECT_THROW(parse_export_format("parquet"), Error);
}

TEST_F(ExportTest, RunWithoutRecordsExports) {
  store_.create_run("empty", config_, "machine", layout_, false);
  std::string csv, json, npz;
  records_to_csv(store_, "empty", [&](std::string_view part) { csv += part; });
  run_to_json_text(store_, "empty", [&](std::string_view part) { json += part; });
  records_to_npz(store_, "empty", [&](std::string_view part) { npz += part; });
  EXPECT_EQ(split(csv, '\n').size(), 2u);
  EXPECT_TRUE(nlohmann::json::parse(json).at("records").empty());
  EXPECT_FALSE(npz.empty());
}

}  // namespace
}  // namespace groklab
