// See routes.h.
#include "groklab/serve/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "groklab/serve/handlers.h"
#include "groklab/version.h"

namespace groklab::serve {
namespace {

using nlohmann::ordered_json;

constexpr const char* kJson = "application/json";
constexpr std::string_view kPlace = "{id}";

const ApiField kWhere = {"where", "string", "condition as in `groklab runs --where`"};

/// Whether a path fits the route's; `id` is what stands in the place of {id}.
bool fits(const Route& route, const std::string& path, std::string& id) {
  const std::string_view pattern = route.path;
  const std::size_t place = pattern.find(kPlace);
  if (place == pattern.npos) return pattern == path;
  const std::string_view before = pattern.substr(0, place), behind = pattern.substr(place + kPlace.size());
  if (path.size() <= before.size() + behind.size() || !path.starts_with(before) || !path.ends_with(behind))
    return false;
  id = path.substr(before.size(), path.size() - before.size() - behind.size());
  return id.find('/') == id.npos;
}

ordered_json parameters_of(const Route& route) {
  ordered_json list = ordered_json::array();
  if (std::string_view(route.path).find(kPlace) != std::string_view::npos) {
    list.push_back({{"name", "id"},
                    {"in", "path"},
                    {"required", true},
                    {"description", "full id of a stored run"},
                    {"schema", {{"type", "string"}}}});
  }
  for (const ApiField& field : route.parameters) {
    list.push_back({{"name", field.name},
                    {"in", "query"},
                    {"required", field.required},
                    {"description", field.meaning},
                    {"schema", {{"type", field.type}}}});
  }
  return list;
}

ordered_json body_of(const Route& route) {
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  for (const ApiField& field : route.body) {
    properties[field.name] = {{"type", field.type}, {"description", field.meaning}};
    if (field.required) required.push_back(field.name);
  }
  ordered_json schema = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = required;
  return {{"required", true}, {"content", {{kJson, {{"schema", schema}}}}}};
}

ordered_json responses_of(const Route& route) {
  const ordered_json error = {
      {"description", "one line says why"},
      {"content", {{kJson, {{"schema", {{"type", "object"}, {"properties", {{"error", {{"type", "string"}}}}}}}}}}}};
  ordered_json responses = {{std::to_string(route.success),
                             {{"description", "success"}, {"content", {{route.type, ordered_json::object()}}}}}};
  responses["default"] = error;
  return responses;
}

std::string fields_text(const std::vector<ApiField>& fields) {
  std::string text;
  for (const ApiField& field : fields) {
    text += fmt::format("{}`{}`{}: {}", text.empty() ? "" : "; ", field.name, field.required ? "" : "?", field.meaning);
  }
  return text;
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table = {
      {"GET", "/", "The page.", {{"token", "string", "with --host, the token"}}, {}, 200, "text/html", get_page},
      {"GET", "/app.js", "Its script.", {}, {}, 200, "text/javascript", get_script},
      {"GET", "/app.css", "Its style.", {}, {}, 200, "text/css", get_style},
      {"GET", "/api/config", "All keys of a configuration.", {}, {}, 200, kJson, get_config},
      {"GET", "/api/runs", "The list of runs, by columns.", {kWhere}, {}, 200, kJson, get_runs},
      {"GET", "/api/runs/{id}", "One run.", {}, {}, 200, kJson, get_run},
      {"GET",
       "/api/records",
       "Measurements of some runs, by columns.",
       {{"runs", "string", "ids between commas, at most 200", true},
        {"columns", "string", "names as in an exported CSV, between commas"},
        {"points", "integer", "about so many records of each run, 2 to 5000 (400)"}},
       {},
       200,
       kJson,
       get_records},
      {"GET", "/api/runs/{id}/figures", "The report's figures of a run.", {}, {}, 200, kJson, get_figures},
      {"GET",
       "/api/runs/{id}/inside",
       "What is inside the network in a stored state: logits, spectra, embeddings, attention, neurons.",
       {{"step", "integer", "a stored state (the last one)"}},
       {},
       200,
       kJson,
       get_inside},
      {"GET",
       "/api/overview",
       "The report's figures over many runs.",
       {kWhere,
        {"x", "string", "key on the axis of T_grok (the one with the most values)"},
        {"color", "string", "key in colours (the one with the next most)"},
        {"facet", "string", "key of which each value has figures of its own"},
        {"heat_x", "string", "key on the heat map's axis (x)"},
        {"heat_y", "string", "key on its other axis (color)"}},
       {},
       200,
       kJson,
       get_overview},
      {"GET", "/api/studies", "What the reproductions kept in the store said.", {}, {}, 200, kJson, get_studies},
      {"GET",
       "/api/events",
       "Changes of the list and records of watched runs, as server-sent events.",
       {{"since", "integer", "version of the list that the reader has; the first event holds what changed after it"},
        {"watch", "string", "ids between commas, at most 16, each alone or as ID:STEP: its records after STEP"}},
       {},
       200,
       "text/event-stream",
       get_events},
      {"POST",
       "/api/runs",
       "Starts a run.",
       {},
       {{"config", "object", "keys with their values; the others have their defaults"},
        {"name", "string", "what to call it"}},
       202,
       kJson,
       post_run},
      {"POST",
       "/api/runs/{id}/stop",
       "Asks the process that trains a run to save and end: one of this server, or any groklab train, resume or fork.",
       {},
       {},
       202,
       kJson,
       post_stop},
      {"POST",
       "/api/runs/{id}/resume",
       "Goes on with a run that was interrupted.",
       {},
       {{"steps", "integer",
         "go on to so many steps in all: a fork of the last stored state, also of a run that is done"}},
       202,
       kJson,
       post_resume},
      {"POST",
       "/api/runs/{id}/fork",
       "Starts a run from the last stored state at or before a step.",
       {},
       {{"step", "integer", "where to fork", true},
        {"config", "object", "keys that are to be another than the parent's"},
        {"steps", "integer", "steps of the fork; without it the parent's train.steps"}},
       202,
       kJson,
       post_fork},
      {"GET", "/api/openapi.json", "This table as an OpenAPI document.", {}, {}, 200, kJson, get_openapi}};
  return table;
}

std::pair<const Route*, std::string> find_route(const Request& request) {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  bool other_method = false;
  for (const Route& route : routes()) {
    std::string id;
    if (!fits(route, request.path, id)) continue;
    if (method == route.method) return {&route, id};
    other_method = true;
  }
  if (other_method) throw HttpError(405, fmt::format("{}: expected another method", request.path.substr(0, 100)));
  throw HttpError(404, fmt::format("nothing here: {}", request.path.substr(0, 100)));
}

void check_parameters(const Route& route, const Request& request) {
  for (const auto& [name, value] : request.query) {
    const auto is_it = [&name = name](const ApiField& field) { return name == field.name; };
    if (name == "token" || std::any_of(route.parameters.begin(), route.parameters.end(), is_it)) continue;
    throw HttpError(400, fmt::format("{}: no parameter '{}'", route.path, name.substr(0, 100)));
  }
}

ordered_json openapi() {
  ordered_json paths = ordered_json::object();
  for (const Route& route : routes()) {
    std::string method = route.method;
    std::transform(method.begin(), method.end(), method.begin(), ::tolower);
    ordered_json& operation = paths[route.path][method];
    operation = {{"summary", route.summary}, {"parameters", parameters_of(route)}, {"responses", responses_of(route)}};
    if (method == "post") {
      operation["requestBody"] = body_of(route);
      operation["security"] = ordered_json::array({{{"token", ordered_json::array()}}});
    }
  }
  return {{"openapi", "3.0.3"},
          {"info", {{"title", "groklab serve"}, {"version", version()}}},
          {"paths", paths},
          {"components",
           {{"securitySchemes", {{"token", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-Groklab-Token"}}}}}}}};
}

std::string routes_markdown() {
  std::string text = "| request | what it does | parameters, or fields of the body |\n|---|---|---|\n";
  for (const Route& route : routes()) {
    text += fmt::format("| `{} {}` | {} | {} |\n", route.method, route.path, route.summary,
                        fields_text(route.body.empty() ? route.parameters : route.body));
  }
  return text;
}

}  // namespace groklab::serve
