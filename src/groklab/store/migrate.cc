// See migrate.h.
#include "groklab/store/migrate.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config/engine_identity.h"
#include "groklab/config/renamed_keys.h"
#include "groklab/store/schema.h"
#include "groklab/store/stored_json.h"

namespace groklab {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// Numbers of probes: name in version 2, name in version 3.
constexpr std::array kRenamedNumbers = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"general_train", "invariant_train"},
    {"general_test", "invariant_test"},
    {"general_norm", "invariant_norm"},
    {"general_share", "invariant_fraction"},
    {"logit_share", "logit_fraction"},
    {"embedding_share", "embedding_fraction"},
    {"component_share", "component_fraction"},
});

std::string present_number(const std::string& name) {
  for (const auto& [before, now] : kRenamedNumbers) {
    if (name == before) return std::string(now);
  }
  return name;
}

/// The object with renamed members, in the same order. Texts in it, such as names of tensors, are left alone.
OrderedJson with_present_numbers(const OrderedJson& json) {
  if (json.is_array()) {
    OrderedJson list = OrderedJson::array();
    for (const OrderedJson& item : json) list.push_back(with_present_numbers(item));
    return list;
  }
  if (!json.is_object()) return json;
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, value] : json.items()) object[present_number(name)] = with_present_numbers(value);
  return object;
}

/// Sections of a configuration hold keys, or sections of keys: "optim", "optim.muon".
OrderedJson with_present_keys(const OrderedJson& section, const std::string& prefix) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, value] : section.items()) {
    const std::string key = prefix + name;
    if (value.is_object()) {
      object[name] = with_present_keys(value, key + ".");
      continue;
    }
    const std::string_view now = renamed_key(key);
    const bool in_section = now.substr(0, prefix.size()) == prefix && now.find('.', prefix.size()) == now.npos;
    // A key that went to another section is read under its old name (config/json.cc).
    object[now.empty() || !in_section ? name : std::string(now.substr(prefix.size()))] = value;
  }
  return object;
}

/// Nothing for a text that is damaged: it stays as it is, and whoever reads that row is told. The other rows are good.
template <typename Rewrite>
std::optional<std::string> rewritten(const std::string& text, Rewrite&& rewrite) {
  try {
    return stored_json_text(rewrite(parse_stored_json(text, "")));
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Rewrites one text column of every row; `key` is the table's key as SQL, "number" or "run, step".
template <typename Rewrite>
void rewrite_texts(SQLite::Database& connection, const std::string& table, const std::string& column,
                   const std::string& condition, int keys, const std::string& key, Rewrite&& rewrite) {
  SQLite::Statement read(connection, fmt::format("SELECT {}, {} FROM {}", column, key, table));
  SQLite::Statement write(connection, fmt::format("UPDATE {} SET {} = ?1 WHERE {}", table, column, condition));
  while (read.executeStep()) {
    const std::string before = read.getColumn(0).getString();
    const std::optional<std::string> after = rewritten(before, rewrite);
    if (!after || *after == before) continue;
    write.bind(1, *after);
    for (int i = 0; i < keys; ++i) write.bind(2 + i, read.getColumn(1 + i).getInt64());
    write.exec();
    write.reset();
  }
}

void migrate_to_3(SQLite::Database& connection) {
  connection.exec(
      fmt::format("ALTER TABLE runs ADD COLUMN engine TEXT NOT NULL DEFAULT '{}';"
                  "ALTER TABLE probes RENAME COLUMN reading TO result",
                  kFirstEngineIdentity));
  rewrite_texts(connection, "runs", "config", "number = ?2", 1, "number",
                [](const OrderedJson& json) { return with_present_keys(json, ""); });
  rewrite_texts(connection, "probes", "result", "run = ?2 AND step = ?3", 2, "run, step",
                [](const OrderedJson& json) { return with_present_numbers(json); });
}

/// "Intel Xeon ..., AVX-512, 2 threads" -> "AVX-512"; "" where the text is another.
std::string instruction_set_of(const std::string& machine) {
  const std::size_t last = machine.rfind(", ");
  if (last == std::string::npos) return "";
  const std::size_t before = machine.rfind(", ", last - 1);
  return before == std::string::npos ? "" : machine.substr(before + 2, last - before - 2);
}

/// Rows of before have no checksum: what they were when they were written, nobody knows any more.
void migrate_to_4(SQLite::Database& connection) {
  connection.exec(columns_4_sql());
  SQLite::Statement read(connection, "SELECT number, machine FROM runs");
  SQLite::Statement write(connection, "UPDATE runs SET instruction_set = ?2 WHERE number = ?1");
  while (read.executeStep()) {
    write.bind(1, read.getColumn(0).getInt64());
    write.bind(2, instruction_set_of(read.getColumn(1).getString()));
    write.exec();
    write.reset();
  }
}

}  // namespace

void migrate(SQLite::Database& connection, int version) {
  connection.exec("DROP VIEW IF EXISTS runs_view");
  if (version < 2) connection.exec(probes_table_2_sql());
  if (version < 3) migrate_to_3(connection);
  if (version < 4) migrate_to_4(connection);
  if (version < 5) connection.exec(columns_5_sql());  // empty: what their objective was would take their weights
  connection.exec(annotation_tables_sql());
  connection.exec(runs_view_sql());
  connection.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
}

}  // namespace groklab
