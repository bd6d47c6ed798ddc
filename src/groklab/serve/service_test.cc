// Tests of what requests are answered with (service.h, handlers.h), without sockets.
#include "groklab/serve/service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "groklab/serve/service_for_test.h"

namespace groklab::serve {
namespace {

using nlohmann::json;

/// The place of a column in a list of runs.
std::size_t column(const json& list, const std::string& name) {
  for (std::size_t i = 0; i < list["columns"].size(); ++i) {
    if (list["columns"][i]["name"] == name) return i;
  }
  return list["columns"].size();
}

json cell(const json& list, std::size_t row, const std::string& name) {
  return list.at("rows").at(row).at(column(list, name));
}

struct Fixture : ServedStore {
  Fixture() {
    add("aaaaaaaaaaaa", small_config(),
        {record_at(0, 0.2, 0.2), record_at(10, 1, 0.2), record_at(20, 1, 1), record_at(30, 1, 1), record_at(40, 1, 1)});
    add("bbbbbbbbbbbb", small_config({"seed=1", "optim.weight_decay=0.5"}),
        {record_at(0, 0.2, 0.2), record_at(10, 1, 0.4)}, false);
  }
};

TEST(ServeService, ListsRunsByColumns) {
  Fixture fixture;
  Service service(fixture.options());
  const Response response = service.answer(request_for("/api/runs"));
  ASSERT_EQ(response.status, 200) << response.body;
  const json list = json_of(response);
  ASSERT_EQ(list["rows"].size(), 2u);
  EXPECT_EQ(cell(list, 0, "run"), "bbbbbbbbbbbb");  // newest first
  EXPECT_EQ(cell(list, 0, "status"), "running");
  EXPECT_EQ(cell(list, 0, "T_grok"), nullptr);
  EXPECT_EQ(cell(list, 1, "T_fit"), 10);
  EXPECT_EQ(cell(list, 1, "T_grok"), 20);
  EXPECT_EQ(cell(list, 1, "parent"), nullptr);
  // Keys that differ, of their own types, and not what follows from them (split.seed).
  EXPECT_EQ(cell(list, 0, "optim.weight_decay"), 0.5);
  EXPECT_EQ(cell(list, 1, "seed"), 0);
  EXPECT_EQ(list["columns"][column(list, "seed")]["key"], true);
  EXPECT_EQ(column(list, "split.seed"), list["columns"].size());
}

TEST(ServeService, ListsWhatMeetsACondition) {
  Fixture fixture;
  Service service(fixture.options());
  const json list = json_of(service.answer(request_for("/api/runs", {{"where", "optim.weight_decay < 0.7"}})));
  ASSERT_EQ(list["rows"].size(), 1u);
  EXPECT_EQ(cell(list, 0, "run"), "bbbbbbbbbbbb");
  const Response bad = service.answer(request_for("/api/runs", {{"where", "nothing = 1"}}));
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(json_of(bad)["error"].get<std::string>().find("no such column"), std::string::npos);
}

TEST(ServeService, ListIsNotSentTwice) {
  Fixture fixture;
  Service service(fixture.options());
  Request request = request_for("/api/runs");
  request.headers["if-none-match"] = service.answer(request).headers.at("ETag");
  EXPECT_EQ(service.answer(request).status, 304);
  fixture.add("cccccccccccc", small_config({"seed=2"}), {record_at(0, 0.2, 0.2)});
  service.look_around();
  const Response changed = service.answer(request);
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(json_of(changed)["rows"].size(), 3u);
}

TEST(ServeService, TellsOfOneRun) {
  Fixture fixture;
  fixture.add("cccccccccccc", small_config({"seed=2", "fork.run=aaaaaaaaaaaa", "fork.step=40"}), {record_at(0, 1, 1)});
  Service service(fixture.options());
  const json run = json_of(service.answer(request_for("/api/runs/aaaaaaaaaaaa")));
  EXPECT_EQ(run["status"], "finished");
  EXPECT_EQ(run["events"]["T_grok"], 20);
  EXPECT_EQ(run["children"], json({"cccccccccccc"}));
  EXPECT_EQ(run["config"]["task.modulus"], 5);
  EXPECT_NE(std::find(run["changed"].begin(), run["changed"].end(), "task.modulus"), run["changed"].end());
  EXPECT_NE(run["command"].get<std::string>().find("groklab train --set task.modulus=5"), std::string::npos);
  EXPECT_NE(run["outcome"].get<std::string>(), "");
  EXPECT_TRUE(run["trained_by"].is_null());
  EXPECT_EQ(json_of(service.answer(request_for("/api/runs/cccccccccccc")))["parent"], "aaaaaaaaaaaa");
}

// Starts of ids, which the command line takes, ways out of the store, and nothing.
TEST(ServeService, RunsAreNamedInFull) {
  Fixture fixture;
  Service service(fixture.options());
  for (const char* path :
       {"/api/runs/aaaa", "/api/runs/last", "/api/runs/..", "/api/runs/%2e", "/api/runs/a/b", "/api/runs/", "/api"}) {
    EXPECT_EQ(service.answer(request_for(path)).status, 404) << path;
  }
}

TEST(ServeService, RecordsComeByColumns) {
  Fixture fixture;
  Service service(fixture.options());
  const json answer = json_of(service.answer(request_for(
      "/api/records", {{"runs", "aaaaaaaaaaaa,unknown,bbbbbbbbbbbb"}, {"columns", "test_accuracy,removed_loss"}})));
  ASSERT_EQ(answer["runs"].size(), 2u);
  EXPECT_EQ(answer["runs"][0]["step"], json({0, 10, 20, 30, 40}));
  EXPECT_EQ(answer["runs"][0]["columns"]["test_accuracy"], json({0.2, 0.2, 1.0, 1.0, 1.0}));
  EXPECT_EQ(answer["runs"][0]["columns"]["removed_loss"][0], nullptr);  // NaN
  const json thin = json_of(service.answer(request_for("/api/records", {{"runs", "aaaaaaaaaaaa"}, {"points", "2"}})));
  EXPECT_EQ(thin["runs"][0]["step"].front(), 0);
  EXPECT_EQ(thin["runs"][0]["step"].back(), 40);
  EXPECT_LT(thin["runs"][0]["step"].size(), 5u);
}

TEST(ServeService, BadParametersAreRefused) {
  Fixture fixture;
  Service service(fixture.options());
  std::string many;
  for (int i = 0; i < 201; ++i) many += "x,";
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"columns", "id"},
                                                        {"columns", "step; DROP TABLE runs"},
                                                        {"points", "1"},
                                                        {"points", "5001"},
                                                        {"points", "2x"},
                                                        {"runs", many},
                                                        {"other", "1"}}) {
    EXPECT_EQ(service.answer(request_for("/api/records", {{"runs", "aaaaaaaaaaaa"}, {name, value}})).status,
              name == "runs" ? 200 : 400)
        << name << "=" << value;
  }
  EXPECT_EQ(service.answer(request_for("/api/records", {{"runs", many}})).status, 400);
}

// Catches: a page that other pages may frame, script, or read.
TEST(ServeService, EveryAnswerCarriesThePolicy) {
  Fixture fixture;
  Service service(fixture.options());
  Request foreign = request_for("/api/runs");
  foreign.headers["host"] = "evil.example";
  for (const Request& request : {request_for("/"), request_for("/api/runs"), request_for("/nothing"), foreign}) {
    const Response response = service.answer(request);
    EXPECT_EQ(response.headers.at("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.headers.at("Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(response.headers.at("Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
              "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  }
  EXPECT_EQ(service.answer(request_for("/")).headers.at("Cache-Control"), "no-store");  // it holds the token
}

TEST(ServeService, ThePageHoldsTheToken) {
  Fixture fixture;
  ServiceOptions options = fixture.options();
  Service service(options);
  const std::string page = service.answer(request_for("/")).body;
  EXPECT_NE(page.find("<meta name=\"groklab-token\" content=\"secret\">"), std::string::npos);
  EXPECT_NE(page.find("<meta name=\"groklab-read-only\" content=\"false\">"), std::string::npos);
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_EQ(service.answer(request_for("/app.js")).type, "text/javascript; charset=utf-8");
  EXPECT_GT(service.answer(request_for("/app.js")).body.size(), 1000u);
  EXPECT_GT(service.answer(request_for("/app.css")).body.size(), 100u);
}

TEST(ServeService, KeysHaveTypesAndDefaults) {
  Fixture fixture;
  Service service(fixture.options());
  const json keys = json_of(service.answer(request_for("/api/config")))["keys"];
  std::set<std::string> types;
  for (const json& key : keys) types.insert(key["type"].get<std::string>());
  EXPECT_EQ(types, (std::set<std::string>{"integer", "number", "text", "boolean", "choice"}));
  const auto decay =
      std::find_if(keys.begin(), keys.end(), [](const json& k) { return k["key"] == "optim.weight_decay"; });
  ASSERT_NE(decay, keys.end());
  EXPECT_EQ((*decay)["default"], 1.0);
  EXPECT_EQ((*decay)["section"], "optim");
}

}  // namespace
}  // namespace groklab::serve
