// Helpers of the configuration's tests.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "groklab/base/error.h"
#include "groklab/config.h"

namespace groklab {

/// The message of the Error that `call` throws; fails the test if there is none, or if it has several lines.
template <typename Call>
std::string error_of(Call call, ErrorKind kind = ErrorKind::kConfig) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "expected an Error";
  return "";
}

/// A config with the given assignments, "key=value" each.
template <typename... Assignments>
Config config_with(Assignments... assignments) {
  Config config;
  (set_config_value(config, assignments), ...);
  return config;
}

inline std::string set_error(const std::string& assignment) {
  Config config;
  return error_of([&] { set_config_value(config, assignment); });
}

inline std::string toml_error(const std::string& text) {
  return error_of([&] { parse_config_text(text, "run.toml"); });
}

template <typename... Assignments>
std::string check_error(Assignments... assignments) {
  const Config config = config_with(assignments...);
  return error_of([&] { check_config(config); });
}

}  // namespace groklab
