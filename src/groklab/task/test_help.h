// For the tests of this folder: errors with their essential parts, and files that vanish after the test.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/task.h"

namespace groklab {

/// Expects an Error of this kind whose one-line message holds all the parts.
template <typename Action>
void expect_error(ErrorKind kind, std::initializer_list<std::string_view> parts, Action action) {
  try {
    action();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.kind(), kind) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const std::string_view part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << "'" << part << "' is not in: " << message;
    }
    return;
  }
  ADD_FAILURE() << "no error was thrown";
}

/// A task, and a split, of one section of a config.
inline Task task_of(const TaskConfig& task, std::int64_t seed) {
  Config config;
  config.seed = seed;
  config.task = task;
  return make_task(resolve_config(config));
}
inline Split split_of(const SplitConfig& split, const Task& task, std::int64_t seed, const Split* parent = nullptr) {
  Config config;
  config.seed = seed;
  config.split = split;
  return make_split(resolve_config(config), task, parent);
}

/// A file with these bytes in the temporary folder, removed at the end of the scope.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, std::string_view bytes)
      : path_(fmt::format("{}groklab_{}_{}", ::testing::TempDir(), ::getpid(), name)) {
    write(bytes);
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::string_view bytes) const {
    std::ofstream(path_, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace groklab
