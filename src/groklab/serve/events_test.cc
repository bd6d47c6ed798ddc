// Tests of events.h: what a page gets, from where it stands.
#include "groklab/serve/events.h"

#include <gtest/gtest.h>

#include <regex>

#include "groklab/serve/service_for_test.h"

namespace groklab::serve {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

struct Event {
  std::string name;
  json data;
};

std::vector<Event> events_in(const std::string& text) {
  static const std::regex kEvent("(?:id: \\d+\n)?event: (\\w+)\ndata: ([^\n]*)\n\n");
  std::vector<Event> events;
  for (std::sregex_iterator it(text.begin(), text.end(), kEvent), end; it != end; ++it) {
    events.push_back({(*it)[1], json::parse((*it)[2].str())});
  }
  return events;
}

/// A store with one run that is done and one in training, and what writes to it.
struct Fixture : ServedStore {
  Fixture() {
    add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1), record_at(10, 1, 1)});
    writer = std::make_unique<Store>(path);
    writer->create_run("bbbbbbbbbbbb", small_config({"seed=1"}), "machine", small_layout(), false);
    sink = writer->sink("bbbbbbbbbbbb", small_layout());
    step_to(0);
  }
  void step_to(std::int64_t step) {
    sink->on_record(record_at(step, 1, 0.25));
    sink->on_checkpoint(sample_state(step, small_layout(), Precision::kFloat32, true), false);  // flushes
  }
  std::unique_ptr<Store> writer;
  std::unique_ptr<RecordSink> sink;
};

TEST(ServeEvents, TellWhatChangedAndNothingTwice) {
  Fixture fixture;
  Service service(fixture.options());
  const Response response = service.answer(request_for("/api/events", {{"watch", "bbbbbbbbbbbb"}}));
  ASSERT_EQ(response.type, "text/event-stream");
  ASSERT_NE(response.stream, nullptr);
  EXPECT_EQ(response.stream->next(milliseconds(1)), "");
  fixture.step_to(10);
  service.look_around();
  const std::vector<Event> events = events_in(response.stream->next(milliseconds(1)));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].name, "runs");
  ASSERT_EQ(events[0].data["rows"].size(), 1u);  // the other run did not change
  EXPECT_EQ(events[0].data["rows"][0][0], "bbbbbbbbbbbb");
  EXPECT_EQ(events[1].name, "records");
  EXPECT_EQ(events[1].data["run"], "bbbbbbbbbbbb");
  EXPECT_EQ(events[1].data["step"], json({10}));  // step 0 was there when the page came
  EXPECT_EQ(events[1].data["columns"]["test_accuracy"], json({0.25}));
  EXPECT_EQ(response.stream->next(milliseconds(1)), "");
}

TEST(ServeEvents, BeginWhereThePageStands) {
  Fixture fixture;
  Service service(fixture.options());
  const std::string version = std::to_string(service.list().snapshot()->version);
  fixture.step_to(10);
  fixture.step_to(20);
  service.look_around();
  const auto first = [&](const Request& request) {
    return events_in(service.answer(request).stream->next(milliseconds(1)));
  };
  const std::vector<Event> events =
      first(request_for("/api/events", {{"since", version}, {"watch", "bbbbbbbbbbbb:10"}}));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].data["rows"].size(), 1u);
  EXPECT_EQ(events[0].data["full"], false);
  EXPECT_EQ(events[1].data["step"], json({20}));
  // A reconnecting browser repeats its first address, and says where it is.
  Request again = request_for("/api/events", {{"since", version}});
  again.headers["last-event-id"] = std::to_string(service.list().snapshot()->version);
  EXPECT_TRUE(first(again).empty());
}

// Versions of a server that ran before on this port mean nothing here.
TEST(ServeEvents, SendEverythingToThePageOfAnotherServer) {
  Fixture fixture;
  Service service(fixture.options());
  for (const std::string since : {"0", "17", "99999999999999999"}) {
    const Response response = service.answer(request_for("/api/events", {{"since", since}}));
    const std::vector<Event> events = events_in(response.stream->next(milliseconds(1)));
    ASSERT_EQ(events.size(), 1u) << since;
    EXPECT_EQ(events[0].data["full"], true);
    EXPECT_EQ(events[0].data["rows"].size(), 2u);
  }
}

TEST(ServeEvents, BadPlacesAreRefused) {
  Fixture fixture;
  Service service(fixture.options());
  std::string many;
  for (int i = 0; i < 17; ++i) many += std::to_string(i) + ",";
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"since", "x"}, {"since", "-1"}, {"watch", "a:b"}, {"watch", "a:1:2"}, {"watch", many}}) {
    EXPECT_EQ(service.answer(request_for("/api/events", {{name, value}})).status, 400) << name << "=" << value;
  }
}

TEST(ServeEvents, ARunThatComesLaterIsWatchedToo) {
  Fixture fixture;
  Service service(fixture.options());
  const Response response = service.answer(request_for("/api/events", {{"watch", "cccccccccccc,../x"}}));
  fixture.add("cccccccccccc", small_config({"seed=2"}), {record_at(0, 0.1, 0.1), record_at(10, 1, 1)});
  service.look_around();
  const std::vector<Event> events = events_in(response.stream->next(milliseconds(1)));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].data["step"], json({0, 10}));
}

}  // namespace
}  // namespace groklab::serve
