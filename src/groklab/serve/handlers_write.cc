// New runs, stopping, going on, forking; see handlers.h. Every training is a process of this program's own command
// line.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config/assignment.h"
#include "groklab/config/keys.h"
#include "groklab/lab/fork_config.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/lab/run_lock.h"
#include "groklab/serve/handlers.h"
#include "groklab/serve/training_process.h"

namespace groklab::serve {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kLongestStart{5000};  ///< of a child until the store knows its run
constexpr milliseconds kFirstLook{300};      ///< into a child whose run was there before

/// The body as an object with these fields at most. Throws HttpError 400.
json read_body(const Request& request, const std::vector<std::string>& fields) {
  json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) throw HttpError(400, "expected a JSON object as body");
  for (const auto& [name, value] : body.items()) {
    if (std::find(fields.begin(), fields.end(), name) != fields.end()) continue;
    throw HttpError(400, fmt::format("body: no field '{}'", name.substr(0, 100)));
  }
  return body;
}

Value plain_value(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  return Unusable{value.is_null() ? "null" : value.is_array() ? "a list" : "an object"};
}

/// body.config as assignments "key=value", each checked. Throws HttpError 400, Error(kConfig).
std::vector<std::string> assignments_in(const json& body) {
  std::vector<std::string> assignments;
  const auto config = body.find("config");
  if (config == body.end()) return assignments;
  if (!config->is_object()) throw HttpError(400, "config: expected an object of keys and values");
  Config checked;
  for (const auto& [key, value] : config->items()) {
    if (key == "fork.run" || key == "fork.step") throw HttpError(400, key + ": forks have a request of their own");
    assign_value(checked, key, plain_value(value), "");
    assignments.push_back(assignment_text(key, plain_value(value)));
  }
  return assignments;
}

std::optional<std::int64_t> whole_number(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_integer() || *found < 0 || *found > kLastStep) {
    throw HttpError(400, fmt::format("{}: expected a whole number of 0 to {}", name, kLastStep));
  }
  return found->get<std::int64_t>();
}

/// A run that nobody trains and that is not done. Throws HttpError 409, RunBusy.
void check_trainable(Service& service, const std::string& run) {
  if (service.store().is_read_only()) throw HttpError(403, "the store can only be read here");
  if (service.children().is_running(run))
    throw HttpError(409, fmt::format("run {} is being trained here already", run));
  if (!service.store().contains(run)) return;
  const RunStatus status = service.store().run(run).status;
  if (is_done(status)) {
    throw HttpError(409, fmt::format("run {} is in the store already: {}", run, run_status_name(status)));
  }
  RunLock(service.store().directory(), run);  // held by whoever trains it
}

/// body.name, which no run has. Throws HttpError 400, 409, Error(kConfig).
std::string name_in(Service& service, const json& body) {
  const auto found = body.find("name");
  if (found == body.end() || found->is_null()) return "";
  if (!found->is_string()) throw HttpError(400, "name: expected a text");
  const std::string name = found->get<std::string>();
  service.store().annotate({}, {name, {}, {}, {}});  // checks the text
  for (const auto& entry : service.list().snapshot()->entries) {
    if (!name.empty() && entry->run.info.annotation.name == name) {
      throw HttpError(409, fmt::format("name: run {} has it already", entry->run.info.id));
    }
  }
  return name;
}

/// The id of a run of this configuration. Its table is not made here, however large it would be.
std::string id_of(const Config& config, const Store& store) {
  const bool reads_files = (!config.task.table.empty() && config.task.table_digest.empty()) ||
                           (!config.split.file.empty() && config.split.file_digest.empty());
  return reads_files ? prepare_run(config, &store).id : resolve_config(config).id();
}

/// Until the store knows the run, or its training ended. Throws HttpError with what that said if it failed.
void wait_for_run(Service& service, const std::string& run, bool was_there) {
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::steady_clock::now() - start; };
  while (service.children().is_running(run) && passed() < kLongestStart) {
    if (service.store().contains(run) && (!was_there || passed() > kFirstLook)) break;
    std::this_thread::sleep_for(milliseconds(20));
  }
  service.look_around();
  const std::string failure = service.children().failure(run);
  if (!failure.empty()) throw HttpError(service.store().contains(run) ? 500 : 400, failure);
}

/// Starts `groklab WORDS` for a run and answers with 202.
Response start(Service& service, const std::string& run, std::vector<std::string> words,
               const std::vector<std::string>& assignments, json answer) {
  check_trainable(service, run);
  const bool was_there = service.store().contains(run);
  const int others = static_cast<int>(service.children().count());
  for (const std::string& assignment : assignments) words.insert(words.end(), {"--set", assignment});
  words.insert(words.end(),
               {"--quiet", "--threads", std::to_string(std::max(1, service.options().threads / (others + 1))),
                "--store", std::filesystem::absolute(service.options().store).string()});
  service.children().start(run, words);
  wait_for_run(service, run, was_there);
  answer["run"] = run;
  return json_response(answer, 202);
}

/// The last stored state at or before a step. Throws HttpError 409 if there is none.
std::int64_t state_before(Service& service, const std::string& run, std::int64_t step) {
  std::int64_t found = -1;
  for (const CheckpointInfo& state : service.store().checkpoints(run)) {
    if (state.step <= step) found = std::max(found, state.step);
  }
  if (found < 0) throw HttpError(409, fmt::format("run {} has no stored state at or before step {}", run, step));
  return found;
}

Response start_fork(Service& service, const std::string& parent, std::int64_t at,
                    const std::vector<std::string>& assignments) {
  const std::string run = id_of(fork_config(service.store(), parent, at, assignments), service.store());
  return start(service, run, {"fork", parent, "--at", std::to_string(at)}, assignments, {{"at", at}});
}

}  // namespace

Response post_run(Service& service, const Call& call) {
  const json body = read_body(call.request, {"config", "name"});
  const std::vector<std::string> assignments = assignments_in(body);
  const std::string name = name_in(service, body);
  Config config;
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
  const std::lock_guard lock(service.starting());
  const std::string run = id_of(config, service.store());
  const Response response = start(service, run, {"train"}, assignments, json::object());
  if (!name.empty()) service.store().annotate({run}, {name, {}, {}, {}});
  service.look_around();
  return response;
}

Response post_stop(Service& service, const Call& call) {
  read_body(call.request, {});
  if (!service.children().stop(call.run)) ask_to_end(service.store().directory(), call.run);
  return json_response({{"run", call.run}}, 202);
}

Response post_resume(Service& service, const Call& call) {
  const json body = read_body(call.request, {"steps"});
  const std::optional<std::int64_t> steps = whole_number(body, "steps");
  const std::lock_guard lock(service.starting());
  if (!steps) return start(service, call.run, {"resume", call.run}, {}, json::object());
  const std::int64_t at = state_before(service, call.run, kLastStep);
  if (*steps <= at) throw HttpError(400, fmt::format("steps: expected more than {}, found {}", at, *steps));
  return start_fork(service, call.run, at, {fmt::format("train.steps={}", *steps - at)});
}

Response post_fork(Service& service, const Call& call) {
  const json body = read_body(call.request, {"step", "config", "steps"});
  const std::optional<std::int64_t> step = whole_number(body, "step"), steps = whole_number(body, "steps");
  if (!step) throw HttpError(400, "step: expected the step to fork at");
  std::vector<std::string> assignments = assignments_in(body);
  if (steps) assignments.push_back(fmt::format("train.steps={}", *steps));
  const std::lock_guard lock(service.starting());
  return start_fork(service, call.run, state_before(service, call.run, *step), assignments);
}

}  // namespace groklab::serve
