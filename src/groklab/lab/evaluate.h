// Loss and accuracy of given weights on a task, without training.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/record/record.h"
#include "groklab/store/store.h"

namespace groklab {

struct Evaluation {
  Config config;  ///< of the network as it was evaluated
  std::string task_name;
  std::int64_t n_parameters = 0;
  std::int64_t step = 0;  ///< of a stored run, or in the metadata of an exported file; else 0
  GroupMetrics all;       ///< every row of the task
  bool has_split = false;
  GroupMetrics train, test;  ///< if has_split
  double norm = 0;
};

/// Both groups as one: means weighted by rows, the smaller minimum. An empty group counts nothing.
GroupMetrics combine_groups(const GroupMetrics& a, const GroupMetrics& b);

/// Of weights from a file; see load_weights.
Evaluation evaluate_weights(const std::string& path, const std::optional<Config>& base,
                            const std::vector<std::string>& assignments, ThreadPool& pool);

/// Of a stored run; see load_run.
Evaluation evaluate_run(const Store& store, const std::string& id, const std::string& at,
                        const std::vector<std::string>& assignments, ThreadPool& pool);

}  // namespace groklab
