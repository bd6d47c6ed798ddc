// See sweep_view.h.
#include "sweep_view.h"

#include <unistd.h>

#include <algorithm>

#include "groklab/sweep/sweep_text.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

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

SweepView::SweepView(bool quiet) : quiet_(quiet), live_(isatty(STDERR_FILENO) != 0) {}

std::function<void(const SweepProgress&)> SweepView::callback() {
  if (quiet_) return {};
  return [this](const SweepProgress& progress) { show(progress); };
}

void SweepView::show(const SweepProgress& progress) {
  if (live_) {
    draw_live_line(progress_line(progress));
    is_drawn_ = true;
    return;
  }
  const bool is_last = progress.done + progress.failed == progress.runs;
  if (progress.seconds < next_plain_ && !is_last) return;
  // After 10 s, 20 s, 40 s ... and at least every ten minutes: a day's log stays readable.
  next_plain_ = progress.seconds + std::clamp(progress.seconds, 10.0, 600.0);
  if (progress.seconds >= 1 || is_last) print_note_line(progress_line(progress));
}

void SweepView::end() {
  if (is_drawn_) end_live_line();
  is_drawn_ = false;
}

}  // namespace

std::vector<PlannedResult> run_with_view(const SweepPlan& plan, const std::vector<double>& seconds, const Store& store,
                                         int jobs, const std::atomic<bool>& interrupt, bool quiet,
                                         const std::string& instruction_set) {
  SweepOptions options;
  options.jobs = jobs;
  options.interrupt = &interrupt;
  options.instruction_set = instruction_set;
  SweepView view(quiet);
  options.progress = view.callback();
  std::vector<PlannedResult> results = run_plan(plan, seconds, store.directory(), options);
  view.end();
  return results;
}

}  // namespace groklab::cli
