// See json_schema.h. The validator itself is tested at the end.
#include "json_schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <stdexcept>

namespace groklab {
namespace {

bool has_type(const nlohmann::json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  throw std::runtime_error("unknown type " + type);
}

void check_keywords(const nlohmann::json& schema) {
  static const std::set<std::string> known = {"$schema", "$id",         "$defs",    "$ref",
                                              "title",   "description", "type",     "enum",
                                              "const",   "properties",  "required", "additionalProperties",
                                              "items",   "minimum",     "pattern",  "anyOf"};
  for (const auto& [keyword, value] : schema.items()) {
    if (!known.contains(keyword)) throw std::runtime_error("unknown keyword " + keyword);
  }
}

}  // namespace

JsonSchemas::JsonSchemas(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".schema.json")) continue;
    std::ifstream file(entry.path());
    files_[name] = nlohmann::json::parse(file);
  }
}

std::vector<std::string> JsonSchemas::violations(const std::string& name, const nlohmann::json& value) const {
  Errors errors;
  check(name, files_.at(name), value, "", errors);
  return errors;
}

void JsonSchemas::check_reference(const std::string& file, const std::string& reference, const nlohmann::json& value,
                                  const std::string& place, Errors& errors) const {
  const std::size_t mark = reference.find('#');
  const std::string target = mark == 0 ? file : reference.substr(0, mark);
  check(target, files_.at(target).at(nlohmann::json::json_pointer(reference.substr(mark + 1))), value, place, errors);
}

void JsonSchemas::check_object(const std::string& file, const nlohmann::json& schema, const nlohmann::json& value,
                               const std::string& place, Errors& errors) const {
  for (const auto& name : schema.value("required", nlohmann::json::array())) {
    const auto key = name.get<std::string>();
    if (!value.contains(key)) errors.push_back(place + ": " + key + " is missing");
  }
  const nlohmann::json properties = schema.value("properties", nlohmann::json::object());
  const nlohmann::json others = schema.value("additionalProperties", nlohmann::json(true));
  for (const auto& [name, member] : value.items()) {
    const std::string at = place + "/" + name;
    if (properties.contains(name)) {
      check(file, properties[name], member, at, errors);
    } else if (others.is_object()) {
      check(file, others, member, at, errors);
    } else if (!others.get<bool>()) {
      errors.push_back(at + ": not expected");
    }
  }
}

void JsonSchemas::check(const std::string& file, const nlohmann::json& schema, const nlohmann::json& value,
                        const std::string& place, Errors& errors) const {
  check_keywords(schema);
  if (schema.contains("$ref")) check_reference(file, schema["$ref"].get<std::string>(), value, place, errors);
  if (schema.contains("type")) {
    const nlohmann::json& type = schema["type"];
    bool fits = false;
    for (const auto& one : type.is_array() ? type : nlohmann::json::array({type})) {
      fits |= has_type(value, one.get<std::string>());
    }
    if (!fits) {
      errors.push_back(place + ": expected " + type.dump() + ", found " + value.dump().substr(0, 80));
      return;
    }
  }
  if (schema.contains("const") && value != schema["const"]) {
    errors.push_back(place + ": not " + schema["const"].dump());
  }
  const nlohmann::json choices = schema.value("enum", nlohmann::json::array({value}));
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    errors.push_back(place + ": " + value.dump() + " is none of " + choices.dump());
  }
  if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) {
    errors.push_back(place + ": " + value.dump() + " is below " + schema["minimum"].dump());
  }
  if (schema.contains("pattern") && value.is_string() &&
      !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>()))) {
    errors.push_back(place + ": " + value.dump() + " does not match " + schema["pattern"].dump());
  }
  if (schema.contains("anyOf")) {
    bool fits = false;
    for (const auto& one : schema["anyOf"]) {
      Errors ignored;
      check(file, one, value, place, ignored);
      fits |= ignored.empty();
    }
    if (!fits) errors.push_back(place + ": fits none of the alternatives: " + value.dump().substr(0, 80));
  }
  if (value.is_object()) check_object(file, schema, value, place, errors);
  if (value.is_array() && schema.contains("items")) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      check(file, schema["items"], value[i], place + "/" + std::to_string(i), errors);
    }
  }
}

TEST(JsonSchemas, SeesWhatBreaksASchema) {
  const JsonSchemas schemas(std::filesystem::path(GROKLAB_SOURCE_DIR) / "docs" / "formats");
  nlohmann::json evaluation = {{"task", "x"},
                               {"step", 3},
                               {"parameters", 5},
                               {"norm", 1.5},
                               {"precision", "float32"},
                               {"model", nlohmann::json::object()}};
  nlohmann::json group = {{"rows", 4}};
  for (const char* name :
       {"loss", "accuracy", "correct_logit", "correct_logit_centred", "margin", "margin_min", "softmax_collapse"}) {
    group[name] = 0.5;
  }
  group["loss"] = nullptr;
  evaluation["all"] = group;
  const auto count = [&](const char* place, const nlohmann::json& wrong) {
    nlohmann::json changed = evaluation;
    changed[nlohmann::json::json_pointer(place)] = wrong;
    return schemas.violations("evaluation.schema.json", changed).size();
  };
  EXPECT_TRUE(schemas.violations("evaluation.schema.json", evaluation).empty());
  EXPECT_EQ(count("/step", 4), 0u);
  EXPECT_EQ(count("/step", -1), 1u) << "minimum";
  EXPECT_EQ(count("/step", 1.5), 1u) << "type";
  EXPECT_EQ(count("/precision", "float16"), 1u) << "enum";
  EXPECT_EQ(count("/other", 1), 1u) << "additionalProperties";
  EXPECT_EQ(count("/all/rows", "4"), 1u) << "behind a $ref to another file";
  EXPECT_EQ(count("/all", nlohmann::json::object()), 8u) << "required";
  EXPECT_EQ(schemas.violations("training-event.schema.json", {{"event", "end"}}).size(), 1u) << "anyOf, const";
  EXPECT_EQ(schemas.violations("run.schema.json", nlohmann::json::array()).size(), 1u);
}

}  // namespace groklab
