// What a Store owns. Internal to store/.
#pragma once

#include "groklab/store/database.h"
#include "groklab/store/store.h"

namespace groklab {

struct Store::Impl {
  Impl(const std::filesystem::path& directory, double wait_seconds) : database(directory, wait_seconds) {}

  void remove_files(const std::string& id) {
    std::error_code error;
    std::filesystem::remove_all(database.run_directory(id), error);
    if (error) {
      fail(ErrorKind::kIo, "{}: cannot be removed: {}", database.run_directory(id).string(), error.message());
    }
  }

  Database database;
};

}  // namespace groklab
