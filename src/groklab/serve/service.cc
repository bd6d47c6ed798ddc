// See service.h.
#include "groklab/serve/service.h"

#include <algorithm>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/lab/run_lock.h"
#include "groklab/serve/routes.h"

namespace groklab::serve {
namespace {

Response answer_to(const Error& error) {
  const bool of_reader = error.kind() == ErrorKind::kConfig || error.kind() == ErrorKind::kInput;
  return error_response(of_reader ? 400 : 500, error.what());
}

Response answer_of(Service& service, const Request& request) {
  const auto [route, id] = find_route(request);
  check_parameters(*route, request);
  if (!id.empty() && service.list().snapshot()->find(id) == nullptr) {
    throw HttpError(404, "expected the full id of a stored run, found '" + id.substr(0, 100) + "'");
  }
  return route->handle(service, {request, id});
}

}  // namespace

Service::Service(ServiceOptions options)
    : options_(std::move(options)),
      store_(options_.store),
      list_(options_.store),
      children_(options_.program, static_cast<std::size_t>(std::max(options_.threads, 2))),
      epoch_(random_token().substr(0, 8)) {}

std::optional<Response> Service::refuse(const Request& head) const {
  std::optional<Response> response = refusal(options_.access, head);
  if (response) response = with_headers(std::move(*response));
  return response;
}

Response Service::answer(const Request& request) {
  if (auto refused = refuse(request)) return *refused;
  Response response;
  try {
    response = answer_of(*this, request);
  } catch (const HttpError& error) {
    response = error_response(error.status(), error.what());
  } catch (const RunBusy& error) {
    response = error_response(409, error.what());
  } catch (const Error& error) {
    response = answer_to(error);
  } catch (const std::exception& error) {
    response = error_response(500, error.what());
  }
  return with_headers(std::move(response));
}

void Service::look_around() {
  children_.reap();
  list_.refresh();
}

}  // namespace groklab::serve
