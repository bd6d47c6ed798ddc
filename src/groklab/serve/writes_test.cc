// Tests of what changes runs (handlers_write.cc): what is refused before any process starts. That trainings start,
// stop, go on and fork is tests/serve_program_test.cc.
#include <gtest/gtest.h>

#include <fstream>

#include "groklab/lab/run_lock.h"
#include "groklab/serve/service_for_test.h"

namespace groklab::serve {
namespace {

using nlohmann::json;

struct Fixture : ServedStore {
  Fixture() {
    const Config config = small_config();
    id = resolve_config(config).id();
    add(id, config, {record_at(0, 0.1, 0.1), record_at(40, 1, 1)});
    add("bbbbbbbbbbbb", small_config({"seed=1"}), {record_at(0, 0.1, 0.1)}, false);
  }
  std::string id;  ///< of the run that is done
};

/// The flat configuration of the run that is done.
json done_config() {
  return {{"task.modulus", 5}, {"split.train_fraction", 0.6}, {"model.d_model", 8},        {"model.n_heads", 1},
          {"model.d_mlp", 8},  {"train.steps", 40},           {"train.evaluate_every", 10}};
}

TEST(ServeWrites, BadConfigurationsGetTheCommandLinesWords) {
  Fixture fixture;
  Service service(fixture.options());
  const auto error = [&](const json& body) {
    const Response response = service.answer(post_to("/api/runs", body));
    EXPECT_EQ(response.status, 400) << body;
    return json_of(response)["error"].get<std::string>();
  };
  EXPECT_NE(error({{"config", {{"optim.weight_decy", 1}}}}).find("weight_decay"), std::string::npos);
  EXPECT_NE(error({{"config", {{"train.steps", -1}}}}).find("train.steps"), std::string::npos);
  EXPECT_NE(error({{"config", {{"train.steps", "many"}}}}).find("train.steps"), std::string::npos);
  EXPECT_NE(error({{"config", {{"train.steps", json::array()}}}}).find("a list"), std::string::npos);
  EXPECT_NE(error({{"config", {{"model.d_model", 10}, {"model.n_heads", 4}}}}).find("n_heads"), std::string::npos);
  EXPECT_NE(error({{"config", {{"fork.run", fixture.id}}}}).find("forks have a request"), std::string::npos);
  EXPECT_NE(error({{"config", {{"task.table=x", "y"}}}}).find("task.table"), std::string::npos);
  EXPECT_NE(error({{"config", "x"}}).find("object"), std::string::npos);
  EXPECT_NE(error({{"confg", json::object()}}).find("confg"), std::string::npos);
  EXPECT_NE(error(json::array()).find("object"), std::string::npos);
  for (const char* text : {"", "{", "[", "{\"config\":{\"a\":1e999}}", "\xff", "nul"}) {
    Request request = post_to("/api/runs", json::object());
    request.body = text;
    EXPECT_EQ(service.answer(request).status, 400) << text;
  }
  Request deep = post_to("/api/runs", json::object());
  deep.body = std::string(60000, '[');
  EXPECT_EQ(service.answer(deep).status, 400);
}

TEST(ServeWrites, WhatIsDoneOrTrainedElsewhereIsLeftAlone) {
  Fixture fixture;
  Service service(fixture.options());
  const Response again = service.answer(post_to("/api/runs", {{"config", done_config()}}));
  EXPECT_EQ(again.status, 409) << again.body;
  EXPECT_NE(json_of(again)["error"].get<std::string>().find("finished"), std::string::npos);
  EXPECT_EQ(service.answer(post_to("/api/runs/" + fixture.id + "/resume", json::object())).status, 409);
  EXPECT_EQ(service.answer(post_to("/api/runs/" + fixture.id + "/stop", json::object())).status, 409);
  const RunLock held(fixture.path, "bbbbbbbbbbbb");
  const Response busy = service.answer(post_to("/api/runs/bbbbbbbbbbbb/resume", json::object()));
  EXPECT_EQ(busy.status, 409);
  EXPECT_NE(json_of(busy)["error"].get<std::string>().find("another process"), std::string::npos);
}

TEST(ServeWrites, NamesAreCheckedBeforeAnythingStarts) {
  Fixture fixture;
  Store(fixture.path).annotate({fixture.id}, {"first", {}, {}, {}});
  Service service(fixture.options());
  const json config = {{"task.modulus", 7}};
  EXPECT_EQ(service.answer(post_to("/api/runs", {{"config", config}, {"name", "first"}})).status, 409);
  EXPECT_EQ(service.answer(post_to("/api/runs", {{"config", config}, {"name", "last"}})).status, 400);
  EXPECT_EQ(service.answer(post_to("/api/runs", {{"config", config}, {"name", 7}})).status, 400);
  EXPECT_EQ(service.answer(post_to("/api/runs", {{"config", config}, {"name", std::string(81, 'x')}})).status, 400);
}

TEST(ServeWrites, ForksNeedAState) {
  Fixture fixture;
  Service service(fixture.options());
  const std::string path = "/api/runs/" + fixture.id + "/fork";
  EXPECT_EQ(service.answer(post_to(path, json::object())).status, 400);
  EXPECT_EQ(service.answer(post_to(path, {{"step", "last"}})).status, 400);
  EXPECT_EQ(service.answer(post_to(path, {{"step", -1}})).status, 400);
  EXPECT_EQ(service.answer(post_to(path, {{"step", 40}})).status, 409);  // its records are there, no state is
  EXPECT_EQ(service.answer(post_to("/api/runs/nothing/fork", {{"step", 40}})).status, 404);
}

TEST(ServeWrites, AFailureAtTheStartIsTold) {
  Fixture fixture;
  ServiceOptions options = fixture.options();
  options.program = "/bin/false";
  Service service(options);
  const Response response = service.answer(post_to("/api/runs", {{"config", {{"task.modulus", 7}}}}));
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(json_of(response)["error"].get<std::string>().find("ended with code 1"), std::string::npos);
}

TEST(ServeWrites, NeedTheToken) {
  Fixture fixture;
  Service service(fixture.options());
  for (const std::string path :
       {"/api/runs", "/api/runs/bbbbbbbbbbbb/stop", "/api/runs/bbbbbbbbbbbb/resume", "/api/runs/bbbbbbbbbbbb/fork"}) {
    Request request = post_to(path, json::object());
    request.headers["x-groklab-token"] = "guess";
    EXPECT_EQ(service.answer(request).status, 403) << path;
  }
}

}  // namespace
}  // namespace groklab::serve
