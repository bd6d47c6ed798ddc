// One function for each route.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "groklab/serve/routes.h"

namespace groklab::serve {

Response get_page(Service& service, const Call& call);
Response get_script(Service& service, const Call& call);
Response get_style(Service& service, const Call& call);
Response get_config(Service& service, const Call& call);
Response get_runs(Service& service, const Call& call);
Response get_run(Service& service, const Call& call);
Response get_records(Service& service, const Call& call);
Response get_events(Service& service, const Call& call);
Response post_run(Service& service, const Call& call);
Response post_stop(Service& service, const Call& call);
Response post_resume(Service& service, const Call& call);
Response post_fork(Service& service, const Call& call);
Response get_figures(Service& service, const Call& call);
Response get_inside(Service& service, const Call& call);
Response get_overview(Service& service, const Call& call);
Response get_studies(Service& service, const Call& call);
Response get_openapi(Service& service, const Call& call);

/// What several of them need.

/// The words between commas; "" holds none.
std::vector<std::string> list_parameter(const Request& request, const std::string& name);
/// A whole number of the query; nothing if it is not there. Throws HttpError 400.
std::optional<std::int64_t> number_parameter(const Request& request, const std::string& name, std::int64_t low,
                                             std::int64_t high);
/// Those that are full ids of stored runs. Throws HttpError 400 for more than `most`.
std::vector<std::string> known_runs(const RunSnapshot& runs, std::vector<std::string> ids, std::size_t most);
/// Numbers of the runs that meet the query's `where`; nothing if there is none. Throws HttpError 400 for what is no
/// condition.
std::optional<std::vector<std::int64_t>> chosen_numbers(Service& service, const Request& request);
/// A body that `make` makes once for each name, which says all that it follows from; 304 if the reader has it already.
Response cached(Service& service, const Request& request, const std::string& name,
                const std::function<std::string()>& make);

/// {"run", "step": [...], "columns": {...}}.
std::string records_json(const std::string& run, const std::vector<std::string>& columns, const RecordTable& table);

}  // namespace groklab::serve
