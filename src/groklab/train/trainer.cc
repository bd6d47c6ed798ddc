// See trainer.h: one loop, one engine, one sink.
#include "groklab/train/trainer.h"

#include <algorithm>
#include <chrono>

#include "groklab/train/run_loop.h"

namespace groklab {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Carries out what a RunLoop asks for.
class Driver {
 public:
  Driver(Engine& engine, const ResolvedConfig& config, RecordSink& sink, const TrainControl& control)
      : engine_(engine),
        sink_(sink),
        control_(control),
        loop_(config->train, {engine.step(), control.seconds_before, control.history, static_cast<bool>(control.probe),
                              control.checkpoint_seconds, control.visit_history}) {}

  Outcome run() {
    for (;;) {
      look_up();
      const RunAction action = loop_.next();
      if (action.kind == RunAction::Kind::kEnd) {
        sink_.on_outcome(action.outcome);
        return action.outcome;
      }
      carry_out(action);
    }
  }

 private:
  double seconds() const { return control_.seconds_before + seconds_since(start_); }
  bool is_interrupted() const {
    return engine_.step() >= control_.until || (control_.interrupt != nullptr && control_.interrupt->load());
  }

  void look_up() {
    loop_.clock(seconds());
    if (is_interrupted()) loop_.interrupt();
  }

  void carry_out(const RunAction& action) {
    switch (action.kind) {
      case RunAction::Kind::kMeasure:
        return measure();
      case RunAction::Kind::kProbe:
        sink_.on_probe(control_.probe(engine_));
        return loop_.probed();
      case RunAction::Kind::kCheckpoint:
        return checkpoint(action.kept);
      case RunAction::Kind::kAdvance:
        return advance(action.step);
      case RunAction::Kind::kEnd:
        return;
    }
  }

  void measure() {
    Record record = engine_.measure();
    record.seconds = seconds();
    if (loop_.measured(record)) sink_.on_record(record);
  }

  void checkpoint(bool kept) {
    TrainState state = engine_.export_state();
    state.seconds = seconds();
    sink_.on_checkpoint(state, kept);
    loop_.clock(seconds());  // what the writing took does not shorten the distance to the next one
    loop_.checkpointed();
  }

  void advance(std::int64_t target) {
    if (control_.progress) control_.progress(engine_.step());
    if (is_interrupted()) return;  // progress may have set it
    const Clock::time_point began = Clock::now();
    if (engine_.advance(std::min(target, control_.until))) {
      loop_.advanced(engine_.step(), seconds_since(began));
    } else {
      loop_.diverged(engine_.step());
    }
  }

  Engine& engine_;
  RecordSink& sink_;
  const TrainControl& control_;
  RunLoop loop_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

Outcome train(Engine& engine, const ResolvedConfig& config, RecordSink& sink, const TrainControl& control) {
  return Driver(engine, config, sink, control).run();
}

}  // namespace groklab
