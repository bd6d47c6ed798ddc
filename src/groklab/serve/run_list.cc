// See run_list.h.
#include "groklab/serve/run_list.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config/keys.h"
#include "groklab/serve/http.h"
#include "groklab/serve/json_text.h"

namespace groklab::serve {
namespace {

using nlohmann::ordered_json;

constexpr double kBucketsPerFold = 12;  ///< the overview's curves have at most 8
constexpr std::size_t kMostRemovals = 1000;

struct FixedColumn {
  const char *name, *source, *type;  ///< in the list, and in report/run_columns
};
constexpr FixedColumn kFixed[] = {{"run", "id", "text"},
                                  {"name", "name", "text"},
                                  {"tags", "tags", "list"},
                                  {"status", "status", "text"},
                                  {"step", "step", "number"},
                                  {"train_accuracy", "train_accuracy", "number"},
                                  {"test_accuracy", "test_accuracy", "number"},
                                  {"T_fit", "t_fit", "number"},
                                  {"T_grok", "t_grok", "number"},
                                  {"T_ungrok", "t_ungrok", "number"},
                                  {"parent", "parent", "text"},
                                  {"created", "created", "text"},
                                  {"task", "task", "text"},
                                  {"train_rows", "train_rows", "number"},
                                  {"train_loss", "train_loss", "number"},
                                  {"test_loss", "test_loss", "number"},
                                  {"norm", "norm", "number"},
                                  {"seconds", "seconds", "number"},
                                  {"reason", "reason", "text"},
                                  {"engine", "engine", "text"}};

const char* type_of_key(const std::string& key) {
  for (const Field& field : default_fields()) {
    if (key != field.spec.key) continue;
    return field.type == FieldType::kInteger || field.type == FieldType::kNumber ? "number" : "text";
  }
  return "text";
}

std::vector<ListColumn> columns_with(const std::vector<std::string>& keys) {
  std::vector<ListColumn> columns;
  for (const FixedColumn& fixed : kFixed) {
    columns.push_back({fixed.name, fixed.type, false, run_column(fixed.source, "")});
  }
  for (const std::string& key : keys) columns.push_back({key, type_of_key(key), true, {}});
  return columns;
}

void append_cell(std::string& text, const ListColumn& column, const ListedRun& run) {
  if (column.is_key) {
    text += key_json(run.info.config, column.name);
    return;
  }
  if (column.type == "list") {
    text += dumped(run.info.annotation.tags);
    return;
  }
  const RunValue value = column.source.value(run);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    append_json(text, *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    append_json(text, *real);
  } else if (const auto* words = std::get_if<std::string>(&value); words != nullptr && !words->empty()) {
    append_json(text, *words);
  } else {
    text += "null";
  }
}

std::string cells_of(const ListedRun& run, const std::vector<ListColumn>& columns) {
  std::string text = "[";
  for (const ListColumn& column : columns) {
    if (text.size() > 1) text += ',';
    append_cell(text, column, run);
  }
  return text + "]";
}

std::string columns_json(const std::vector<ListColumn>& columns) {
  ordered_json list = ordered_json::array();
  for (const ListColumn& column : columns) {
    list.push_back({{"name", column.name}, {"type", column.type}});
    if (column.is_key) list.back()["key"] = true;
  }
  return list.dump();
}

/// The last of each bucket stays.
void add_point(std::vector<OverviewPoint>& curve, const OverviewPoint& point) {
  const auto bucket = [](std::int64_t step) {
    return std::floor(kBucketsPerFold * std::log1p(static_cast<double>(step)));
  };
  if (!curve.empty() && bucket(curve.back().step) == bucket(point.step)) {
    curve.back() = point;
  } else {
    curve.push_back(point);
  }
}

bool same_columns(const std::vector<ListColumn>& a, const std::vector<ListColumn>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.name == y.name; });
}

}  // namespace

std::string key_json(const Config& config, const std::string& key) {
  std::string text;
  const std::optional<Value> value = config_value(config, key);
  if (!value) return "null";
  std::visit(
      [&](const auto& plain) {
        if constexpr (std::is_same_v<std::decay_t<decltype(plain)>, Unusable>) {
          text = "null";
        } else {
          append_json(text, plain);
        }
      },
      *value);
  return text;
}

const ListEntry* RunSnapshot::find(const std::string& id) const {
  const auto found = by_id.find(id);
  return found == by_id.end() ? nullptr : found->second;
}

std::string RunSnapshot::list_json(const std::vector<std::int64_t>* numbers) const {
  std::set<std::int64_t> shown;
  if (numbers != nullptr) shown.insert(numbers->begin(), numbers->end());
  std::string text =
      "{\"version\":" + std::to_string(version) + ",\"columns\":" + columns_json(columns) + ",\"rows\":[";
  bool first = true;
  for (const auto& entry : entries) {
    if (numbers != nullptr && !shown.contains(entry->number)) continue;
    if (!std::exchange(first, false)) text += ',';
    text += entry->cells;
  }
  return text + "],\"damaged\":" + dumped(damaged) + "}";
}

std::string RunSnapshot::change_json(std::uint64_t after) const {
  const bool full = after < complete_since || after > version;
  std::string text =
      "{\"version\":" + std::to_string(version) + ",\"columns\":" + columns_json(columns) + ",\"rows\":[";
  bool first = true;
  for (const auto& entry : entries) {
    if (!full && entry->changed <= after) continue;
    if (!std::exchange(first, false)) text += ',';
    text += entry->cells;
  }
  ordered_json removed = ordered_json::array();
  for (const Removal& removal : removals) {
    if (removal.version > after && find(removal.id) == nullptr) removed.push_back(removal.id);
  }
  return text + "],\"removed\":" + removed.dump() + ",\"full\":" + (full ? "true" : "false") + "}";
}

struct RunList::Changes {
  std::vector<std::int64_t> changed;  ///< rows that are new or another
  std::set<std::int64_t> removed;
};

RunList::RunList(const std::filesystem::path& store) : store_(store) {
  // Versions go on from the time, so that one of a server before this one is never taken for one of ours.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  auto first = std::make_shared<RunSnapshot>();
  first->version = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  first->complete_since = first->version + 1;
  snapshot_ = std::move(first);
  refresh();
}

RunList::Changes RunList::find_changes() {
  Changes changes;
  std::map<std::int64_t, std::int64_t> marks;
  for (const RunMark& mark : store_.marks()) {
    marks.emplace_hint(marks.end(), mark.number, mark.state);
    const auto known = marks_.find(mark.number);
    if (known == marks_.end() || known->second != mark.state) changes.changed.push_back(mark.number);
  }
  for (const auto& [number, state] : marks_) {
    if (!marks.contains(number)) changes.removed.insert(number);
  }
  marks_ = std::move(marks);
  return changes;
}

void RunList::refresh() {
  const std::lock_guard working(refreshing_);
  const std::int64_t counter = store_.change_counter();  // before the rest: what comes meanwhile is found next time
  if (counter == counter_) return;
  const Changes changes = find_changes();
  const bool is_first = counter_ == -1;
  counter_ = counter;
  if (!is_first && changes.changed.empty() && changes.removed.empty()) return;
  auto next = std::make_shared<RunSnapshot>(*snapshot());
  ++next->version;
  read_changes(changes, *next);
  publish(std::move(next));
}

void RunList::read_changes(const Changes& changes, RunSnapshot& next) {
  std::map<std::int64_t, std::shared_ptr<const ListEntry>, std::greater<>> entries;
  for (const auto& entry : next.entries) entries.emplace_hint(entries.end(), entry->number, entry);
  bool anew = false;
  for (const std::int64_t number : changes.removed) {
    faults_.erase(number);
    const auto gone = entries.find(number);
    if (gone == entries.end()) continue;
    next.removals.push_back({next.version, gone->second->run.info.id});
    entries.erase(gone);
    anew = true;
  }
  std::vector<std::shared_ptr<ListEntry>> changed;
  for (NumberedRun& row : store_.numbered_runs(changes.changed)) {
    faults_.erase(row.number);
    if (!row.fault.empty()) {
      faults_[row.number] = row.fault;
      anew = entries.erase(row.number) > 0 || anew;
      continue;
    }
    const auto known = entries.find(row.number);
    auto entry = known != entries.end() ? std::make_shared<ListEntry>(*known->second) : std::make_shared<ListEntry>();
    if (known == entries.end()) entry->finder = EventTimesFinder(event_rule(row.info.config));
    row.info.tensor_names.clear();  // half of the memory, and nobody asks
    if (known != entries.end() && entry->run.info.id != row.info.id)
      next.removals.push_back({next.version, entry->run.info.id});
    entry->number = row.number;
    entry->run.info = std::move(row.info);
    entry->changed = next.version;
    changed.push_back(entry);
    entries[entry->number] = entry;
  }
  read_records(changed);
  next.entries.clear();
  for (auto& [number, entry] : entries) next.entries.push_back(std::move(entry));
  if (next.removals.size() > kMostRemovals) {
    next.removals.erase(next.removals.begin(), next.removals.end() - kMostRemovals / 2);
    next.complete_since = next.removals.front().version;
  }
  next.damaged.clear();
  for (const auto& [number, fault] : faults_) next.damaged.push_back(fault);
  const std::vector<ListColumn> before = next.columns;
  choose_columns(next, anew);
  if (same_columns(before, next.columns)) {
    for (const auto& entry : changed) entry->cells = cells_of(entry->run, next.columns);
    return;
  }
  for (auto& entry : next.entries) {
    auto copy = std::make_shared<ListEntry>(*entry);
    copy->cells = cells_of(copy->run, next.columns);
    entry = std::move(copy);
  }
}

void RunList::read_records(const std::vector<std::shared_ptr<ListEntry>>& entries) {
  std::vector<RecordsAfter> wanted;
  for (const auto& entry : entries) wanted.push_back({entry->number, entry->last_step});
  store_.visit_outlines(wanted, [&](std::size_t place, const Record& record) {
    ListEntry& entry = *entries[place];
    entry.finder.add(record);
    entry.last_step = record.step;
    add_point(entry.curve, {record.step, record.test.accuracy, record.train.accuracy, record.test.loss, record.norm});
  });
  for (const auto& entry : entries) entry->run.times = entry->finder.times();
}

void RunList::choose_columns(RunSnapshot& next, bool anew) {
  std::vector<const Config*> configs;  // in the order in which they came
  for (auto entry = next.entries.rbegin(); entry != next.entries.rend(); ++entry) {
    configs.push_back(&(*entry)->run.info.config);
  }
  if (anew) keys_ = SweptKeyFinder();
  keys_.extend(configs);
  next.columns = columns_with(keys_.keys());
}

void RunList::publish(std::shared_ptr<RunSnapshot> next) {
  next->by_id.clear();
  for (const auto& entry : next->entries) next->by_id.emplace(entry->run.info.id, entry.get());
  {
    const std::lock_guard lock(mutex_);
    snapshot_ = std::move(next);
  }
  newer_.notify_all();
}

std::shared_ptr<const RunSnapshot> RunList::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

std::shared_ptr<const RunSnapshot> RunList::newer_than(std::uint64_t version, std::chrono::milliseconds wait) const {
  std::unique_lock lock(mutex_);
  newer_.wait_for(lock, wait, [&] { return snapshot_->version > version; });
  return snapshot_;
}

}  // namespace groklab::serve
