// Tests of routes.h: one table, from which the documents follow.
#include "groklab/serve/routes.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace groklab::serve {
namespace {

Request request(const std::string& method, const std::string& path) {
  Request made;
  made.method = method;
  made.path = path;
  return made;
}

int status_of(const std::string& method, const std::string& path) {
  try {
    find_route(request(method, path));
    return 200;
  } catch (const HttpError& error) {
    return error.status();
  }
}

TEST(ServeRoutes, FindsTheRouteAndTheRun) {
  const auto [route, run] = find_route(request("GET", "/api/runs/aaaaaaaaaaaa"));
  EXPECT_STREQ(route->path, "/api/runs/{id}");
  EXPECT_EQ(run, "aaaaaaaaaaaa");
  EXPECT_STREQ(find_route(request("HEAD", "/api/runs")).first->path, "/api/runs");
  EXPECT_EQ(status_of("POST", "/api/config"), 405);
  for (const char* path :
       {"", "/api", "/api/runs/", "/api/runs//", "/api/runs/a/b", "/api/config/", "//", "/app.js/x"}) {
    EXPECT_EQ(status_of("GET", path), 404) << path;
  }
}

TEST(ServeRoutes, EachIsThereOnce) {
  std::set<std::string> seen;
  for (const Route& route : routes()) {
    EXPECT_TRUE(seen.insert(std::string(route.method) + " " + route.path).second) << route.path;
    EXPECT_NE(route.handle, nullptr);
  }
}

// The OpenAPI document has every route with its parameters and fields, and nothing else.
TEST(ServeRoutes, OpenApiIsTheTable) {
  const nlohmann::ordered_json document = openapi();
  std::size_t operations = 0;
  for (const auto& [path, methods] : document["paths"].items()) operations += methods.size();
  EXPECT_EQ(operations, routes().size());
  for (const Route& route : routes()) {
    const bool reads = std::string(route.method) == "GET";
    ASSERT_TRUE(document["paths"].contains(route.path)) << route.path;
    const auto& operation = document["paths"][route.path][reads ? "get" : "post"];
    EXPECT_EQ(operation["summary"], route.summary);
    std::set<std::string> named;
    for (const auto& parameter : operation["parameters"]) named.insert(parameter["name"].get<std::string>());
    for (const ApiField& field : route.parameters) EXPECT_TRUE(named.contains(field.name)) << field.name;
    EXPECT_EQ(named.contains("id"), std::string(route.path).find("{id}") != std::string::npos);
    EXPECT_TRUE(operation["responses"].contains(std::to_string(route.success)));
    if (reads) continue;
    const auto& properties = operation["requestBody"]["content"]["application/json"]["schema"]["properties"];
    EXPECT_EQ(properties.size(), route.body.size()) << route.path;
  }
}

TEST(ServeRoutes, DocumentHasTheTable) {
  std::ostringstream text;
  text << std::ifstream(std::string(GROKLAB_SOURCE_DIR) + "/docs/serve.md").rdbuf();
  EXPECT_NE(text.str().find(routes_markdown()), std::string::npos) << "docs/serve.md: expected\n" << routes_markdown();
}

}  // namespace
}  // namespace groklab::serve
