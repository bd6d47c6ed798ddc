// Requests to the live page, as text: method, address with its query, headers, body. Whatever they hold, they are
// answered, and nothing is trained.
#include <nlohmann/json.hpp>

#include "fuzz.h"
#include "groklab/base/error.h"
#include "groklab/base/printable.h"
#include "groklab/config.h"
#include "groklab/serve/service.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

struct ServedStore {
  TemporaryDirectory directory;
  serve::ServiceOptions options;

  ServedStore() {
    options.store = directory.path() / "store";
    options.program = "/nowhere/groklab";
    options.access = {{"h"}, "t", false, false};
    Store store(options.store);
    store.create_run("aaaaaaaaaaaa", *resolve_config(Config()), "machine", small_layout(), false);
    const auto sink = store.sink("aaaaaaaaaaaa", small_layout());
    for (int i = 0; i < 9; ++i) sink->on_record(sample_record(10 * i, small_layout()));
  }
};

std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + end.size());
  return part;
}

/// "METHOD PATH?name=value&name=value\nheader: value\n\nbody". Host, token and the body's form are as they must be
/// where the text does not say otherwise, so that more than their checks is reached.
serve::Request request_in(std::string_view text) {
  serve::Request request;
  std::string_view head = take_until(text, "\n\n");
  request.body = text.substr(0, serve::kLongestBody);
  std::string_view line = take_until(head, "\n");
  request.method = take_until(line, " ");
  request.path = take_until(line, "?");
  while (!line.empty()) {
    std::string_view pair = take_until(line, "&");
    const std::string_view name = take_until(pair, "=");
    request.query.emplace(name, pair);
  }
  while (!head.empty()) {
    std::string_view header = take_until(head, "\n");
    const std::string_view name = take_until(header, ": ");
    request.headers.emplace(name, header);
  }
  request.headers.emplace("host", "h");
  request.headers.emplace("x-groklab-token", "t");
  request.headers.emplace("content-type", "application/json");
  request.headers.emplace("content-length", std::to_string(request.body.size()));
  return request;
}

void run(std::string_view bytes) {
  static const ServedStore place;
  static serve::Service service(place.options);
  const serve::Request request = request_in(bytes);
  const serve::Response response = service.answer(request);
  must_hold(response.status >= 200 && response.status < 600, "a status");
  must_hold(response.headers.contains("Content-Security-Policy"), "the policy");
  if (response.status >= 400) {
    const nlohmann::json error = nlohmann::json::parse(response.body);
    must_hold(error.size() == 1 && error.at("error").is_string(), "an error is one line");
    const auto line = error.at("error").get<std::string>();
    must_hold(!line.empty() && printable_line(line, serve::kLongestError) == line, "an error is one printable line");
    throw Error(ErrorKind::kInput, line);
  } else if (response.type == "application/json" && response.status == 200) {
    must_hold(nlohmann::json::accept(response.body), "an answer is JSON");
  }
  if (response.stream) response.stream->next(std::chrono::milliseconds(0));
  must_hold(service.children().count() == 0 || request.method == "POST", "reading starts nothing");
}

}  // namespace

const FuzzTarget& request_target() {
  static const FuzzTarget target = {"request",
                                    run,
                                    {"GET ",
                                     "POST ",
                                     "HEAD ",
                                     "/api/runs",
                                     "/api/runs/aaaaaaaaaaaa",
                                     "/figures",
                                     "/inside",
                                     "/stop",
                                     "/resume",
                                     "/fork",
                                     "/api/records",
                                     "/api/events",
                                     "/api/overview",
                                     "/api/studies",
                                     "/api/config",
                                     "?runs=",
                                     "aaaaaaaaaaaa",
                                     "&columns=",
                                     "test_accuracy",
                                     "&points=",
                                     "?where=",
                                     "?watch=",
                                     "&since=",
                                     "?x=",
                                     "optim.weight_decay",
                                     "\nhost: ",
                                     "\norigin: ",
                                     "\nif-none-match: ",
                                     "\nlast-event-id: ",
                                     "\n\n",
                                     "{\"config\":{",
                                     "\"steps\":",
                                     "\"step\":",
                                     "}",
                                     "%2e",
                                     "..",
                                     "\\u0000"}};
  return target;
}

}  // namespace groklab
