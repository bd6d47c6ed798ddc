// Plain structs of numbers as JSON and back, exactly. A struct lists its fields once, as
//   template <class F> void visit_fields(MyStruct& s, F&& field) { field("seed", s.seed); ... }
// beside its definition (base/reflect.h). Stricter than base/json_fields.h, since verdicts are made of what is read:
// nothing may be missing or unknown. NaN is null, an infinity the text "inf" or "-inf", a missing optional null. Beside
// it may stand
//   std::string complaint(const MyStruct& s);
// which says what does not fit together in one that was read, "" if all does.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/reflect.h"
#include "groklab/config.h"

namespace groklab::studies {

using Json = nlohmann::ordered_json;

/// A task by the keys of a configuration's section `task`.
Json task_json(const TaskConfig& task);
TaskConfig read_task(const Json& json);

namespace plain {

inline Json number_json(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

[[noreturn]] inline void refuse(const std::string& where, std::string_view expected, const Json& found) {
  fail(ErrorKind::kInput, "{}: expected {}, found {}", where, expected, found.type_name());
}

inline double read_number(const Json& json, const std::string& where) {
  if (json.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (json.is_number()) return json.get<double>();
  if (json == "inf") return std::numeric_limits<double>::infinity();
  if (json == "-inf") return -std::numeric_limits<double>::infinity();
  refuse(where, "a number", json);
}

}  // namespace plain

template <class T>
Json plain_to_json(const T& value) {
  if constexpr (std::is_same_v<T, double>) {
    return plain::number_json(value);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, TaskConfig>) {
    return task_json(value);
  } else if constexpr (IsOptional<T>::value) {
    return value ? plain_to_json(*value) : Json(nullptr);
  } else if constexpr (IsVector<T>::value) {
    Json list = Json::array();
    for (const auto& item : value) list.push_back(plain_to_json(item));
    return list;
  } else {
    Json object = Json::object();
    // The one list of fields serves reading too, so it takes a mutable struct; nothing is written to it here.
    visit_fields(const_cast<T&>(value),
                 [&](const char* name, const auto& field) { object[name] = plain_to_json(field); });
    return object;
  }
}

/// `where` names the value in messages. Throws Error(kInput): a field that is missing, unknown or of another type.
template <class T>
T plain_from_json(const Json& json, const std::string& where) {
  if constexpr (std::is_same_v<T, double>) {
    return plain::read_number(json, where);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!json.is_boolean()) plain::refuse(where, "true or false", json);
    return json.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    if (!json.is_number_integer()) plain::refuse(where, "an integer", json);
    return json.get<T>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!json.is_string()) plain::refuse(where, "text", json);
    return json.get<std::string>();
  } else if constexpr (std::is_same_v<T, TaskConfig>) {
    return read_task(json);
  } else if constexpr (IsOptional<T>::value) {
    if (json.is_null()) return std::nullopt;
    return plain_from_json<typename T::value_type>(json, where);
  } else if constexpr (IsVector<T>::value) {
    if (!json.is_array()) plain::refuse(where, "a list", json);
    T list;
    for (std::size_t i = 0; i < json.size(); ++i) {
      list.push_back(plain_from_json<typename T::value_type>(json[i], fmt::format("{}[{}]", where, i)));
    }
    return list;
  } else {
    if (!json.is_object()) plain::refuse(where, "an object", json);
    T value{};
    std::size_t n_fields = 0;
    visit_fields(value, [&](const char* name, auto& field) {
      const auto found = json.find(name);
      if (found == json.end()) fail(ErrorKind::kInput, "{}: expected the field {}, found none", where, name);
      field = plain_from_json<std::decay_t<decltype(field)>>(*found, where + "." + name);
      ++n_fields;
    });
    if (json.size() != n_fields) {
      fail(ErrorKind::kInput, "{}: expected {} fields, found {}", where, n_fields, json.size());
    }
    if constexpr (requires { complaint(value); }) {
      if (const std::string text = complaint(value); !text.empty()) fail(ErrorKind::kInput, "{}: {}", where, text);
    }
    return value;
  }
}

}  // namespace groklab::studies
