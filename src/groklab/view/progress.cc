// See progress.h.
#include "groklab/view/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "groklab/view/sparkline.h"
#include "groklab/view/text.h"

namespace groklab {
namespace {

constexpr std::size_t kBarWidth = 12;
constexpr std::size_t kCurveWidth = 20;

std::string bar(double share) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(kBarWidth));
  std::string text;
  for (std::size_t i = 0; i < kBarWidth; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string curve(std::span<const Record> records) {
  std::vector<double> steps, values;
  for (const Record& record : records) {
    steps.push_back(static_cast<double>(record.step));
    values.push_back(record.test.accuracy);
  }
  return sparkline(resample_log_steps(steps, values, kCurveWidth), 0.0, 1.0);
}

std::string speed(const ProgressState& state) {
  if (state.steps_per_second <= 0) return "";
  return state.steps_per_second >= 100
             ? format_count(static_cast<std::int64_t>(std::llround(state.steps_per_second))) + "/s"
             : fmt::format("{:.3g}/s", state.steps_per_second);
}

std::string time_left(const ProgressState& state) {
  if (state.steps_per_second <= 0) return "";
  const double seconds = static_cast<double>(state.steps - state.step) / state.steps_per_second;
  return seconds < 60 ? fmt::format("{:.0f} s left", seconds) : format_duration(seconds) + " left";
}

struct Field {
  std::string text;
  int rank;  // the highest rank is dropped first
};

std::string join(const std::vector<Field>& fields, int highest_rank) {
  std::string line;
  for (const Field& field : fields) {
    if (field.rank > highest_rank || field.text.empty()) continue;
    if (!line.empty()) line += "  ";
    line += field.text;
  }
  return line;
}

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t width) {
  const double share =
      state.steps > 0 ? std::clamp(static_cast<double>(state.step) / static_cast<double>(state.steps), 0.0, 1.0) : 1.0;
  std::vector<Field> fields = {
      {fmt::format("{:3.0f}%", std::floor(share * 100.0)), 0},
      {bar(share), 7},
      {fmt::format("step {}", format_count(state.step)), 1},
  };
  if (!state.records.empty()) {
    const Record& last = state.records.back();
    fields.push_back({"train " + format_share(last.train.accuracy), 3});
    fields.push_back({"test " + format_share(last.test.accuracy), 2});
    fields.push_back({fmt::format("loss {:.2e}", last.train.loss), 6});
    fields.push_back({fmt::format("norm {:.1f}", last.norm), 6});
    fields.push_back({speed(state), 5});
    fields.push_back({time_left(state), 4});
    fields.push_back({curve(state.records), 8});
  }
  for (int rank = 8; rank >= 0; --rank) {
    std::string line = join(fields, rank);
    if (display_width(line) <= width) return line;
  }
  return "";
}

std::string plain_line(const ProgressState& state) {
  if (state.records.empty()) return fmt::format("step {} of {}", state.step, state.steps);
  const Record& last = state.records.back();
  std::string line = fmt::format("step {} of {}  train {}  test {}  loss {:.3e}  test loss {:.3e}  norm {:.2f}",
                                 last.step, state.steps, format_share(last.train.accuracy),
                                 format_share(last.test.accuracy), last.train.loss, last.test.loss, last.norm);
  if (const std::string text = speed(state); !text.empty()) line += "  " + text;
  return line;
}

bool PlainLinePacer::due(std::int64_t step, std::int64_t steps, double now) {
  const bool is_due =
      last_step < 0 || step == steps || step >= 2 * std::max<std::int64_t>(last_step, 1) || now - last_time >= seconds;
  if (is_due) {
    last_step = step;
    last_time = now;
  }
  return is_due;
}

}  // namespace groklab
