// Shared by the store's tests: temporary directories, small runs, child processes that die or lack space.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "groklab/record/record.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// A fresh directory, removed with everything in it at the end of its life.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Starts `body` in a child process. SQLite forbids to carry an open store across a fork: close all before.
int start_child(const std::function<int()>& body);
/// Waits for it and returns what body returned; -1 if it threw or was killed.
int wait_for_child(int process);
/// Both in turn.
int in_child(const std::function<int()>& body);
/// The same where no file can grow beyond `bytes`: what a full disk looks like to a program.
int with_file_size_limit(std::size_t bytes, const std::function<int()>& body);

/// Three tensors, two of which need padding.
ParameterLayout small_layout();
/// Values that follow from `step`, every field different, with NaN in the empty groups.
Record sample_record(std::int64_t step, const ParameterLayout& layout);
TrainState sample_state(std::int64_t step, const ParameterLayout& layout, Precision precision, bool moments);
/// Equal in every bit, NaN equal to NaN.
void expect_same(const Record& a, const Record& b);
void expect_same(const TrainState& a, const TrainState& b);

}  // namespace groklab
