// An engine without arithmetic for tests of the loop: its parameters follow a chaotic map, so that a lost or doubled
// step, or a state that is not restored exactly, changes every later number.
#pragma once

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/engine/engine.h"

namespace groklab {

class FakeEngine : public Engine {
 public:
  FakeEngine() { layout_.add("weights", {16}); }

  std::int64_t diverge_at = -1;                   ///< advance() fails at this step
  std::int64_t nan_loss_at = -1;                  ///< measure() gives a NaN from this step on
  std::function<void(std::int64_t)> before_step;  ///< called with the step that is about to be left
  std::function<void(Record&)> shape_record;      ///< last word on what measure() returns
  std::int64_t measures = 0;

  const ParameterLayout& layout() const override { return layout_; }
  std::int64_t step() const override { return step_; }
  const char* path_name() const override { return "general"; }
  void initialise() override {
    step_ = 0;
    value_ = 0.3;
  }
  bool advance(std::int64_t target) override {
    while (step_ < target) {
      if (before_step) before_step(step_);
      ++step_;
      value_ = 3.99 * value_ * (1.0 - value_);
      if (step_ == diverge_at) return false;
    }
    return true;
  }
  void set_own_penalty(PenaltyFunction) override {}
  Record measure() override {
    ++measures;
    Record record;
    record.step = step_;
    record.train.rows = record.test.rows = 1;
    record.train.loss = value_;
    record.test.accuracy = value_;
    record.norm = 1.0 + value_;
    if (nan_loss_at >= 0 && step_ >= nan_loss_at) record.test.loss = std::numeric_limits<double>::quiet_NaN();
    if (shape_record) shape_record(record);
    return record;
  }
  TrainState export_state() const override {
    TrainState state;
    state.precision = Precision::kFloat64;
    state.step = step_;
    state.parameters.resize(sizeof(double));
    std::memcpy(state.parameters.data(), &value_, sizeof(double));
    return state;
  }
  void import_state(const TrainState& state) override {
    require(state.parameters.size() == sizeof(double), "a fake state");
    step_ = state.step;
    std::memcpy(&value_, state.parameters.data(), sizeof(double));
  }
  void set_tensor(const TensorSpec&, std::span<const double>) override {}
  std::vector<double> tensor(const TensorSpec&) const override { return std::vector<double>(16, value_); }
  std::vector<double> logits(std::span<const std::int64_t>) override { return {}; }
  Activations activations(std::span<const std::int64_t>) override { return {}; }
  std::int64_t neuron_count() const override { return 0; }
  std::vector<double> logit_gradient(std::int64_t, std::int64_t) override { return {}; }
  std::int64_t logit_columns() const override { return 0; }
  double loss_and_gradient(std::vector<double>&) override { return value_; }
  double flop_per_step() const override { return 1.0; }

 private:
  ParameterLayout layout_;
  std::int64_t step_ = 0;
  double value_ = 0.3;
};

/// Keeps all that a run sends.
struct MemorySink : RecordSink {
  struct Checkpoint {
    TrainState state;
    bool kept;
  };
  std::vector<Record> records;
  std::vector<std::int64_t> probed;  ///< steps
  std::vector<Checkpoint> checkpoints;
  std::vector<Outcome> outcomes;

  void on_record(const Record& record) override { records.push_back(record); }
  void on_probe(const ProbeResult& result) override { probed.push_back(result.step); }
  void on_checkpoint(const TrainState& state, bool kept) override { checkpoints.push_back({state, kept}); }
  void on_outcome(const Outcome& outcome) override { outcomes.push_back(outcome); }
};

}  // namespace groklab
