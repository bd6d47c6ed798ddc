// groklab serve
#include <filesystem>
#include <memory>
#include <string>

#include "child.h"
#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/serve/server.h"
#include "options.h"
#include "signals.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

struct ServeOptions {
  serve::ServerOptions server;
  bool open = false, read_only = false;
  StoreOption store;
};

/// This program's own file.
std::filesystem::path own_program() {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) fail(ErrorKind::kIo, "serve: expected to find this program's file, found {}", error.message());
  return file;
}

void open_browser(const std::string& url) {
  try {
    if (run_child({"xdg-open", url}).code == 0) return;
  } catch (const Error&) {
  }
  print_note("no browser could be opened; go to {}", url);
}

/// A page that can start runs may begin with none, as groklab train does.
std::filesystem::path served_store(const ServeOptions& options) {
  if (options.read_only) return options.store.open_existing().directory();
  const bool is_new = !std::filesystem::exists(options.store.path() / "groklab.sqlite");
  const std::filesystem::path directory = options.store.open().directory();
  if (is_new) print_note("a new store: {}", directory.string());
  return directory;
}

int run_server(const ServeOptions& options) {
  const std::atomic<bool>& interrupt = catch_interrupts();
  serve::ServiceOptions service_options;
  service_options.store = served_store(options);
  service_options.program = own_program();
  service_options.threads = ThreadPool::default_threads();
  service_options.access.token = serve::random_token();
  service_options.access.token_for_all = !serve::is_loopback(options.server.host);
  service_options.access.read_only = options.read_only;
  serve::Service service(service_options);
  serve::Server server(service, options.server);
  service.set_hosts(serve::names_of(options.server.host, server.port()));
  std::string url = serve::url_of(options.server.host, server.port());
  if (service_options.access.token_for_all) url += "?token=" + service_options.access.token;
  print_out("{}\n", url);
  if (options.open) open_browser(url);
  server.run(interrupt);
  const std::size_t training = service.children().count();
  if (training > 0) print_note("asking {} training run{} to save and end", training, training == 1 ? "" : "s");
  return kExitOk;
}

}  // namespace

void add_serve(CLI::App& program, Action& action) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = program.add_subcommand(
      "serve", "Show a live page over the store: runs as they train, their figures, new runs, forks; Ctrl-C ends it");
  command->add_option("--port", options->server.port, "Port (default: any that is free)")->check(CLI::Range(0, 65535));
  command->add_option("--host", options->server.host,
                      "Address to serve at (default: 127.0.0.1, this machine alone). With another one every request "
                      "needs the token in the printed address; nothing is encrypted");
  command->add_flag("--open", options->open, "Open the page in a browser");
  command->add_flag("--read-only", options->read_only, "Start, stop and fork nothing");
  options->store.add_to(*command);
  command->callback([options, &action] { action = [options] { return run_server(*options); }; });
}

}  // namespace groklab::cli
