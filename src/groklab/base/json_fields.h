// Structs with visit_fields (reflect.h) as JSON objects and back. JSON has no NaN and no infinity: both are null, which
// reads back as NaN. An empty optional, list or map is left out.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "groklab/base/reflect.h"

namespace groklab {

template <typename T>
nlohmann::ordered_json fields_to_json(const T& value) {
  using Json = nlohmann::ordered_json;
  if constexpr (std::is_floating_point_v<T>) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
  } else if constexpr (kPlainField<T>) {
    return value;
  } else if constexpr (IsVector<T>::value) {
    Json list = Json::array();
    for (const auto& item : value) list.push_back(fields_to_json(item));
    return list;
  } else if constexpr (IsNamed<T>::value) {
    Json object = Json::object();
    for (const auto& [name, item] : value) object[name] = fields_to_json(item);
    return object;
  } else {
    Json object = Json::object();
    visit_fields(value, [&](const char* name, const auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (IsOptional<Field>::value) {
        if (field) object[name] = fields_to_json(*field);
      } else if constexpr (IsVector<Field>::value || IsNamed<Field>::value) {
        if (!field.empty()) object[name] = fields_to_json(field);
      } else {
        object[name] = fields_to_json(field);
      }
    });
    return object;
  }
}

/// Throws nlohmann::json::exception where a field is missing or of another type.
template <typename T>
void fields_from_json(const nlohmann::ordered_json& json, T& value) {
  if constexpr (std::is_floating_point_v<T>) {
    value = json.is_null() ? std::numeric_limits<T>::quiet_NaN() : json.get<T>();
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    // get() would convert a fraction, and a number that does not fit to anything.
    value = static_cast<T>(json.template get_ref<const std::int64_t&>());
  } else if constexpr (kPlainField<T>) {
    value = json.get<T>();
  } else if constexpr (IsVector<T>::value) {
    value.clear();
    for (const auto& item : json.template get_ref<const nlohmann::ordered_json::array_t&>()) {
      fields_from_json(item, value.emplace_back());
    }
  } else if constexpr (IsNamed<T>::value) {
    value.clear();
    json.template get_ref<const nlohmann::ordered_json::object_t&>();  // throws for anything else
    for (const auto& [name, item] : json.items()) fields_from_json(item, value[name]);
  } else {
    visit_fields(value, [&](const char* name, auto& field) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (IsOptional<Field>::value) {
        if (json.contains(name)) fields_from_json(json.at(name), field.emplace());
      } else if constexpr (IsVector<Field>::value || IsNamed<Field>::value) {
        if (json.contains(name)) fields_from_json(json.at(name), field);
      } else {
        fields_from_json(json.at(name), field);
      }
    });
  }
}

}  // namespace groklab
