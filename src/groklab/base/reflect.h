// Structs that list their fields once: whoever stores, prints, reads or compares them walks the same list.
//
// A struct takes part by one function template beside it or in a header of its room:
//
//   template <Struct<Outcome> S, typename Visit>
//   void visit_fields(S& s, Visit&& visit) {
//     visit("step", s.step);
//     ...
//   }
//
// It is called with a name (a Config's fields bring more than a name: config/visit.h) and a reference, const where the
// struct is. Fields are numbers, text, optionals, lists and maps of these, or structs of the same kind.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace groklab {

/// T is U or const U.
template <typename T, typename U>
concept Struct = std::is_same_v<std::remove_const_t<T>, U>;

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <typename T>
struct IsNamed : std::false_type {};  ///< a map from names
template <typename T>
struct IsNamed<std::map<std::string, T>> : std::true_type {};

/// A number, a switch or text.
template <typename T>
inline constexpr bool kPlainField = std::is_arithmetic_v<T> || std::is_same_v<T, std::string>;

}  // namespace groklab
