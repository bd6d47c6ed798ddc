// The part of JSON Schema (draft 2020-12) that docs/formats uses: type, enum, const, properties, required,
// additionalProperties, items, minimum, pattern, anyOf, $ref within and between files. Any other keyword is an error,
// so that nothing is taken for checked that is not.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace groklab {

class JsonSchemas {
 public:
  /// All *.schema.json of a directory, by file name.
  explicit JsonSchemas(const std::filesystem::path& directory);

  /// What of `value` breaks the schema in file `name`, with the place of each; empty if nothing does.
  std::vector<std::string> violations(const std::string& name, const nlohmann::json& value) const;

 private:
  using Errors = std::vector<std::string>;
  void check(const std::string& file, const nlohmann::json& schema, const nlohmann::json& value,
             const std::string& place, Errors& errors) const;
  void check_object(const std::string& file, const nlohmann::json& schema, const nlohmann::json& value,
                    const std::string& place, Errors& errors) const;
  void check_reference(const std::string& file, const std::string& reference, const nlohmann::json& value,
                       const std::string& place, Errors& errors) const;

  std::map<std::string, nlohmann::json> files_;
};

}  // namespace groklab
