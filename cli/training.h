// What train, resume and fork have in common: train a prepared run with a view, then say how it ended.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "groklab/lab/prepared_run.h"
#include "options.h"

namespace groklab::cli {

struct TrainingFlags {
  StoreOption store;
  ThreadsOption threads;
  bool quiet = false;
  bool json = false;
  bool force = false;
  std::string instruction_set;

  void add_to(CLI::App& command);
};

/// Returns the exit code.
int train_and_summarise(const PreparedRun& run, Store& store, const TrainingFlags& flags,
                        const std::vector<std::string>& assignments = {});

}  // namespace groklab::cli
