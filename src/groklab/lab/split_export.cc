// See split_export.h.
#include "groklab/lab/split_export.h"

#include <fmt/format.h>

#include <vector>

#include "groklab/base/csv.h"
#include "groklab/store/npz.h"

namespace groklab {
namespace {

std::vector<std::string> input_names(const Task& task) {
  if (task.n_inputs == 2) return {"x", "y"};
  std::vector<std::string> names;
  for (std::int64_t i = 1; i <= task.n_inputs; ++i) names.push_back(fmt::format("x{}", i));
  return names;
}

std::int64_t label_of(const PreparedRun& run, std::size_t row) {
  return run.split.role[row] == RowRole::kTrain ? run.task.labels[row] : run.task.test_labels[row];
}

const char* set_of(const PreparedRun& run, std::size_t row) {
  const bool is_fork = run.parent != nullptr;
  switch (run.split.role[row]) {
    case RowRole::kTrain:
      return "train";
    case RowRole::kRemoved:
      return "removed";
    default:
      return is_fork ? "never_seen" : "test";
  }
}

void append(std::string& bytes, std::int64_t value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace

std::string split_csv(const PreparedRun& run) {
  CsvText csv;
  csv.cell("row");
  for (const std::string& name : input_names(run.task)) csv.cell(name);
  csv.line("label", "set");
  const auto n = static_cast<std::size_t>(run.task.n_inputs);
  for (std::size_t row = 0; row < run.split.role.size(); ++row) {
    csv.cell(static_cast<std::int64_t>(row));
    for (std::size_t i = 0; i < n; ++i) csv.cell(static_cast<std::int64_t>(run.task.inputs[row * n + i]));
    csv.line(label_of(run, row), set_of(run, row));
  }
  return csv.text();
}

std::string split_npy(const PreparedRun& run) {
  std::string type = "[('row', '<i8')";
  for (const std::string& name : input_names(run.task)) type += fmt::format(", ('{}', '<i8')", name);
  type += ", ('label', '<i8'), ('train', '|b1'), ('removed', '|b1')]";
  std::string bytes;
  const auto n = static_cast<std::size_t>(run.task.n_inputs);
  for (std::size_t row = 0; row < run.split.role.size(); ++row) {
    append(bytes, static_cast<std::int64_t>(row));
    for (std::size_t i = 0; i < n; ++i) append(bytes, run.task.inputs[row * n + i]);
    append(bytes, label_of(run, row));
    bytes += static_cast<char>(run.split.role[row] == RowRole::kTrain);
    bytes += static_cast<char>(run.split.role[row] == RowRole::kRemoved);
  }
  return npy_records(type, run.split.role.size(), bytes);
}

}  // namespace groklab
