// The progress of many runs on standard error: one live line on a terminal, a line now and then elsewhere.
#pragma once

#include <functional>

#include "groklab/sweep/run_plan.h"

namespace groklab::cli {

class SweepView {
 public:
  explicit SweepView(bool quiet);
  ~SweepView() { end(); }
  SweepView(const SweepView&) = delete;
  SweepView& operator=(const SweepView&) = delete;

  /// For SweepOptions::progress; empty if quiet. The view outlives it.
  std::function<void(const SweepProgress&)> callback();
  /// Ends the live line.
  void end();

 private:
  void show(const SweepProgress& progress);

  bool quiet_, live_;
  bool is_drawn_ = false;
  double next_plain_ = 0;  ///< seconds
};

}  // namespace groklab::cli
