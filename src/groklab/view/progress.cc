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
constexpr std::size_t kShortestCurve = 5;

std::string bar(double fraction) {
  const auto full = static_cast<std::size_t>(fraction * static_cast<double>(kBarWidth));
  std::string text;
  for (std::size_t i = 0; i < kBarWidth; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string curve(std::span<const Record> records, std::size_t width) {
  std::vector<double> steps, values;
  for (const Record& record : records) {
    steps.push_back(static_cast<double>(record.step));
    values.push_back(record.test.accuracy);
  }
  return sparkline(resample_log_steps(steps, values, width), 0.0, 1.0);
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

std::string line_of(const std::vector<Field>& fields, int highest_rank) {
  std::string line;
  for (const Field& field : fields) {
    if (field.rank > highest_rank || field.text.empty()) continue;
    if (!line.empty()) line += "  ";
    line += field.text;
  }
  return line;
}

/// Every number and a short curve, close together: what fits a terminal of 80 columns. "" if even that is too wide.
std::string compact_line(const ProgressState& state, std::size_t width) {
  if (state.records.empty()) return "";
  const Record& last = state.records.back();
  std::string line = fmt::format("{} train {} test {} loss {:.1e} norm {:.1f}", format_count(state.step),
                                 format_fraction(last.train.accuracy), format_fraction(last.test.accuracy),
                                 last.train.loss, last.norm);
  for (const std::string& text : {speed(state), time_left(state)}) {
    if (!text.empty()) line += " " + text;
  }
  const std::size_t used = display_width(line) + 1;
  if (used + kShortestCurve > width) return "";
  const std::string step = used + kShortestCurve + 5 <= width ? "step " : "";
  return step + line + " " + curve(state.records, std::min(kCurveWidth, width - used - step.size()));
}

}  // namespace

std::string live_line(const ProgressState& state, std::size_t width) {
  const double fraction =
      state.steps > 0 ? std::clamp(static_cast<double>(state.step) / static_cast<double>(state.steps), 0.0, 1.0) : 1.0;
  std::vector<Field> fields = {
      {fmt::format("{:3.0f}%", std::floor(fraction * 100.0)), 0},
      {bar(fraction), 7},
      {fmt::format("step {}", format_count(state.step)), 1},
  };
  if (!state.records.empty()) {
    const Record& last = state.records.back();
    fields.push_back({"train " + format_fraction(last.train.accuracy), 3});
    fields.push_back({"test " + format_fraction(last.test.accuracy), 2});
    fields.push_back({fmt::format("loss {:.2e}", last.train.loss), 6});
    fields.push_back({fmt::format("norm {:.1f}", last.norm), 6});
    fields.push_back({speed(state), 5});
    fields.push_back({time_left(state), 4});
    fields.push_back({curve(state.records, kCurveWidth), 8});
  }
  std::string line = line_of(fields, 8);
  if (display_width(line) <= width) return line;
  if (std::string compact = compact_line(state, width); !compact.empty()) return compact;
  for (int rank = 7; rank >= 0; --rank) {
    line = line_of(fields, rank);
    if (display_width(line) <= width) return line;
  }
  return "";
}

std::string plain_line(const ProgressState& state) {
  if (state.records.empty()) return fmt::format("step {} of {}", state.step, state.steps);
  const Record& last = state.records.back();
  std::string line = fmt::format("step {} of {}  train {}  test {}  loss {:.3e}  test loss {:.3e}  norm {:.2f}",
                                 last.step, state.steps, format_fraction(last.train.accuracy),
                                 format_fraction(last.test.accuracy), last.train.loss, last.test.loss, last.norm);
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
