// Configurations as JSON, for the run store and for other programs.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/keys.h"
#include "groklab/config/renamed_keys.h"

namespace groklab {
namespace {

constexpr std::string_view kJsonText = "configuration JSON";

nlohmann::json json_of(const Value& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const double* number = std::get_if<double>(&value)) return *number;
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

Value value_of(const nlohmann::json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) {
    return Unusable{"a number above 9223372036854775807"};
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return Unusable{json.is_null() ? "null" : json.is_array() ? "an array" : "an object"};
}

nlohmann::json::json_pointer pointer_to(std::string_view key) {
  std::string path = "/";
  for (const char c : key) path += c == '.' ? '/' : c;
  return nlohmann::json::json_pointer(path);
}

/// `known`: the defaults, which `config` has.
void read_object(Config& config, const nlohmann::json& object, const std::string& prefix, const nlohmann::json& known) {
  for (const auto& [name, json] : object.items()) {
    const auto section = known.find(name);
    // Nearly all keys of a run; the search for each among all others would take most of the time of reading a store.
    if (section != known.end() && !section->is_object() && json == *section) continue;
    const std::string key = prefix + name;
    if (section != known.end() && section->is_object()) {
      if (!json.is_object()) {
        fail(ErrorKind::kConfig, "{}: {}: expected an object of keys, found {}", kJsonText, key, json.type_name());
      }
      read_object(config, json, key + ".", *section);
    } else {
      const std::string_view now = renamed_key(key);  // a store of an older groklab
      assign_value(config, now.empty() ? std::string_view(key) : now, value_of(json), kJsonText);
    }
  }
}

}  // namespace

nlohmann::json config_to_json(const Config& config) {
  nlohmann::json json = nlohmann::json::object();
  for (const Field& field : config_values(config)) json[pointer_to(field.spec.key)] = json_of(field.value);
  return json;
}

Config config_from_json(const nlohmann::json& json) {
  if (!json.is_object()) fail(ErrorKind::kConfig, "{}: expected an object, found {}", kJsonText, json.type_name());
  static const nlohmann::json defaults = config_to_json(Config{});
  Config config;  // keys that are missing (a store of an older groklab) keep their defaults
  read_object(config, json, "", defaults);
  return config;
}

}  // namespace groklab
