// See trainer.h.
#include "groklab/train/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>

#include "groklab/train/schedule.h"
#include "groklab/train/stopping.h"

namespace groklab {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Chooses chunks of steps that take about a tenth of a second: an interruption is noticed in time, and a fast
/// network is not slowed down by the looking.
class Pace {
 public:
  std::int64_t chunk() const { return chunk_; }
  void took(std::int64_t steps, double seconds) {
    const double wanted = seconds > 0 ? kChunkSeconds * static_cast<double>(steps) / seconds : 1e6;
    const double limit = 4.0 * static_cast<double>(chunk_);  // grow gently: early steps may be uncommonly fast
    chunk_ = static_cast<std::int64_t>(std::clamp(wanted, 1.0, std::min(limit, 1e6)));
  }

 private:
  static constexpr double kChunkSeconds = 0.1;
  std::int64_t chunk_ = 1;
};

bool is_finite(const Record& record) {
  return std::isfinite(record.train.loss) && std::isfinite(record.norm) &&
         (record.test.rows == 0 || std::isfinite(record.test.loss));
}

class Loop {
 public:
  Loop(Engine& engine, const ResolvedConfig& config, RecordSink& sink, const TrainControl& control)
      : engine_(engine),
        sink_(sink),
        control_(control),
        probe_every_(control.probe ? config->train.probe_every : 0),
        schedule_(config->train),
        stopping_(config->train) {}

  Outcome run() {
    Outcome outcome = run_to_outcome();
    outcome.seconds = seconds();
    sink_.on_outcome(outcome);
    return outcome;
  }

 private:
  double seconds() const { return control_.seconds_before + seconds_since(start_); }
  bool is_interrupted() const { return control_.interrupt != nullptr && control_.interrupt->load(); }

  void checkpoint(bool kept) {
    TrainState state = engine_.export_state();
    state.seconds = seconds();
    sink_.on_checkpoint(state, kept);
    last_checkpoint_ = Clock::now();
    last_checkpoint_step_ = state.step;
  }

  Outcome diverged() const {
    return {RunStatus::kDiverged, engine_.step(), fmt::format("diverged at step {}", engine_.step()), 0};
  }

  /// Feeds the stored records to the stopping rules. Returns whether the present step's record was among them.
  bool replay_history() {
    bool has_present = false;
    for (const Record& record : control_.history) {
      if (record.step > engine_.step()) break;
      stop_reason_ = stopping_.add(record);
      has_present = record.step == engine_.step();
      ++record_points_;
    }
    if (!has_present) stop_reason_.clear();  // that decision was made and passed before this step
    return has_present;
  }

  Outcome run_to_outcome() {
    bool has_record = replay_history();
    for (;;) {
      const std::int64_t step = engine_.step();
      if (schedule_.records_at(step) && !has_record) {
        Record record = engine_.measure();
        record.seconds = seconds();
        if (!is_finite(record)) return diverged();
        stop_reason_ = stopping_.add(record);
        sink_.on_record(record);
        ++record_points_;
      }
      const bool ends = step >= schedule_.last_step() || !stop_reason_.empty();
      if (!has_record && schedule_.records_at(step)) {
        if (probe_every_ > 0 && ((record_points_ - 1) % probe_every_ == 0 || ends))
          sink_.on_probe(control_.probe(engine_));
      }
      has_record = false;
      if (ends || schedule_.keeps_checkpoint_at(step)) checkpoint(true);
      if (!stop_reason_.empty()) return {RunStatus::kStopped, step, stop_reason_, 0};
      if (ends) return {RunStatus::kFinished, step, "", 0};
      if (std::optional<Outcome> outcome = advance_to(schedule_.next_event(step))) return *outcome;
    }
  }

  std::optional<Outcome> advance_to(std::int64_t target) {
    while (engine_.step() < target) {
      if (control_.progress) control_.progress(engine_.step());
      if (is_interrupted()) {
        if (last_checkpoint_step_ != engine_.step()) checkpoint(false);  // never replaces a kept one
        return Outcome{RunStatus::kInterrupted, engine_.step(), "interrupted", 0};
      }
      if (seconds_since(last_checkpoint_) >= control_.checkpoint_seconds && last_checkpoint_step_ != engine_.step()) {
        checkpoint(false);
      }
      const std::int64_t before = engine_.step();
      const Clock::time_point began = Clock::now();
      if (!engine_.advance(std::min(target, before + pace_.chunk()))) return diverged();
      pace_.took(engine_.step() - before, seconds_since(began));
    }
    return std::nullopt;
  }

  Engine& engine_;
  RecordSink& sink_;
  const TrainControl& control_;
  std::int64_t probe_every_;
  std::int64_t record_points_ = 0;  ///< so far, those of the history counted
  EventSchedule schedule_;
  StoppingRule stopping_;
  std::string stop_reason_;
  Pace pace_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_checkpoint_ = start_;
  std::int64_t last_checkpoint_step_ = -1;
};

}  // namespace

Outcome train(Engine& engine, const ResolvedConfig& config, RecordSink& sink, const TrainControl& control) {
  return Loop(engine, config, sink, control).run();
}

}  // namespace groklab
