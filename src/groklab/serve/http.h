// Requests and answers as values: everything between two sockets is a function from one to the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace groklab::serve {

struct Request {
  std::string method = "GET";
  std::string path = "/";                      ///< decoded, without the query
  std::map<std::string, std::string> query;    ///< decoded; of a name that comes twice, the first
  std::map<std::string, std::string> headers;  ///< names in small letters
  std::string body;

  /// "" if it is not there.
  std::string_view header(const std::string& name) const;
  std::string_view parameter(const std::string& name) const;
};

/// Text that comes bit by bit and has no end of its own. Used by one thread.
class Stream {
 public:
  virtual ~Stream() = default;
  /// What there is to send, after waiting for it at most so long; "" if nothing came.
  virtual std::string next(std::chrono::milliseconds wait) = 0;
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::map<std::string, std::string> headers = {};
  std::shared_ptr<Stream> stream = {};  ///< in place of the body
};

/// An answer that is no success, thrown on the way.
class HttpError : public std::runtime_error {
 public:
  HttpError(int status, const std::string& message) : std::runtime_error(message), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

inline constexpr std::size_t kLongestError = 500;  ///< bytes
/// {"error": "one line"}, printable whatever the message holds.
Response error_response(int status, const std::string& message);
/// What is no UTF-8 becomes U+FFFD.
Response json_response(const nlohmann::ordered_json& json, int status = 200);
std::string dumped(const nlohmann::ordered_json& json);

/// Adds what every answer carries: nothing of others runs or shows in the page, and the page in nothing of others.
Response with_headers(Response response);

/// A number for JSON, which has no NaN and no infinity: they are null.
nlohmann::ordered_json json_number(double value);

}  // namespace groklab::serve
