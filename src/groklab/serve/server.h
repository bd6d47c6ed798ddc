// The sockets. The one file that knows the HTTP library is server.cc.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "groklab/serve/connection.h"
#include "groklab/serve/service.h"

namespace groklab::serve {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: any that is free
  ConnectionLimits limits = {};
};

class Server {
 public:
  /// Takes the port. Throws Error(kConfig) if it is taken or the address is not this machine's.
  Server(Service& service, const ServerOptions& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  /// Answers until `interrupt`.
  void run(const std::atomic<bool>& interrupt);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace groklab::serve
