// See options.h.
#include "options.h"

#include <cstdlib>

#include "groklab/base/error.h"
#include "groklab/base/shell_word.h"
#include "groklab/config.h"
#include "groklab/config/keys.h"
#include "groklab/config/suggest.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/files/file_io.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr const char* kDefaultStore = "groklab-store";

void check_output() {
  if (const std::string failure = output_failure(); !failure.empty()) fail(ErrorKind::kIo, "{}", failure);
}

}  // namespace

std::string shell_quoted(const std::string& text) {
  const bool is_plain =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:=@%,") ==
      std::string::npos;
  if (is_plain && !text.empty()) return text;
  return shell_word(text);
}

void StoreOption::add_to(CLI::App& command) {
  command.add_option("--store", directory, "Directory of the run store (default: $GROKLAB_STORE, or ./groklab-store)");
}

std::filesystem::path StoreOption::path() const {
  if (!directory.empty()) return directory;
  const char* variable = std::getenv("GROKLAB_STORE");
  return variable != nullptr && *variable != '\0' ? variable : kDefaultStore;
}

Store StoreOption::open() const { return Store(path()); }

Store StoreOption::open_existing() const {
  if (!std::filesystem::is_directory(path())) {
    fail(ErrorKind::kStore, "store: expected a directory {}, found none; groklab train makes one", path().string());
  }
  if (!std::filesystem::exists(path() / "groklab.sqlite")) {  // looking makes no store
    fail(ErrorKind::kStore, "store: expected a run store in {}, found no groklab.sqlite", path().string());
  }
  return Store(path());
}

std::string StoreOption::as_argument() const { return directory.empty() ? "" : " --store " + shell_quoted(directory); }

void ThreadsOption::add_to(CLI::App& command, const std::string& more) {
  command.add_option("--threads", threads, "Threads (default: all cores); the results do not depend on it" + more)
      ->check(CLI::Range(1, 1024));
}

int ThreadsOption::count() const { return threads > 0 ? threads : ThreadPool::default_threads(); }

void add_set_option(CLI::App& command, std::vector<std::string>& assignments) {
  command
      .add_option("--set", assignments, "Set a key (see groklab config), e.g. --set optim.weight_decay=0.5; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

Config read_config(const std::string& file, const std::vector<std::string>& assignments) {
  if (const std::size_t equals = file.find('='); equals != std::string::npos && !std::filesystem::exists(file)) {
    const std::string name = file.substr(0, equals), key = is_config_key(name) ? name : suggest_key(name);
    if (!key.empty()) {
      fail(ErrorKind::kConfig,
           "{}: expected a configuration file, found none of this name; keys are set with --set {}={}", file, key,
           shell_quoted(file.substr(equals + 1)));
    }
  }
  Config config = file.empty() ? Config{} : read_config_file(file);
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
  return config;
}

void write_text(const std::string& text) {
  print_text(text);
  check_output();
}

void write_data(std::string_view bytes) {
  print_data(bytes);
  check_output();
}

void check_output_file(const std::string& file) {
  if (file != "-") check_writable(file);
}

void write_output(const std::string& file, const std::string& bytes) {
  if (!file.empty() && file != "-") {
    write_file(file, bytes, Durability::kNoSync);
    return;
  }
  write_data(bytes);
}

}  // namespace groklab::cli
