// See events.h.
#include "groklab/serve/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "groklab/base/error.h"
#include "groklab/serve/handlers.h"
#include "groklab/store/record_columns.h"

namespace groklab::serve {
namespace {

constexpr std::size_t kMostWatched = 16;
constexpr std::size_t kMostPoints = 2000;  ///< of one event: a page that comes late gets no million records

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

EventsFrom events_from(const Request& request, const RunSnapshot& runs) {
  EventsFrom from;
  from.version = runs.version;
  const std::string_view last = request.header("last-event-id");
  const std::string_view since = last.empty() ? request.parameter("since") : last;
  if (!since.empty()) {
    const auto version = number_of<std::uint64_t>(since);
    if (!version) throw HttpError(400, fmt::format("since: expected a version, found '{}'", since.substr(0, 100)));
    from.version = *version > runs.version ? 0 : *version;  // of a server with another clock
  }
  for (const std::string& word : list_parameter(request, "watch")) {
    const std::size_t colon = word.find(':');
    const std::string run = word.substr(0, colon);
    const ListEntry* entry = runs.find(run);
    std::int64_t step = entry == nullptr ? -1 : entry->last_step;
    if (colon != word.npos) {
      const auto given = number_of<std::int64_t>(std::string_view(word).substr(colon + 1));
      if (!given) throw HttpError(400, fmt::format("watch: expected RUN or RUN:STEP, found '{}'", word.substr(0, 100)));
      step = std::clamp<std::int64_t>(*given, -1, kLastStep);
    }
    from.steps[run] = step;
  }
  if (from.steps.size() > kMostWatched) {
    throw HttpError(400, fmt::format("watch: expected at most {} runs, found {}", kMostWatched, from.steps.size()));
  }
  return from;
}

std::string EventStream::record_events(const RunSnapshot& runs) {
  std::string text;
  for (auto& [run, step] : from_.steps) {
    const ListEntry* entry = runs.find(run);
    if (entry == nullptr || entry->last_step <= step) continue;
    try {
      const RecordTable table = service_.store().record_table(run, metric_names(), step, kMostPoints);
      if (table.steps.empty()) continue;
      step = table.steps.back();
      text += "event: records\ndata: " + records_json(run, metric_names(), table) + "\n\n";
    } catch (const Error&) {
      // It was removed meanwhile, which the next version of the list tells.
    }
  }
  return text;
}

std::string EventStream::next(std::chrono::milliseconds wait) {
  const bool behind = std::any_of(from_.steps.begin(), from_.steps.end(), [&](const auto& watched) {
    const auto runs = service_.list().snapshot();
    const ListEntry* entry = runs->find(watched.first);
    return entry != nullptr && entry->last_step > watched.second;
  });
  const auto runs = behind ? service_.list().snapshot() : service_.list().newer_than(from_.version, wait);
  std::string text;
  if (runs->version > from_.version) {
    text = fmt::format("id: {}\nevent: runs\ndata: {}\n\n", runs->version, runs->change_json(from_.version));
    from_.version = runs->version;
  }
  return text + record_events(*runs);
}

Response get_events(Service& service, const Call& call) {
  Response response;
  response.type = "text/event-stream";
  response.stream = std::make_shared<EventStream>(service, events_from(call.request, *service.list().snapshot()));
  return response;
}

}  // namespace groklab::serve
