// See stored_json.h.
#include "groklab/store/stored_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "groklab/base/error.h"

namespace groklab {
namespace {

/// A configuration nests 3 deep, a probe result 5.
constexpr int kDeepestNesting = 32;

/// Brackets inside texts do not count.
int nesting(const std::string& text) {
  int depth = 0, deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

nlohmann::ordered_json parse_stored_json(const std::string& text, const std::string& where) {
  if (nesting(text) > kDeepestNesting) {
    fail(ErrorKind::kStore, "{}: expected JSON of at most {} levels, found more", where, kDeepestNesting);
  }
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::kStore, "{}: expected JSON, found {}", where, error.what());
  }
}

std::string stored_json_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace groklab
