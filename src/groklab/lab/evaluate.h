// Loss and accuracy of given weights on a task, without training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config/config.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/record/record.h"
#include "groklab/store/store.h"

namespace groklab {

struct Evaluation {
  Config config;  ///< of the network as it was evaluated
  std::string task_name;
  std::int64_t n_parameters = 0;
  std::int64_t step = 0;  ///< of a stored run; 0 for a file
  GroupMetrics all;       ///< every row of the task
  bool has_split = false;
  GroupMetrics train, test;  ///< if has_split
  double norm = 0;
};

/// Both groups as one: means weighted by rows, the smaller minimum. An empty group counts nothing.
GroupMetrics combine_groups(const GroupMetrics& a, const GroupMetrics& b);

/// Weights of a safetensors file. `assignments` ("key=value") are applied to `base` first; a key under "split."
/// among them asks for train and test groups. Throws Error(kConfig|kInput).
Evaluation evaluate_weights(const std::string& path, const Config& base, const std::vector<std::string>& assignments,
                            ThreadPool& pool);

/// A stored run at `at` (a step or "last"), with `assignments` on top of its config (train.precision, loss.form, ...;
/// the network's shape must stay).
Evaluation evaluate_run(const Store& store, const std::string& id, const std::string& at,
                        const std::vector<std::string>& assignments, ThreadPool& pool);

}  // namespace groklab
