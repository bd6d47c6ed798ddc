// See grid.h. One translation unit with toml.cc, so that toml++ is parsed once.
#include "groklab/config/grid.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/assignment.h"
#include "groklab/config/grid_range.h"
#include "groklab/config/keys.h"
#include "groklab/config/renamed_keys.h"
#include "groklab/config/text_file.h"
#include "groklab/config/toml_names.h"

namespace groklab {
namespace {

Field grid_field(const std::string& key) {
  for (const Field& field : default_fields()) {
    if (key == field.spec.key) return field;
  }
  fail(ErrorKind::kInternal, "internal: grid key {} has no field", key);
}

std::vector<Value> axis_values(const toml::node& node, const std::string& key, const std::string& place) {
  std::vector<Value> values;
  if (const toml::array* list = node.as_array()) {
    if (list->empty()) fail(ErrorKind::kConfig, "{}: {}: expected at least one value, found an empty list", place, key);
    for (const toml::node& element : *list) values.push_back(toml_value(element));
  } else if (const toml::table* range = node.as_table()) {
    const FieldType type = grid_field(key).type;
    if (type != FieldType::kInteger && type != FieldType::kNumber) {
      fail(ErrorKind::kConfig, "{}: {}: expected a value or a list of values, found a range", place, key);
    }
    for (const double number : range_numbers(*range, fmt::format("{}: {}", place, key))) {
      const Value value =
          type == FieldType::kInteger ? Value(static_cast<std::int64_t>(std::llround(number))) : Value(number);
      if (values.empty() || values.back() != value) values.push_back(value);
    }
  } else {
    values.push_back(toml_value(node));
  }
  return values;
}

struct Placed {
  toml::source_position at;
  GridAxis axis;
};

void read_axes(std::vector<Placed>& axes, const toml::table& table, const std::string& prefix,
               const std::string& where) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const std::string place = fmt::format("{}:{}", where, name.source().begin.line);
    const toml::table* inner = node.as_table();
    if (inner != nullptr && !is_config_key(key) && renamed_key(key).empty()) {
      read_axes(axes, *inner, key + ".", where);
      continue;
    }
    if (key == "fork.run")
      fail(ErrorKind::kConfig, "{}: fork.run: expected [[then]], which names the parents itself", place);
    Config probe;
    if (!is_config_key(key))
      assign_value(probe, key, toml_value(node), place);  // throws: unknown, with the nearest name
    GridAxis axis{key, axis_values(node, key, place), place};
    for (const Value& value : axis.values) assign_value(probe, key, value, place);
    axes.push_back({name.source().begin, std::move(axis)});
  }
}

std::vector<GridAxis> axes_of(const toml::table& table, const std::string& where) {
  std::vector<Placed> placed;
  read_axes(placed, table, "", where);
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
  });
  std::vector<GridAxis> axes;
  for (Placed& p : placed) axes.push_back(std::move(p.axis));
  return axes;
}

std::vector<const toml::table*> blocks(const toml::table& table, const char* name, const std::string& where) {
  std::vector<const toml::table*> found;
  const toml::node* node = table.get(name);
  if (node == nullptr) return found;
  const auto wrong = [&] {
    fail(ErrorKind::kConfig, "{}:{}: {}: expected blocks that start with [[{}]]", where, node->source().begin.line,
         name, name);
  };
  const toml::array* list = node->as_array();
  if (list == nullptr) wrong();
  for (const toml::node& element : *list) {
    if (!element.is_table()) wrong();
    found.push_back(element.as_table());
  }
  return found;
}

std::string stage_text(const toml::table& table, const char* name, const std::string& where) {
  const toml::node* node = table.get(name);
  if (node == nullptr) return "";
  const auto* text = node->as_string();
  if (text == nullptr || text->get().empty()) {
    fail(ErrorKind::kConfig, "{}:{}: {}: expected the name of a stage in quotes", where, node->source().begin.line,
         name);
  }
  return text->get();
}

GridStage stage_of(toml::table table, const std::string& where) {
  GridStage stage;
  stage.where = fmt::format("{}:{}", where, table.source().begin.line);
  stage.name = stage_text(table, "name", where);
  stage.of = stage_text(table, "of", where);
  for (const toml::table* block : blocks(table, "case", where)) stage.cases.push_back(axes_of(*block, where));
  for (const char* known : {"name", "of", "case", "then"}) table.erase(known);
  stage.axes = axes_of(table, where);
  return stage;
}

}  // namespace

Grid parse_grid_text(std::string_view text, const std::string& where) {
  Grid grid;
  const toml::table table = parse_toml(text, where);
  grid.stages.push_back(stage_of(table, where));
  if (!grid.stages[0].of.empty()) fail(ErrorKind::kConfig, "{}: of: expected in a [[then]] block only", where);
  for (const toml::table* block : blocks(table, "then", where)) {
    if (block->contains("then")) {
      fail(ErrorKind::kConfig, "{}:{}: expected [[then]] blocks one after another, found one inside another", where,
           block->source().begin.line);
    }
    GridStage stage = stage_of(*block, where);
    if (!stage.of.empty() && std::none_of(grid.stages.begin(), grid.stages.end(),
                                          [&](const GridStage& earlier) { return earlier.name == stage.of; })) {
      fail(ErrorKind::kConfig, "{}: of = \"{}\": expected the name of an earlier stage", stage.where, stage.of);
    }
    grid.stages.push_back(std::move(stage));
  }
  for (const GridAxis& axis : grid.stages[0].axes) {
    if (axis.key.starts_with("fork."))
      fail(ErrorKind::kConfig, "{}: {}: expected in a [[then]] block only", axis.where, axis.key);
  }
  return grid;
}

void set_in_grid(Grid& grid, const std::string& assignment, std::string_view option) {
  const Assignment parsed = parse_assignment(assignment, option);
  Config probe;
  apply_assignment(probe, parsed, option);
  if (parsed.key.starts_with("fork.")) {
    fail(ErrorKind::kConfig, "{}: {}: expected in a [[then]] block of the grid only", option, parsed.key);
  }
  const auto drop = [&](std::vector<GridAxis>& axes) {
    std::erase_if(axes, [&](const GridAxis& axis) { return axis.key == parsed.key; });
  };
  for (GridStage& stage : grid.stages) {
    drop(stage.axes);
    for (GridCase& one : stage.cases) drop(one);
    std::erase_if(stage.cases, [](const GridCase& one) { return one.empty(); });
  }
  grid.stages[0].axes.push_back({parsed.key, {*config_value(probe, parsed.key)}, std::string(option)});
}

Grid read_grid_file(const std::string& path) { return parse_grid_text(read_text_file(path), path); }

}  // namespace groklab
