// See connection.h.
#include "groklab/serve/connection.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace groklab::serve {
namespace {

constexpr std::chrono::milliseconds kSlice{100};  ///< between two looks at whether the server stops

}  // namespace

Connection::Connection(int socket, const ConnectionLimits& limits, std::function<bool()> stopping)
    : socket_(socket), limits_(limits), stopping_(std::move(stopping)), request_end_(Clock::now() + limits.request) {
  ::fcntl(socket_, F_SETFD, FD_CLOEXEC);
  ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

Connection::~Connection() {
  ::shutdown(socket_, SHUT_WR);
  if (closing_) drain();
  ::close(socket_);
}

/// A close while bytes wait to be read would make the other side lose our answer.
void Connection::drain() {
  const auto until = Clock::now() + std::chrono::seconds(1);
  char bytes[4096];
  for (std::size_t have = 0; have < 4 * limits_.request_bytes && wait(POLLIN, until);) {
    const ssize_t count = ::recv(socket_, bytes, sizeof(bytes), 0);
    if (count <= 0) return;
    have += static_cast<std::size_t>(count);
  }
}

bool Connection::wait(short events, Clock::time_point until) const {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    pollfd entry = {socket_, events, 0};
    const int count = ::poll(&entry, 1, static_cast<int>(std::min(left, kSlice).count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
    if (stopping_()) return false;
  }
}

bool Connection::wait_for_request() {
  request_bytes_ = 0;
  if (buffer_at_ == buffer_.size() && !wait(POLLIN, Clock::now() + limits_.idle)) return false;
  request_end_ = Clock::now() + limits_.request;
  return true;
}

long Connection::read(char* to, std::size_t size) {
  if (request_bytes_ >= limits_.request_bytes) return -1;
  if (buffer_at_ == buffer_.size()) {
    if (!wait(POLLIN, request_end_)) return -1;
    buffer_.resize(4096);
    buffer_at_ = 0;
    const ssize_t count = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    buffer_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count <= 0) return count < 0 ? -1 : 0;
  }
  size = std::min({size, buffer_.size() - buffer_at_, limits_.request_bytes - request_bytes_});
  std::memcpy(to, buffer_.data() + buffer_at_, size);
  buffer_at_ += size;
  request_bytes_ += size;
  return static_cast<long>(size);
}

long Connection::write(const char* from, std::size_t size) {
  const auto until = Clock::now() + limits_.answer;
  for (std::size_t at = 0; at < size;) {
    const ssize_t count = ::send(socket_, from + at, size - at, MSG_NOSIGNAL);
    if (count > 0) {
      at += static_cast<std::size_t>(count);
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      if (!wait(POLLOUT, until)) return -1;
    } else {
      return -1;
    }
  }
  return static_cast<long>(size);
}

bool Connection::is_readable() const {
  if (buffer_at_ < buffer_.size()) return true;
  pollfd entry = {socket_, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0;
}

bool Connection::is_writable() const {
  // A reader that went away is readable: its end of file. One that only sends more is of no concern.
  char byte = 0;
  if (::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) return false;
  pollfd entry = {socket_, POLLOUT, 0};
  return ::poll(&entry, 1, static_cast<int>(limits_.answer.count())) > 0 && (entry.revents & (POLLERR | POLLHUP)) == 0;
}

}  // namespace groklab::serve
