// See migrate.h.
#include "groklab/store/migrate.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "groklab/config/engine_identity.h"
#include "groklab/config/renamed_keys.h"
#include "groklab/store/schema.h"

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

/// Rewrites one text column of every row; `key` is the table's key as SQL, "number" or "run, step".
template <typename Rewrite>
void rewrite_texts(SQLite::Database& connection, const std::string& table, const std::string& column,
                   const std::string& condition, int keys, const std::string& key, Rewrite&& rewrite) {
  SQLite::Statement read(connection, fmt::format("SELECT {}, {} FROM {}", column, key, table));
  SQLite::Statement write(connection, fmt::format("UPDATE {} SET {} = ?1 WHERE {}", table, column, condition));
  while (read.executeStep()) {
    const std::string before = read.getColumn(0).getString();
    const std::string after = rewrite(OrderedJson::parse(before)).dump();
    if (after == before) continue;
    write.bind(1, after);
    for (int i = 0; i < keys; ++i) write.bind(2 + i, read.getColumn(1 + i).getInt64());
    write.exec();
    write.reset();
  }
}

void migrate_to_3(SQLite::Database& connection) {
  connection.exec(
      fmt::format("DROP VIEW runs_view;"
                  "ALTER TABLE runs ADD COLUMN engine TEXT NOT NULL DEFAULT '{}';"
                  "ALTER TABLE probes RENAME COLUMN reading TO result",
                  kFirstEngineIdentity));
  rewrite_texts(connection, "runs", "config", "number = ?2", 1, "number",
                [](const OrderedJson& json) { return with_present_keys(json, ""); });
  rewrite_texts(connection, "probes", "result", "run = ?2 AND step = ?3", 2, "run, step",
                [](const OrderedJson& json) { return with_present_numbers(json); });
  connection.exec(runs_view_sql());
}

}  // namespace

void migrate(SQLite::Database& connection, int version) {
  if (version < 2) connection.exec(probes_table_2_sql());
  if (version < 3) migrate_to_3(connection);
  connection.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
}

}  // namespace groklab
