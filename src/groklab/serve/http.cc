// See http.h.
#include "groklab/serve/http.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "groklab/base/printable.h"

namespace groklab::serve {
namespace {

std::string_view value_in(const std::map<std::string, std::string>& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view Request::header(const std::string& name) const { return value_in(headers, name); }
std::string_view Request::parameter(const std::string& name) const { return value_in(query, name); }

std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Response json_response(const nlohmann::ordered_json& json, int status) {
  Response response;
  response.status = status;
  response.body = dumped(json);
  return response;
}

Response error_response(int status, const std::string& message) {
  return json_response({{"error", printable_line(message, kLongestError)}}, status);
}

Response with_headers(Response response) {
  constexpr std::pair<const char*, const char*> kHeaders[] = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri "
       "'none'; form-action 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cache-Control", "no-store"}};
  for (const auto& [name, value] : kHeaders) response.headers.emplace(name, value);  // unless it is there already
  return response;
}

nlohmann::ordered_json json_number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

}  // namespace groklab::serve
