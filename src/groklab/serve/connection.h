// One client's socket with limits: how long a request may take to arrive, how much it may hold, how long an answer may
// take to leave. The HTTP library waits for each byte by itself, so that one byte a second would hold it for ever.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace groklab::serve {

struct ConnectionLimits {
  std::chrono::milliseconds request{10'000};  ///< from its first byte to its last
  std::chrono::milliseconds idle{15'000};     ///< between two requests
  std::chrono::milliseconds answer{20'000};   ///< for every part of an answer that is written at once
  std::size_t request_bytes = 128 * 1024;     ///< head and body together
};

class Connection {
 public:
  /// Owns the socket. `stopping`: looked at while it waits.
  Connection(int socket, const ConnectionLimits& limits, std::function<bool()> stopping);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Waits for a request and starts its clock. False: none came.
  bool wait_for_request();
  /// Bytes read, 0 at the end, -1 where a limit was met.
  long read(char* to, std::size_t size);
  /// Bytes written, -1 where the other side takes nothing.
  long write(const char* from, std::size_t size);
  bool is_readable() const;
  bool is_writable() const;

  int socket() const { return socket_; }
  /// After an answer that did not read the whole request, the connection is of no use.
  void close_after_answer() { closing_ = true; }
  bool is_closing() const { return closing_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool wait(short events, Clock::time_point until) const;
  void drain();

  int socket_;
  ConnectionLimits limits_;
  std::function<bool()> stopping_;
  Clock::time_point request_end_;
  std::size_t request_bytes_ = 0;
  bool closing_ = false;
  std::string buffer_;  ///< bytes that came and were not asked for yet
  std::size_t buffer_at_ = 0;
};

}  // namespace groklab::serve
