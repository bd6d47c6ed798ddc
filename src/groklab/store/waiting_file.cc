// See waiting_file.h. Numbers are written as the database would have them: every bit comes back.
#include "groklab/store/waiting_file.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/record/fields.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/stored_json.h"

namespace groklab {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view kPrefix = "waiting-";
constexpr std::string_view kSuffix = ".safetensors";
constexpr const char* kRecords = "waiting_records";
constexpr const char* kProbes = "waiting_probes";
constexpr const char* kHasState = "waiting_state";

/// [metric, ..., norms]: whole numbers as they are, others as in tensor_norms.
OrderedJson record_list(const Record& record) {
  OrderedJson list = OrderedJson::array();
  visit_metrics(record, [&](const char*, const char*, const auto& value) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, double>) {
      list.push_back(OrderedJson::parse(tensor_norms_text({value}))[0]);
    } else {
      list.push_back(value);
    }
  });
  list.push_back(OrderedJson::parse(tensor_norms_text(record.tensor_norms)));
  return list;
}

Record record_from(const OrderedJson& list) {
  Record record;
  std::size_t at = 0;
  visit_metrics(record, [&](const char*, const char*, auto& value) {
    const OrderedJson& item = list.at(at++);
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, double>) {
      value = parse_tensor_norms("[" + item.dump() + "]").at(0);
    } else {
      value = item.get_ref<const std::int64_t&>();
    }
  });
  record.tensor_norms = parse_tensor_norms(list.at(at).dump());
  return record;
}

std::string records_text(const std::vector<Record>& records) {
  OrderedJson list = OrderedJson::array();
  for (const Record& record : records) list.push_back(record_list(record));
  return stored_json_text(list);
}

std::string probes_text(const std::vector<ProbeResult>& probes) {
  OrderedJson list = OrderedJson::array();
  for (const ProbeResult& result : probes) list.push_back(probe_result_to_json(result));
  return stored_json_text(list);
}

TensorFile file_of(const WaitingPart& part) {
  TensorFile file = part.state;
  if (!part.has_state) file = TensorFile{};
  file.metadata["version"] = "3";
  file.metadata[kRecords] = records_text(part.records);
  file.metadata[kProbes] = probes_text(part.probes);
  file.metadata[kHasState] = part.has_state ? "yes" : "no";
  seal_checkpoint_file(file);
  return file;
}

WaitingPart read_part(const std::filesystem::path& path) {
  WaitingPart part;
  part.state = read_checkpoint_file(path);
  std::map<std::string, std::string>& metadata = part.state.metadata;
  const std::string where = path.string();
  try {
    for (const OrderedJson& list : parse_stored_json(metadata.at(kRecords), where)) {
      part.records.push_back(record_from(list));
    }
    for (const OrderedJson& json : parse_stored_json(metadata.at(kProbes), where)) {
      part.probes.push_back(probe_result_from_json(json));
    }
    part.has_state = metadata.at(kHasState) == "yes";
    if (part.has_state) {
      part.kept = metadata.at("kept") == "yes";
      part.step = std::stoll(metadata.at("step"));
    }
  } catch (const std::exception& error) {  // of JSON, of the map, of the number
    fail(ErrorKind::kInput, "{}: expected a part of a run that waits for the database: {}", where, error.what());
  }
  for (const char* key : {kRecords, kProbes, kHasState}) metadata.erase(key);
  seal_checkpoint_file(part.state);
  return part;
}

/// The number in a file's name; -1 if the name is none of ours.
std::int64_t number_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return -1;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : -1;
}

}  // namespace

WaitingFiles::WaitingFiles(const StoreFiles& files, const std::string& folder) : files_(files), folder_(folder) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(files.run_folder(folder), none)) {
    const std::string name = entry.path().filename().string();
    if (number_of(name) >= 0) names_.push_back(name);
  }
  std::sort(names_.begin(), names_.end());
}

void WaitingFiles::add(const WaitingPart& part) {
  const std::int64_t number = names_.empty() ? 0 : number_of(names_.back()) + 1;
  files_.make_run_folder(folder_, Durability::kSync);
  names_.push_back(fmt::format("{}{:09}{}", kPrefix, number, kSuffix));
  write_safetensors(path(names_.size() - 1), file_of(part), Durability::kSync, Links::kReplace);
  if (!part.has_state) return;
  if (unkept_ >= 0) {  // the new state is on the disk: the old one's place is wasted, its records are not
    WaitingPart before = read_part(path(static_cast<std::size_t>(unkept_)));
    before.has_state = false;
    write_safetensors(path(static_cast<std::size_t>(unkept_)), file_of(before), Durability::kSync, Links::kReplace);
  }
  unkept_ = part.kept ? -1 : static_cast<std::ptrdiff_t>(names_.size()) - 1;
}

void WaitingFiles::visit(const std::function<void(const WaitingPart&)>& take) const {
  for (std::size_t i = 0; i < names_.size(); ++i) take(read_part(path(i)));
}

void WaitingFiles::clear() {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::error_code ignored;
    std::filesystem::remove(path(i), ignored);
  }
  names_.clear();
  unkept_ = -1;
}

std::filesystem::path WaitingFiles::folder() const { return files_.run_folder(folder_); }

std::filesystem::path WaitingFiles::path(std::size_t index) const { return folder() / names_[index]; }

}  // namespace groklab
