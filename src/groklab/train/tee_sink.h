// A record sink that passes everything on to several others, in order.
#pragma once

#include <utility>
#include <vector>

#include "groklab/record/record.h"

namespace groklab {

/// The sinks outlive it. Put the store first: what a view shows is then already handed to the store.
class TeeSink : public RecordSink {
 public:
  explicit TeeSink(std::vector<RecordSink*> sinks) : sinks_(std::move(sinks)) {}

  void on_record(const Record& record) override {
    for (RecordSink* sink : sinks_) sink->on_record(record);
  }
  void on_probe(const ProbeResult& reading) override {
    for (RecordSink* sink : sinks_) sink->on_probe(reading);
  }
  void on_checkpoint(const TrainState& state, bool kept) override {
    for (RecordSink* sink : sinks_) sink->on_checkpoint(state, kept);
  }
  void on_outcome(const Outcome& outcome) override {
    for (RecordSink* sink : sinks_) sink->on_outcome(outcome);
  }

 private:
  std::vector<RecordSink*> sinks_;
};

}  // namespace groklab
