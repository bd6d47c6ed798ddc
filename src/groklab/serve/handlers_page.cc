// The page itself, and what describes the rest; see handlers.h.
#include <nlohmann/json.hpp>

#include "groklab/report/html.h"
#include "groklab/serve/assets.h"
#include "groklab/serve/handlers.h"

namespace groklab::serve {
namespace {

Response file(const char* type, std::string body) {
  Response response;
  response.type = type;
  response.body = std::move(body);
  return response;
}

}  // namespace

Response get_page(Service& service, const Call&) {
  const Access& access = service.options().access;
  return file(
      "text/html; charset=utf-8",
      report::fill_template(app_template(),
                            {{"token", report::html_escape(access.token)},
                             {"read_only", access.read_only ? "true" : "false"},
                             {"query", access.token_for_all ? "?token=" + report::html_escape(access.token) : ""}}));
}

Response get_script(Service&, const Call&) { return file("text/javascript; charset=utf-8", std::string(app_script())); }

Response get_style(Service&, const Call&) { return file("text/css; charset=utf-8", std::string(app_style())); }

Response get_openapi(Service&, const Call&) { return json_response(openapi()); }

}  // namespace groklab::serve
