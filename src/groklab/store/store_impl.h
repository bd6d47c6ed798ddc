// What a Store owns. Internal to store/.
#pragma once

#include "groklab/store/database.h"
#include "groklab/store/store.h"

namespace groklab {

struct Store::Impl {
  Impl(const std::filesystem::path& directory, double wait_seconds) : database(directory, wait_seconds) {}

  Database database;
};

}  // namespace groklab
