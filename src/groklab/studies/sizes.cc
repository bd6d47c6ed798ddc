// See sizes.h.
#include "groklab/studies/sizes.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "groklab/config.h"
#include "groklab/studies/plain_json.h"
#include "groklab/task.h"

namespace groklab::studies {
namespace {

TaskNetwork network_of(const TaskConfig& config, std::int64_t d_model) {
  TaskNetwork network;
  network.task = config;
  network.d_model = d_model;
  Config alone;
  alone.task = config;
  const Task task = make_task(resolve_config(alone));
  network.rows = task.n_rows;
  network.classes = task.n_classes;
  network.name = fmt::format("{}, d {}", task.name, d_model);
  return network;
}

}  // namespace

std::vector<std::int64_t> SeedRange::all() const {
  std::vector<std::int64_t> seeds;
  for (std::int64_t i = 0; i < count; ++i) seeds.push_back(first + i);
  return seeds;
}

TaskNetwork modular_network(std::int64_t modulus, std::int64_t d_model, const std::string& operation) {
  TaskConfig task;
  task.operation = operation;
  task.modulus = modulus;
  return network_of(task, d_model);
}

TaskNetwork group_network(GroupKind group, std::int64_t degree, std::int64_t d_model, const std::string& operation) {
  TaskConfig task;
  task.operation = operation;
  task.group = group;
  task.group_degree = degree;
  return network_of(task, d_model);
}

std::vector<std::int64_t> rows_within(const std::vector<std::int64_t>& rows, const TaskNetwork& network) {
  std::vector<std::int64_t> some;
  for (const std::int64_t r : rows) {
    if (r <= network.rows) some.push_back(r);
  }
  return some;
}

std::string complaint(const SeedRange& seeds) {
  if (seeds.count >= 1 && seeds.count <= 10000 && seeds.first >= 0) return "";
  return fmt::format("expected 1 to 10000 seeds from 0 on, found {} from {}", seeds.count, seeds.first);
}

std::string complaint(const TaskNetwork& network) {
  if (network.rows >= 1 && network.classes >= 2 && network.d_model >= 1) return "";
  return fmt::format("expected rows, 2 classes or more and a width, found {}, {} and {}", network.rows, network.classes,
                     network.d_model);
}

std::string rows_complaint(const std::vector<std::int64_t>& rows, std::int64_t largest) {
  if (rows.empty()) return "expected sizes, found none";
  if (rows.front() < 1 || rows.front() > largest) {
    return fmt::format("expected a first size of 1 to {}, found {}", largest, rows.front());
  }
  const bool ascend = std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end();
  return ascend ? "" : "expected sizes that ascend, found others";
}

Json task_json(const TaskConfig& task) {
  Config config;
  config.task = task;
  return Json(config_to_json(config).at("task"));
}

TaskConfig read_task(const Json& json) { return config_from_json(nlohmann::json{{"task", nlohmann::json(json)}}).task; }

}  // namespace groklab::studies
