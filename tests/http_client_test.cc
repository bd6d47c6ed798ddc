// See http_client.h. (Named _test so that it is built into the tests alone.)
#include "http_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace groklab {

HttpClient::HttpClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(socket_);
    throw std::runtime_error("nobody listens at port " + std::to_string(port));
  }
}

HttpClient::~HttpClient() { ::close(socket_); }

bool HttpClient::send(const std::string& bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t count = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

bool HttpClient::receive(std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  pollfd entry = {socket_, POLLIN, 0};
  if (closed_ || ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) <= 0) return false;
  char bytes[65536];
  const ssize_t count = ::recv(socket_, bytes, sizeof(bytes), 0);
  closed_ = count <= 0;
  if (!closed_) received_.append(bytes, static_cast<std::size_t>(count));
  return !closed_;
}

std::string HttpClient::read_until(const std::string& end, std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  std::size_t found = received_.find(end);
  while (found == std::string::npos && receive(until)) found = received_.find(end);
  const std::size_t size = found == std::string::npos ? received_.size() : found + end.size();
  std::string text = received_.substr(0, size);
  received_.erase(0, size);
  return text;
}

HttpAnswer HttpClient::answer() {
  const std::chrono::seconds wait(20);
  HttpAnswer answer;
  answer.head = read_until("\r\n\r\n", wait);
  if (answer.head.size() < 12) return answer;
  answer.status = std::stoi(answer.head.substr(9, 3));
  const std::size_t length = answer.head.find("Content-Length: ");
  const std::size_t size = length == std::string::npos ? 0 : std::stoul(answer.head.substr(length + 16));
  const auto until = std::chrono::steady_clock::now() + wait;
  while (received_.size() < size && receive(until)) {
  }
  answer.body = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

bool HttpClient::is_closed_within(std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (receive(until)) {
  }
  return closed_;
}

HttpAnswer http_get(int port, const std::string& target, const std::vector<std::string>& headers) {
  std::string request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
  for (const std::string& line : headers) request += line + "\r\n";
  HttpClient client(port);
  client.send(request + "\r\n");
  return client.answer();
}

HttpAnswer http_post(int port, const std::string& target, const std::string& token, const std::string& body) {
  HttpClient client(port);
  client.send("POST " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
              "\r\nContent-Type: application/json\r\nX-Groklab-Token: " + token +
              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  return client.answer();
}

}  // namespace groklab
