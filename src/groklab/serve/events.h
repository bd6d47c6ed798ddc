// What changes, as server-sent events: rows of the list, and records of the runs that a page draws.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "groklab/serve/service.h"

namespace groklab::serve {

/// Where a page stands, and what it watches.
struct EventsFrom {
  std::uint64_t version = 0;                  ///< of the list that the page has
  std::map<std::string, std::int64_t> steps;  ///< run -> step up to which the page has its records
};

/// One page's stream: an `event: runs` for every newer version of the list, with the version as its id, and an
/// `event: records` for each watched run that went on.
class EventStream : public Stream {
 public:
  EventStream(Service& service, EventsFrom from) : service_(service), from_(std::move(from)) {}
  std::string next(std::chrono::milliseconds wait) override;

 private:
  std::string record_events(const RunSnapshot& runs);

  Service& service_;
  EventsFrom from_;
};

/// From the request's `since`, `watch` and Last-Event-ID, which counts more than `since`. Throws HttpError 400.
EventsFrom events_from(const Request& request, const RunSnapshot& runs);

}  // namespace groklab::serve
