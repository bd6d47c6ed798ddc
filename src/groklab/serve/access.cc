// See access.h.
#include "groklab/serve/access.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "groklab/base/error.h"

namespace groklab::serve {
namespace {

bool is_write(const Request& request) { return request.method != "GET" && request.method != "HEAD"; }

bool has_token(const Access& access, const Request& request) {
  std::string_view given = request.header("x-groklab-token");
  if (given.empty() && access.token_for_all) given = request.parameter("token");
  return equal_in_constant_time(given, access.token);
}

/// Host and Origin. A browser sends neither falsely, so that a page from elsewhere cannot speak to us through it.
std::optional<Response> foreign_page(const Access& access, const Request& request) {
  const std::string host(request.header("host"));
  const bool known = std::find(access.hosts.begin(), access.hosts.end(), host) != access.hosts.end();
  if (host.empty() || (!access.hosts.empty() && !known)) {
    return error_response(
        421, fmt::format("expected {} as Host, found '{}'", access.hosts.empty() ? "a name" : access.hosts.front(),
                         host.substr(0, 100)));
  }
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && origin != "http://" + host) {
    return error_response(403, fmt::format("expected a page of http://{}, found one of another origin", host));
  }
  const std::string_view site = request.header("sec-fetch-site");
  if ((site == "cross-site" || site == "same-site") && (is_write(request) || request.path != "/")) {
    return error_response(403, "expected a page of this server, found one of another site");
  }
  return std::nullopt;
}

std::optional<Response> unfit_body(const Request& request) {
  std::string_view type = request.header("content-type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (type != "application/json" || !request.header("content-encoding").empty()) {
    return error_response(415, "expected a body of the type application/json, not encoded");
  }
  const std::string_view length = request.header("content-length");
  const bool plain = !length.empty() && length.size() < 10 &&
                     std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!plain || !request.header("transfer-encoding").empty()) {
    return error_response(length.size() < 10 ? 400 : 413, "expected the body's length in bytes as Content-Length");
  }
  if (std::stoul(std::string(length)) > kLongestBody || request.body.size() > kLongestBody) {
    return error_response(413, fmt::format("expected a body of at most {} bytes", kLongestBody));
  }
  return std::nullopt;
}

std::size_t query_size(const Request& request) {
  std::size_t size = 0;
  for (const auto& [name, value] : request.query) size += name.size() + value.size() + 2;
  return size;
}

}  // namespace

std::optional<Response> refusal(const Access& access, const Request& request) {
  if (auto foreign = foreign_page(access, request)) return foreign;
  if (request.path.size() > kLongestPath || query_size(request) > kLongestQuery) {
    return error_response(400, "expected a shorter address");
  }
  const bool write = is_write(request);
  if (write && request.method != "POST") {
    return error_response(405, fmt::format("expected GET or POST, found {}", request.method.substr(0, 20)));
  }
  if (write && access.read_only) return error_response(403, "this server only reads: it was started with --read-only");
  if ((write || access.token_for_all) && !has_token(access, request)) {
    return error_response(403, "expected the token of this server's page as X-Groklab-Token");
  }
  if (write) return unfit_body(request);
  return std::nullopt;
}

std::string random_token() {
  std::array<unsigned char, 16> bytes{};
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t count = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(ErrorKind::kIo, "serve: no random numbers for a token: {}", std::strerror(errno));
    have += static_cast<std::size_t>(count);
  }
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char differs = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    differs =
        static_cast<unsigned char>(differs | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  return differs == 0;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

std::vector<std::string> names_of(const std::string& host, int port) {
  if (host == "0.0.0.0" || host == "::") return {};
  std::vector<std::string> names = {host};
  if (is_loopback(host)) {
    for (const char* name : {"127.0.0.1", "localhost", "::1"}) {
      if (host != name) names.emplace_back(name);
    }
  }
  std::vector<std::string> with_port;
  for (const std::string& name : names) {
    const std::string written = name.find(':') == name.npos ? name : "[" + name + "]";
    with_port.push_back(fmt::format("{}:{}", written, port));
    if (port == 80) with_port.push_back(written);
  }
  return with_port;
}

std::string url_of(const std::string& host, int port) {
  return fmt::format("http://{}:{}/", host.find(':') == host.npos ? host : "[" + host + "]", port);
}

}  // namespace groklab::serve
