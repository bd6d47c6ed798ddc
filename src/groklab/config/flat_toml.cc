// See flat_toml.h. One translation unit with toml.cc, so that toml++ is parsed once.
#include "groklab/config/flat_toml.h"

#include "groklab/base/error.h"
#include "groklab/config/toml_names.h"

namespace groklab {

std::vector<FlatTomlEntry> parse_flat_toml(std::string_view text, const std::string& where) {
  std::vector<FlatTomlEntry> entries;
  const toml::table table = parse_toml(text, where);
  for (const auto& [name, node] : table) {
    FlatTomlEntry entry;
    entry.key = std::string(name.str());
    entry.where = fmt::format("{}:{}", where, name.source().begin.line);
    if (node.is_table()) fail(ErrorKind::kConfig, "{}: {}: expected a value, found a table", entry.where, entry.key);
    if (const toml::array* list = node.as_array()) {
      std::vector<std::string> texts;
      for (const toml::node& element : *list) {
        const auto one = element.value_exact<std::string>();
        if (!one) fail(ErrorKind::kConfig, "{}: {}: expected a list of texts", entry.where, entry.key);
        texts.push_back(*one);
      }
      entry.content = std::move(texts);
    } else {
      entry.content = toml_value(node);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace groklab
