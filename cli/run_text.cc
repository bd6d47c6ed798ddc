// See run_text.h.
#include "run_text.h"

#include <fmt/format.h>

#include "groklab/analysis/event_times.h"
#include "groklab/base/join.h"
#include "groklab/view/text.h"

namespace groklab::cli {

nlohmann::ordered_json times_to_json(const EventTimes& times) {
  const auto step = [](const auto& known) { return known ? nlohmann::ordered_json(*known) : nullptr; };
  return {{"t_fit", step(times.fit)}, {"t_grok", step(times.grok)}, {"t_ungrok", step(times.ungrok)}};
}

std::string json_text(const nlohmann::ordered_json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string annotation_lines(const Annotation& annotation) {
  std::string text;
  if (!annotation.name.empty()) text += "name: " + annotation.name + "\n";
  if (!annotation.tags.empty()) text += "tags: " + join(annotation.tags, ", ") + "\n";
  if (!annotation.note.empty()) text += "note: " + annotation.note + "\n";
  return text;
}

std::string times_line(const EventTimes& times, const EventRule& rule) {
  const auto text = [](const auto& step) { return step ? format_count(*step) : std::string("not reached"); };
  return fmt::format("T_fit {}, T_grok {}{} (accuracy >= {:.6g}% held for {} evaluation step{})\n", text(times.fit),
                     text(times.grok), times.ungrok ? ", T_ungrok " + format_count(*times.ungrok) : "",
                     100 * rule.accuracy, rule.held, rule.held == 1 ? "" : "s");
}

}  // namespace groklab::cli
