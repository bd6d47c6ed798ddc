// The least that speaks HTTP, for tests of `groklab serve`: it can also be rude.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace groklab {

struct HttpAnswer {
  int status = 0;  ///< 0: the server closed without an answer
  std::string head, body;
};

/// One connection. Throws std::runtime_error if the port is closed.
class HttpClient {
 public:
  explicit HttpClient(int port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// False if the other side is gone.
  bool send(const std::string& bytes);
  /// What comes until `end` stands in it, the connection closes, or the time is over.
  std::string read_until(const std::string& end, std::chrono::milliseconds wait);
  /// One answer with a length. Waits at most 20 s.
  HttpAnswer answer();
  /// Whether the server closes within that time.
  bool is_closed_within(std::chrono::milliseconds wait);

 private:
  bool receive(std::chrono::steady_clock::time_point until);

  int socket_;
  bool closed_ = false;
  std::string received_;
};

/// One request on a connection of its own. `headers`: lines beside Host.
HttpAnswer http_get(int port, const std::string& target, const std::vector<std::string>& headers = {});
HttpAnswer http_post(int port, const std::string& target, const std::string& token, const std::string& body);

}  // namespace groklab
