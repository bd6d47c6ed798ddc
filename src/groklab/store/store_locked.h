// The error of a database that another program holds.
#pragma once

#include <string>

#include "groklab/base/error.h"

namespace groklab {

/// Another program holds the database: nothing is wrong with it, and later it may be free.
class StoreLocked : public Error {
 public:
  explicit StoreLocked(const std::string& message) : Error(ErrorKind::kStore, message) {}
};

}  // namespace groklab
