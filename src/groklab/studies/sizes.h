// What the sizes of any study are made of: networks, seeds, and which scale is asked for. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab::studies {

/// Which of a study's scales, and changes to it.
struct Scale {
  std::string name = "quick";
  std::int64_t seeds = 0;        ///< instead of every claim's own number; 0: its own
  std::int64_t first_seed = -1;  ///< instead of the scale's own; -1: its own
};

/// Seeds first, first + 1, ..., first + count - 1.
struct SeedRange {
  std::int64_t first = 1000;
  std::int64_t count = 0;

  std::vector<std::int64_t> all() const;
};
template <class F>
void visit_fields(SeedRange& s, F&& field) {
  field("first", s.first);
  field("count", s.count);
}

std::string complaint(const SeedRange& seeds);

/// A task and a one-layer transformer for it, d_mlp = 4 d_model.
struct TaskNetwork {
  std::string name;  ///< in figures: "x + y mod 31, d 48"
  TaskConfig task;
  std::int64_t d_model = 128;
  std::int64_t rows = 0;  ///< of the task's table
  std::int64_t classes = 0;
};
template <class F>
void visit_fields(TaskNetwork& n, F&& field) {
  field("name", n.name);
  field("task", n.task);
  field("d_model", n.d_model);
  field("rows", n.rows);
  field("classes", n.classes);
}

std::string complaint(const TaskNetwork& network);

/// Network of x + y modulo p, or of another operation or group.
TaskNetwork modular_network(std::int64_t modulus, std::int64_t d_model, const std::string& operation = "add");
TaskNetwork group_network(GroupKind group, std::int64_t degree, std::int64_t d_model,
                          const std::string& operation = "group_product");

/// Those sizes that a network's table has.
std::vector<std::int64_t> rows_within(const std::vector<std::int64_t>& rows, const TaskNetwork& network);

/// "" if the sizes ascend, the first of them between 1 and `largest`; else what is wrong.
std::string rows_complaint(const std::vector<std::int64_t>& rows, std::int64_t largest);

}  // namespace groklab::studies
