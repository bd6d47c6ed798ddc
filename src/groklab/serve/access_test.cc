// Tests of access.h: what a request may not be.
#include "groklab/serve/access.h"

#include <gtest/gtest.h>

namespace groklab::serve {
namespace {

Access loopback() { return {names_of("127.0.0.1", 8080), "secret", false, false}; }

Request get(const std::string& path = "/api/runs") {
  Request request;
  request.path = path;
  request.headers = {{"host", "127.0.0.1:8080"}};
  return request;
}

Request post() {
  Request request = get("/api/runs");
  request.method = "POST";
  request.headers["x-groklab-token"] = "secret";
  request.headers["content-type"] = "application/json";
  request.headers["content-length"] = "2";
  request.body = "{}";
  return request;
}

/// 200: let through.
int status_of(const Access& access, const Request& request) {
  const auto refused = refusal(access, request);
  return refused ? refused->status : 200;
}

TEST(ServeAccess, LetsThePageReadAndWrite) {
  EXPECT_EQ(status_of(loopback(), get()), 200);
  EXPECT_EQ(status_of(loopback(), post()), 200);
  Request other_name = get();
  other_name.headers["host"] = "localhost:8080";
  other_name.headers["origin"] = "http://localhost:8080";
  EXPECT_EQ(status_of(loopback(), other_name), 200);
}

// A page whose name was made to point at this machine.
TEST(ServeAccess, RefusesAnotherHost) {
  for (const char* host :
       {"evil.example", "evil.example:8080", "127.0.0.1", "127.0.0.1:80801", "127.0.0.1:8080.evil.example", ""}) {
    Request request = get();
    request.headers["host"] = host;
    EXPECT_EQ(status_of(loopback(), request), 421) << host;
  }
}

TEST(ServeAccess, RefusesPagesOfOtherOrigins) {
  for (const char* origin :
       {"http://evil.example", "null", "https://127.0.0.1:8080", "http://127.0.0.1:8081", "http://localhost:8080"}) {
    Request request = post();
    request.headers["origin"] = origin;
    EXPECT_EQ(status_of(loopback(), request), 403) << origin;
  }
  Request image = get();
  image.headers["sec-fetch-site"] = "cross-site";
  EXPECT_EQ(status_of(loopback(), image), 403);
  Request link = get("/");  // somebody follows a link
  link.headers["sec-fetch-site"] = "cross-site";
  EXPECT_EQ(status_of(loopback(), link), 200);
}

TEST(ServeAccess, WritesNeedTheToken) {
  for (const char* token : {"", "secre", "secret2", "SECRET"}) {
    Request request = post();
    request.headers["x-groklab-token"] = token;
    EXPECT_EQ(status_of(loopback(), request), 403) << token;
  }
  Request in_address = post();  // where a log or a link could tell it
  in_address.headers.erase("x-groklab-token");
  in_address.query["token"] = "secret";
  EXPECT_EQ(status_of(loopback(), in_address), 403);
  Access read_only = loopback();
  read_only.read_only = true;
  EXPECT_EQ(status_of(read_only, post()), 403);
  EXPECT_EQ(status_of(read_only, get()), 200);
}

TEST(ServeAccess, OtherAddressesNeedTheTokenForAll) {
  const Access open = {names_of("0.0.0.0", 8080), "secret", true, false};
  Request request = get("/");
  request.headers["host"] = "lab:8080";
  EXPECT_EQ(status_of(open, request), 403);
  request.query["token"] = "secret";
  EXPECT_EQ(status_of(open, request), 200);
  request.query.clear();
  request.headers["x-groklab-token"] = "secret";
  EXPECT_EQ(status_of(open, request), 200);
}

TEST(ServeAccess, BodiesAreShortJson) {
  Request form = post();
  form.headers["content-type"] = "text/plain";  // what a form of any page may send without asking
  EXPECT_EQ(status_of(loopback(), form), 415);
  Request packed = post();
  packed.headers["content-encoding"] = "gzip";
  EXPECT_EQ(status_of(loopback(), packed), 415);
  Request with_set = post();
  with_set.headers["content-type"] = "application/json; charset=utf-8";
  EXPECT_EQ(status_of(loopback(), with_set), 200);
  for (const auto& [length, status] :
       {std::pair{"65536", 200}, {"65537", 413}, {"99999999999999999999", 413}, {"-1", 400}, {"", 400}}) {
    Request request = post();
    request.headers["content-length"] = length;
    EXPECT_EQ(status_of(loopback(), request), status) << length;
  }
  Request in_pieces = post();
  in_pieces.headers["transfer-encoding"] = "chunked";
  EXPECT_EQ(status_of(loopback(), in_pieces), 400);
}

TEST(ServeAccess, OtherMethodsAndLongAddressesAreRefused) {
  Request request = post();
  request.method = "DELETE";
  EXPECT_EQ(status_of(loopback(), request), 405);
  EXPECT_EQ(status_of(loopback(), get(std::string(kLongestPath + 1, 'a'))), 400);
  Request query = get();
  query.query["where"] = std::string(kLongestQuery, 'a');
  EXPECT_EQ(status_of(loopback(), query), 400);
}

TEST(ServeAccess, TokensAreLongAndDiffer) {
  EXPECT_EQ(random_token().size(), 32u);
  EXPECT_NE(random_token(), random_token());
}

TEST(ServeAccess, AddressesHaveNames) {
  EXPECT_EQ(names_of("192.168.0.7", 80), (std::vector<std::string>{"192.168.0.7:80", "192.168.0.7"}));
  EXPECT_EQ(names_of("::1", 9).front(), "[::1]:9");
  EXPECT_TRUE(names_of("::", 9).empty());
  EXPECT_EQ(url_of("::1", 9), "http://[::1]:9/");
  EXPECT_TRUE(is_loopback("127.0.0.1") && is_loopback("localhost") && is_loopback("::1") && is_loopback("127.1.2.3"));
  EXPECT_FALSE(is_loopback("0.0.0.0") || is_loopback("127.0.0.1.evil.example") || is_loopback("192.168.0.1"));
}

}  // namespace
}  // namespace groklab::serve
