// See run_loop.h.
#include "groklab/train/run_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "groklab/base/error.h"

namespace groklab {
namespace {

bool is_finite(const Record& record) {
  return std::isfinite(record.train.loss) && std::isfinite(record.norm) &&
         (record.test.rows == 0 || std::isfinite(record.test.loss));
}

}  // namespace

RunLoop::RunLoop(const TrainConfig& config, const RunStart& start)
    : schedule_(config),
      stopping_(config),
      probe_every_(start.has_probes ? config.probe_every : 0),
      checkpoint_seconds_(start.checkpoint_seconds),
      step_(start.step),
      now_(start.seconds),
      checkpoint_time_(start.seconds) {
  const bool has_record = replay(start);
  arrive();
  if (has_record) wants_record_ = false;
}

/// Feeds stored records to the stopping rules. Returns whether the present step's record was among them.
bool RunLoop::replay(const RunStart& start) {
  bool has_present = false;
  const auto feed = [&](const Record& record) {
    if (record.step > step_) return;
    stop_reason_ = stopping_.add(record);
    has_present = record.step == step_;
    ++evaluation_steps_;
  };
  if (start.visit_history) {
    start.visit_history(feed);
  } else {
    for (const Record& record : start.history) feed(record);
  }
  if (!has_present) stop_reason_.clear();  // that decision was made and passed before this step
  return has_present;
}

void RunLoop::arrive() {
  wants_record_ = schedule_.evaluates_at(step_);
  wants_probe_ = false;
  wants_kept_ = schedule_.keeps_checkpoint_at(step_) || ends();
}

RunAction RunLoop::end(RunStatus status, std::string reason) const {
  return {RunAction::Kind::kEnd, step_, false, {status, step_, std::move(reason), now_}};
}

RunAction RunLoop::next() const {
  using Kind = RunAction::Kind;
  if (diverged_) return end(RunStatus::kDiverged, fmt::format("diverged at step {}", step_));
  if (wants_record_) return {Kind::kMeasure, step_, false, {}};
  if (wants_probe_) return {Kind::kProbe, step_, false, {}};
  if (wants_kept_) return {Kind::kCheckpoint, step_, true, {}};
  if (ends()) return stop_reason_.empty() ? end(RunStatus::kFinished, "") : end(RunStatus::kStopped, stop_reason_);
  const bool is_stored = checkpoint_step_ == step_;  // an unkept checkpoint never replaces a kept one
  if (!is_stored && (interrupted_ || now_ - checkpoint_time_ >= checkpoint_seconds_)) {
    return {Kind::kCheckpoint, step_, false, {}};
  }
  if (interrupted_) return end(RunStatus::kInterrupted, "interrupted");
  return {Kind::kAdvance, std::min(schedule_.next_event(step_), step_ + pace_.chunk()), false, {}};
}

void RunLoop::advanced(std::int64_t step, double seconds) {
  require(step > step_ && step <= schedule_.next_event(step_), "a run advances to its next event at most");
  pace_.took(step - step_, seconds);
  step_ = step;
  arrive();
}

void RunLoop::diverged(std::int64_t step) {
  step_ = step;
  diverged_ = true;
}

bool RunLoop::measured(const Record& record) {
  wants_record_ = false;
  if (!is_finite(record)) {
    diverged_ = true;
    return false;
  }
  stop_reason_ = stopping_.add(record);
  ++evaluation_steps_;
  wants_probe_ = probe_every_ > 0 && ((evaluation_steps_ - 1) % probe_every_ == 0 || ends());
  wants_kept_ |= ends();
  return true;
}

void RunLoop::checkpointed() {
  wants_kept_ = false;
  checkpoint_time_ = now_;
  checkpoint_step_ = step_;
}

}  // namespace groklab
