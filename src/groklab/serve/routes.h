// The one table of what can be asked: requests are matched by it, the OpenAPI document and docs/serve.md follow it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "groklab/serve/http.h"
#include "groklab/serve/service.h"

namespace groklab::serve {

/// A request that is to be answered.
struct Call {
  const Request& request;
  std::string run = {};  ///< full id of a stored run, where the path names one
};

struct ApiField {
  const char* name;
  const char* type;     ///< of JSON Schema
  const char* meaning;  ///< without a full stop
  bool required = false;
};

struct Route {
  const char* method;
  const char* path;                  ///< "/api/runs/{id}/figures"
  const char* summary;               ///< one sentence
  std::vector<ApiField> parameters;  ///< of the query
  std::vector<ApiField> body;
  int success;
  const char* type;  ///< of a successful answer
  Response (*handle)(Service&, const Call&);
};

const std::vector<Route>& routes();

/// The route of a request and the run id in its path. Throws HttpError 404, or 405 where only the method is another.
std::pair<const Route*, std::string> find_route(const Request& request);

/// Throws HttpError 400 for a parameter that the route does not know.
void check_parameters(const Route& route, const Request& request);

/// OpenAPI 3.0 of `routes()`.
nlohmann::ordered_json openapi();
/// The table of docs/serve.md.
std::string routes_markdown();

}  // namespace groklab::serve
