// See training_view.h.
#include "training_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "groklab/store/run_json.h"
#include "groklab/view/progress.h"
#include "groklab/view/text.h"
#include "groklab/view/thinned_records.h"
#include "run_text.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Steps per second over the last seconds: a run's speed changes when other programs come and go.
class Speed {
 public:
  void at(std::int64_t step) {
    const Clock::time_point now = Clock::now();
    points_.push_back({now, step});
    while (points_.size() > 2 && std::chrono::duration<double>(now - points_[1].first).count() > 5.0) {
      points_.pop_front();
    }
  }
  double per_second() const {
    if (points_.size() < 2) return 0.0;
    const double seconds = std::chrono::duration<double>(points_.back().first - points_.front().first).count();
    return seconds > 0.05 ? static_cast<double>(points_.back().second - points_.front().second) / seconds : 0.0;
  }

 private:
  std::deque<std::pair<Clock::time_point, std::int64_t>> points_;
};

/// Keeps what both text views show.
class TextView : public RunObserver {
 public:
  void on_start(const PreparedRun& run, std::int64_t step, std::span<const Record> history) override {
    steps_ = run.config->train.steps;
    for (const Record& record : history) keep(record);
    on_note(fmt::format("run {}: {}, {} of {} rows to train on, {} steps", run.id, run.task.name,
                        format_count(static_cast<std::int64_t>(run.split.train.size())), format_count(run.task.n_rows),
                        format_count(steps_)));
    speed_.at(step);
  }
  void on_note(const std::string& text) override { print_note_line(text); }

 protected:
  void keep(const Record& record) { records_.add(record); }
  ProgressState state(std::int64_t step) const { return {step, steps_, speed_.per_second(), records_.records()}; }

  std::int64_t steps_ = 0;
  ThinnedRecords records_;
  Speed speed_;
};

class LiveView : public TextView {
 public:
  void on_progress(std::int64_t step) override {
    step_ = step;
    const Clock::time_point now = Clock::now();
    if (is_drawn_ && now - last_draw_ < std::chrono::milliseconds(120)) return;
    last_draw_ = now;
    speed_.at(step);
    draw(step);
  }
  void on_record(const Record& record) override {
    keep(record);
    step_ = record.step;
  }
  void on_outcome(const Outcome& outcome) override {
    draw(outcome.step);
    end_line();
  }
  ~LiveView() override { end_line(); }  // after an error: its message starts a line of its own

 private:
  void draw(std::int64_t step) {
    // One column stays free: a full line would wrap on some terminals.
    draw_live_line(live_line(state(step), terminal_width(STDERR_FILENO) - 1));
    is_drawn_ = true;
  }
  void end_line() {
    if (is_drawn_) end_live_line();
    is_drawn_ = false;
  }

  std::int64_t step_ = 0;
  bool is_drawn_ = false;
  Clock::time_point last_draw_;
};

class PlainView : public TextView {
 public:
  void on_progress(std::int64_t step) override { speed_.at(step); }
  void on_record(const Record& record) override {
    keep(record);
    const double now = std::chrono::duration<double>(Clock::now() - start_).count();
    if (pacer_.due(record.step, steps_, now)) print_note_line(plain_line(state(record.step)));
  }

 private:
  Clock::time_point start_ = Clock::now();
  PlainLinePacer pacer_;
};

class JsonView : public RunObserver {
 public:
  void on_start(const PreparedRun& run, std::int64_t step, std::span<const Record>) override {
    print({{"event", "start"}, {"run", run.id}, {"step", step}, {"steps", run.config->train.steps}});
  }
  void on_note(const std::string& text) override { print({{"event", "note"}, {"text", text}}); }
  void on_record(const Record& record) override {
    nlohmann::ordered_json json = {{"event", "record"}};
    json.update(record_to_json(record));
    print(json);
  }

 private:
  static void print(const nlohmann::ordered_json& json) { print_text(json_text(json) + "\n"); }
};

bool is_capable_terminal() {
  if (isatty(STDERR_FILENO) == 0) return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

}  // namespace

std::unique_ptr<RunObserver> make_training_view(ViewKind kind) {
  if (kind == ViewKind::kQuiet) return std::make_unique<RunObserver>();
  if (kind == ViewKind::kJson) return std::make_unique<JsonView>();
  if (is_capable_terminal()) return std::make_unique<LiveView>();
  return std::make_unique<PlainView>();
}

}  // namespace groklab::cli
