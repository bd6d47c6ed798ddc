// The list, one run, records; see handlers.h.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/config/keys.h"
#include "groklab/report/config_diff.h"
#include "groklab/report/outcome.h"
#include "groklab/serve/handlers.h"
#include "groklab/serve/json_text.h"
#include "groklab/serve/training_process.h"

namespace groklab::serve {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostRuns = 200;  ///< of one request for records
constexpr std::size_t kMostColumns = 40;

const char* type_name(FieldType type) {
  switch (type) {
    case FieldType::kInteger:
      return "integer";
    case FieldType::kNumber:
      return "number";
    case FieldType::kSwitch:
      return "boolean";
    case FieldType::kChoice:
      return "choice";
    case FieldType::kText:
      return "text";
  }
  return "text";
}

ordered_json step_or_null(const std::optional<std::int64_t>& step) {
  return step ? ordered_json(*step) : ordered_json(nullptr);
}

ordered_json text_or_null(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

ordered_json value_json(const Value& value) {
  return std::visit(
      [](const auto& plain) -> ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(plain)>, Unusable>) {
          return nullptr;
        } else if constexpr (std::is_same_v<std::decay_t<decltype(plain)>, double>) {
          return json_number(plain);
        } else {
          return plain;
        }
      },
      value);
}

/// All keys with their values, and those that are not the default.
std::pair<ordered_json, ordered_json> configuration(const Config& config) {
  ordered_json values = ordered_json::object(), changed = ordered_json::array();
  const std::vector<Field> fields = config_values(config);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    values[fields[i].spec.key] = value_json(fields[i].value);
    if (!(fields[i].value == default_fields()[i].value)) changed.push_back(fields[i].spec.key);
  }
  return {values, changed};
}

}  // namespace

std::string records_json(const std::string& run, const std::vector<std::string>& columns, const RecordTable& table) {
  std::string text = "{\"run\":";
  append_json(text, run);
  text += ",\"step\":";
  append_json(text, std::span<const std::int64_t>(table.steps));
  text += ",\"columns\":{";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ',';
    append_json(text, columns[i]);
    text += ':';
    append_json(text, std::span<const double>(table.columns[i]));
  }
  return text + "}}";
}

std::vector<std::string> list_parameter(const Request& request, const std::string& name) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(request.parameter(name))};
  for (std::string word; std::getline(stream, word, ',');) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::optional<std::int64_t> number_parameter(const Request& request, const std::string& name, std::int64_t low,
                                             std::int64_t high) {
  const std::string_view text = request.parameter(name);
  if (text.empty()) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < low || number > high) {
    throw HttpError(
        400, fmt::format("{}: expected a whole number of {} to {}, found '{}'", name, low, high, text.substr(0, 100)));
  }
  return number;
}

std::vector<std::string> known_runs(const RunSnapshot& runs, std::vector<std::string> ids, std::size_t most) {
  if (ids.size() > most)
    throw HttpError(400, fmt::format("expected at most {} ids of runs, found {}", most, ids.size()));
  std::erase_if(ids, [&](const std::string& id) { return runs.find(id) == nullptr; });
  return ids;
}

std::optional<std::vector<std::int64_t>> chosen_numbers(Service& service, const Request& request) {
  const std::string where(request.parameter("where"));
  if (where.empty()) return std::nullopt;
  try {
    return service.store().numbers(where);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kStore) throw HttpError(400, error.what());
    throw;
  }
}

Response cached(Service& service, const Request& request, const std::string& name,
                const std::function<std::string()>& make) {
  Response response;
  const std::string tag = fmt::format("\"{:016x}\"", static_cast<std::uint64_t>(checksum_of(service.epoch() + name)));
  response.headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}};
  if (request.header("if-none-match") == tag) {
    response.status = 304;
    return response;
  }
  response.body = *service.bodies().get(name, [&] { return std::make_shared<const std::string>(make()); });
  return response;
}

Response get_config(Service&, const Call&) {
  ordered_json keys = ordered_json::array();
  for (const Field& field : default_fields()) {
    const std::string key = field.spec.key;
    const std::size_t dot = key.find('.');
    keys.push_back({{"key", key},
                    {"type", type_name(field.type)},
                    {"default", value_json(field.value)},
                    {"choices", field.choices},
                    {"help", fmt::format("{}\nExpected: {}.", field.spec.meaning, allowed_text(field))},
                    {"unit", field.spec.unit},
                    {"section", dot == key.npos ? "" : key.substr(0, dot)}});
  }
  return json_response({{"keys", keys}});
}

Response get_runs(Service& service, const Call& call) {
  const auto runs = service.list().snapshot();
  const std::string name = fmt::format("{} runs {}", runs->version, call.request.parameter("where"));
  return cached(service, call.request, name, [&] {
    const auto numbers = chosen_numbers(service, call.request);
    return runs->list_json(numbers ? &*numbers : nullptr);
  });
}

/// The process that trains a run, null if none is seen.
ordered_json trained_by(Service& service, const RunInfo& info) {
  if (const pid_t child = service.children().process(info.id); child != 0) {
    return {{"process", child}, {"command", "groklab serve"}, {"stoppable", true}};
  }
  if (is_done(info.status)) return nullptr;
  const auto found = find_training_process(service.store().directory(), info.id);
  if (!found) return nullptr;
  return {{"process", found->process}, {"command", found->command}, {"stoppable", found->stoppable}};
}

Response get_run(Service& service, const Call& call) {
  const auto runs = service.list().snapshot();
  const ListEntry* entry = runs->find(call.run);
  if (entry == nullptr) throw HttpError(404, "run " + call.run + " is gone");
  const RunInfo& info = entry->run.info;
  const EventTimes& times = entry->run.times;
  const auto [config, changed] = configuration(info.config);
  ordered_json states = ordered_json::array(), children = ordered_json::array();
  for (const CheckpointInfo& state : service.store().checkpoints(call.run)) states.push_back(state.step);
  for (const auto& other : runs->entries) {
    if (other->run.info.config.fork.run == call.run) children.push_back(other->run.info.id);
  }
  const bool is_fork = !info.config.fork.run.empty();
  const std::string failure = service.children().failure(call.run);
  return json_response({{"run", info.id},
                        {"name", text_or_null(info.annotation.name)},
                        {"tags", info.annotation.tags},
                        {"note", text_or_null(info.annotation.note)},
                        {"status", run_status_name(info.status)},
                        {"step", info.step},
                        {"seconds", info.seconds},
                        {"reason", info.reason},
                        {"outcome", report::outcome_sentence(info, times, info.last ? &*info.last : nullptr)},
                        {"command", report::train_command(info.config)},
                        {"config", config},
                        {"changed", changed},
                        {"events",
                         {{"T_fit", step_or_null(times.fit)},
                          {"T_grok", step_or_null(times.grok)},
                          {"T_ungrok", step_or_null(times.ungrok)}}},
                        {"states", states},
                        {"parent", is_fork ? ordered_json(info.config.fork.run) : ordered_json(nullptr)},
                        {"fork_step", is_fork ? ordered_json(info.config.fork.step) : ordered_json(nullptr)},
                        {"children", children},
                        {"trained_by", trained_by(service, info)},
                        {"failure", text_or_null(failure)}});
}

Response get_records(Service& service, const Call& call) {
  const auto runs = service.list().snapshot();
  const std::vector<std::string> ids = known_runs(*runs, list_parameter(call.request, "runs"), kMostRuns);
  std::vector<std::string> columns = list_parameter(call.request, "columns");
  if (columns.empty()) columns = {"train_accuracy", "test_accuracy"};
  if (columns.size() > kMostColumns) {
    throw HttpError(400, fmt::format("columns: expected at most {}, found {}", kMostColumns, columns.size()));
  }
  const std::int64_t points = number_parameter(call.request, "points", 2, 5000).value_or(400);
  Response response;
  response.body = "{\"runs\":[";
  for (const std::string& id : ids) {
    if (response.body.back() != '[') response.body += ',';
    response.body +=
        records_json(id, columns, service.store().record_table(id, columns, -1, static_cast<std::size_t>(points)));
  }
  response.body += "]}";
  return response;
}

}  // namespace groklab::serve
