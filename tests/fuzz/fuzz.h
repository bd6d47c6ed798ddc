// Readers of what others may have made, each as a function of bytes: for libFuzzer (`make fuzz`), and for the tests,
// which repeat the corpora and some thousand mutations of them with any compiler.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace groklab {

struct FuzzTarget {
  const char* name;                     ///< also of its corpus, tests/fuzz/corpus/NAME
  void (*run)(std::string_view bytes);  ///< reads, and walks through what was read
  std::vector<std::string_view> words;  ///< what mutations put in, beside bytes
};

const std::vector<FuzzTarget>& fuzz_targets();
/// Throws std::out_of_range for an unknown one.
const FuzzTarget& fuzz_target(std::string_view name);

/// "" if the target took the bytes or refused them as it should: with an Error that is no defect of groklab, whose
/// message is one line of valid UTF-8 without control characters and of at most 500 bytes. Else what happened instead.
std::string complaint_about(const FuzzTarget& target, std::string_view bytes);

/// What happens next belongs to a target alone: a property that must hold for whatever it read.
void must_hold(bool property, const char* what);

// The targets, one file each.
const FuzzTarget& config_target();
const FuzzTarget& grid_target();
const FuzzTarget& table_target();
const FuzzTarget& row_table_target();
const FuzzTarget& rows_target();
const FuzzTarget& npy_target();
const FuzzTarget& safetensors_target();
const FuzzTarget& checkpoint_target();
const FuzzTarget& store_row_target();
const FuzzTarget& json_target();
const FuzzTarget& condition_target();
const FuzzTarget& state_target();
const FuzzTarget& study_target();
const FuzzTarget& request_target();
const FuzzTarget& run_file_target();
const FuzzTarget& pack_target();
const FuzzTarget& formula_target();

}  // namespace groklab
