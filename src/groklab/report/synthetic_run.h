// Made-up runs for the report's tests: curves that look like grokking, without training.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "groklab/report/report.h"

namespace groklab::report {

struct SyntheticOptions {
  std::string id = "3f9ac01b77d2";
  double grok_at = 6000;
  double weight_decay = 1.0;
  std::int64_t train_size = 3830;
  std::int64_t steps = 40000;
  std::int64_t every = 100;
  bool forked = false;      ///< has removed rows
  bool test_empty = false;  ///< all rows are trained on
  bool collapse = false;    ///< softmax collapse late in training
  std::int64_t modulus = 113;
};

inline GroupMetrics synthetic_group(std::int64_t rows, double logit, double spread) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (rows == 0) return {0, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
  GroupMetrics group;
  group.rows = rows;
  group.loss = std::log1p(112 * std::exp(-logit));
  group.accuracy = std::round(1 / (1 + std::exp(-(logit - 4) * 1.4)) * double(rows)) / double(rows);
  group.correct_logit = logit + 0.3;
  group.correct_logit_centred = logit;
  group.margin = logit - spread;
  group.margin_min = logit - 3 * spread - 1;
  return group;
}

inline Record synthetic_record(const SyntheticOptions& options, std::int64_t step) {
  const auto rise = [&](double at, double width) {
    return 1 / (1 + std::exp(-(std::log1p(step) - std::log1p(at)) / width));
  };
  const double wobble = 0.25 * std::sin(7 * std::log1p(step)) * rise(30, 0.3);
  const double memorised = 15 * rise(250, 0.35) + wobble;
  const double general = 14 * rise(options.grok_at, 0.16) - 2 * rise(200, 0.4) * (1 - rise(options.grok_at, 0.3));
  const std::int64_t rows = options.modulus * options.modulus;
  const std::int64_t rest = options.test_empty ? 0 : rows - options.train_size;
  Record record;
  record.step = step;
  record.seconds = 0.004 * double(step);
  record.train = synthetic_group(options.train_size, memorised + 3 * rise(options.grok_at, 0.3), 1.8);
  record.test = synthetic_group(rest, general + 0.5 * wobble, 2.2);
  record.removed = synthetic_group(options.forked ? rest / 3 : 0, general + 1.2, 2.0);
  record.never_seen = synthetic_group(options.forked ? rest - rest / 3 : rest, general, 2.3);
  if (options.collapse) record.train.softmax_collapse = 0.8 * rise(9000, 0.3);
  record.norm = 32 + 30 * rise(180, 0.5) - 34 * rise(options.grok_at, 0.35);
  for (int i = 0; i < 11; ++i) record.tensor_norms.push_back(record.norm * (0.05 + 0.06 * ((i * 7) % 11)));
  if (step > 0) {
    record.learning_rate = 1e-3;
    record.gradient_norm = 0.9 * std::exp(-memorised / 2.5) + 2e-5 * (1.2 + std::sin(40 * std::log1p(step)));
    record.update_norm = 0.4 * std::exp(-memorised / 9) + 0.02;
  }
  return record;
}

inline LogitSlice synthetic_slice(const SyntheticOptions& options) {
  LogitSlice slice;
  slice.fixed_input = 7;
  slice.n_classes = options.modulus;
  const double period = 6.283185307179586 / double(options.modulus);
  for (std::int64_t y = 0; y < options.modulus; ++y) {
    const std::int64_t label = (y + slice.fixed_input) % options.modulus;
    slice.row_names.push_back(std::to_string(y));
    slice.labels.push_back(static_cast<std::int32_t>(label));
    const bool train = (y * 37 + 11) % 100 < 30;
    slice.roles.push_back(train ? RowRole::kTrain
                                : (options.forked && y % 3 == 0 ? RowRole::kRemoved : RowRole::kNeverSeen));
    for (std::int64_t c = 0; c < options.modulus; ++c) {
      double logit = 0;
      for (int k : {3, 14, 35, 41, 52}) logit += 3.2 * std::cos(k * period * double(c - label));
      slice.logits.push_back(logit);
    }
  }
  return slice;
}

inline ReportRun synthetic_run(const SyntheticOptions& options = {}) {
  ReportRun run;
  run.info.id = options.id;
  run.info.config.optim.weight_decay = options.weight_decay;
  run.info.config.split.train_size = options.train_size;
  run.info.config.train.steps = options.steps;
  if (options.forked) run.info.config.fork = {"aa11bb22cc33", 40000, false};
  run.info.status = RunStatus::kFinished;
  run.info.step = options.steps;
  run.info.seconds = 0.004 * double(options.steps);
  run.info.created = "2025-03-09T14:02:11Z";
  run.info.machine = "Example CPU @ 2.10 GHz, AVX2, 2 threads";
  run.info.version = "0.1.0";
  run.info.tensor_names = {"embed.W_E",          "pos_embed.W_pos",    "blocks.0.attn.W_Q", "blocks.0.attn.W_K",
                           "blocks.0.attn.W_V",  "blocks.0.attn.W_O",  "blocks.0.mlp.W_in", "blocks.0.mlp.b_in",
                           "blocks.0.mlp.W_out", "blocks.0.mlp.b_out", "unembed.W_U"};
  std::int64_t step = 0;
  while (step <= options.steps) {
    run.records.push_back(synthetic_record(options, step));
    const auto log_next = static_cast<std::int64_t>(std::ceil(double(step) * 1.122));
    step = std::max(step + 1, std::min(log_next, (step / options.every + 1) * options.every));
  }
  run.info.last = run.records.back();
  run.task_name = "x + y mod " + std::to_string(options.modulus);
  run.n_parameters = 227200;
  run.n_train = options.train_size;
  run.n_rows = options.modulus * options.modulus;
  run.slice = synthetic_slice(options);
  return run;
}

}  // namespace groklab::report
