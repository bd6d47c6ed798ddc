// See server.h. Translates between the HTTP library's requests and ours, and bounds what a client can hold.
#include "groklab/serve/server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/serve/connection.h"
#include "groklab/serve/peer.h"

namespace groklab::serve {
namespace {

/// Clients at a time; beyond them the answer is 503, which needs threads of its own. Streams, which hold theirs as long
/// as a page is open, leave some for requests.
constexpr std::size_t kThreads = 64;
constexpr int kMostClients = 56;
constexpr int kMostStreams = 40;
constexpr std::chrono::milliseconds kHeartbeat{10'000};
constexpr std::chrono::milliseconds kStopLook{200};

/// One more while it lives.
class Place {
 public:
  explicit Place(std::atomic<int>& count) : count_(count), number_(++count) {}
  ~Place() { --count_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  int number() const { return number_; }

 private:
  std::atomic<int>& count_;
  int number_;
};

/// What the library reads and writes through. Without `override`: its versions differ in which of these there are.
class LimitedStream : public httplib::Stream {
 public:
  explicit LimitedStream(Connection& connection) : connection_(connection) {}

  bool is_readable() const { return connection_.is_readable(); }
  bool is_writable() const { return connection_.is_writable(); }
  bool wait_readable() const { return connection_.is_readable(); }
  bool wait_writable() const { return connection_.is_writable(); }
  ssize_t read(char* to, std::size_t size) { return connection_.read(to, size); }
  ssize_t write(const char* from, std::size_t size) { return connection_.write(from, size); }
  void get_remote_ip_and_port(std::string&, int&) const {}
  void get_local_ip_and_port(std::string&, int&) const {}
  int socket() const { return connection_.socket(); }
  time_t duration() const { return 0; }

 private:
  Connection& connection_;
};

thread_local Connection* present_connection = nullptr;  ///< whose request this thread answers

Request head_of(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  request.path = from.path;
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  for (const auto& [name, value] : from.headers) {
    std::string small = name;
    std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return std::tolower(c); });
    request.headers.emplace(std::move(small), value);
  }
  return request;
}

void put_head(const Response& response, httplib::Response& to) {
  to.status = response.status;
  for (const auto& [name, value] : response.headers) to.set_header(name.c_str(), value);
  if (response.status >= 400) {  // parts of the request may be unread
    to.set_header("Connection", "close");
    if (present_connection != nullptr) present_connection->close_after_answer();
  }
}

void put(const Response& response, httplib::Response& to) {
  put_head(response, to);
  if (response.status != 304) to.set_content(response.body, response.type.c_str());
}

}  // namespace

struct Server::Impl : httplib::Server {
  explicit Impl(Service& service) : service(service) {
    new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    set_payload_max_length(kLongestBody);
    // Not the library's own options: two servers must not share a port.
    set_socket_options([](int socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      const auto refused = this->service.refuse(head_of(request));
      if (!refused) return HandlerResponse::Unhandled;
      put(*refused, response);
      return HandlerResponse::Handled;
    });
    const Handler handler = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    Get(".*", handler);
    Post(".*", handler);
    set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty())
        put(with_headers(error_response(response.status, "no request that can be answered")), response);
      return HandlerResponse::Handled;
    }));
  }

  void answer(const httplib::Request& from, httplib::Response& to) {
    Request request = head_of(from);
    request.body = from.body;
    Response response = service.answer(request);
    if (!response.stream) return put(response, to);
    auto place = std::make_shared<Place>(streams);
    if (place->number() > kMostStreams) return put(with_headers(error_response(503, "too many pages are open")), to);
    put_head(response, to);
    to.set_chunked_content_provider(
        response.type.c_str(),
        [this, place, stream = response.stream](std::size_t, httplib::DataSink& sink) { return pump(*stream, sink); });
  }

  /// Sends what comes until the server stops or the reader is gone; false ends the answer.
  bool pump(serve::Stream& stream, httplib::DataSink& sink) {
    auto beat = std::chrono::steady_clock::now() + kHeartbeat;
    std::string text = ": hello\n\n";
    while (!stopping) {
      if (text.empty() && std::chrono::steady_clock::now() >= beat) text = ": still here\n\n";
      if (!text.empty()) {
        if (!sink.write(text.data(), text.size())) return false;
        beat = std::chrono::steady_clock::now() + kHeartbeat;
      } else if (!sink.is_writable()) {
        return false;
      }
      text = stream.next(kStopLook);
    }
    return false;
  }

  // The library's own loop has no limit on the whole of a request.
  bool process_and_close_socket(int socket) override {
    const Place place(clients);
    const bool too_many = place.number() > kMostClients;
    Connection connection(socket, limits, [this] { return stopping.load(); });
    if (too_many) return refuse_client(connection, "503 Service Unavailable", "too many clients");
    if (own_user_only && is_of_another_user(socket)) {
      return refuse_client(connection, "403 Forbidden", "this server is another user's");
    }
    LimitedStream stream(connection);
    present_connection = &connection;
    bool closed = false;
    while (!closed && !stopping && !connection.is_closing() && connection.wait_for_request()) {
      if (!process(*this, stream, closed)) break;
    }
    present_connection = nullptr;
    return true;
  }

  static bool refuse_client(Connection& connection, const char* status, const char* message) {
    const std::string body = error_response(0, message).body;
    const std::string text = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nRetry-After: 5\r\n"
        "Connection: close\r\n\r\n{}",
        status, body.size(), body);
    connection.write(text.data(), text.size());
    connection.close_after_answer();
    return true;
  }

  /// Versions of the library differ in what they want to know of the addresses.
  template <typename Self>
  static bool process(Self& self, httplib::Stream& stream, bool& closed) {
    // A range of our answers is of no use, and a thousand overlapping ones would be a large answer. Nothing is packed:
    // the library would do it anew for each answer, with Brotli at its strongest, eight seconds for the page's script.
    const auto plain_answers = [](httplib::Request& request) {
      request.ranges.clear();
      request.headers.erase("Accept-Encoding");
    };
    if constexpr (requires { self.process_request(stream, false, closed, plain_answers); }) {
      return self.process_request(stream, false, closed, plain_answers);
    } else {
      return self.process_request(stream, std::string(), 0, std::string(), 0, false, closed, plain_answers);
    }
  }

  Service& service;
  ConnectionLimits limits;
  bool own_user_only = true;
  std::atomic<bool> stopping{false};
  std::atomic<int> clients{0}, streams{0};
  int port = 0;
};

Server::Server(Service& service, const ServerOptions& options) : impl_(std::make_unique<Impl>(service)) {
  impl_->limits = options.limits;
  impl_->own_user_only = is_loopback(options.host);
  impl_->port = options.port == 0 ? impl_->bind_to_any_port(options.host.c_str())
                : impl_->bind_to_port(options.host.c_str(), options.port) ? options.port
                                                                          : -1;
  if (impl_->port <= 0) {
    fail(ErrorKind::kConfig, "serve: expected an address of this machine and a free port, found {}:{}", options.host,
         options.port);
  }
}

Server::~Server() = default;

int Server::port() const { return impl_->port; }

void Server::run(const std::atomic<bool>& interrupt) {
  std::atomic<bool> ended{false};
  std::thread listener([&] {
    impl_->listen_after_bind();
    ended = true;
  });
  while (!interrupt) {
    impl_->service.look_around();
    std::this_thread::sleep_for(kStopLook);
  }
  impl_->stopping = true;
  while (!impl_->is_running() && !ended) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // it just began
  impl_->stop();
  listener.join();
}

}  // namespace groklab::serve
