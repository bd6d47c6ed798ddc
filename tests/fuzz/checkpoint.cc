// Files of training states. Their checksum is put right first: a mutation would never get behind it.
#include "fuzz.h"
#include "groklab/store/checkpoint_file.h"
#include "memory_file.h"

namespace groklab {
namespace {

const ParameterLayout& layout() {
  static const ParameterLayout kLayout = [] {
    ParameterLayout made;
    made.add("a", {2, 3});
    made.add("b.c", {1});
    return made;
  }();
  return kLayout;
}

void run(std::string_view bytes) {
  TensorFile file;
  {
    const MemoryFile place(bytes);
    file = read_safetensors(place.path());
  }
  seal_checkpoint_file(file);
  const TrainState state = checkpoint_from_file(file, layout(), "fuzz.safetensors");
  const std::size_t size =
      static_cast<std::size_t>(layout().total()) * (state.precision == Precision::kFloat64 ? 8 : 4);
  must_hold(state.parameters.size() == size, "parameters of the layout");
  for (const StateBuffer& buffer : state.buffers) must_hold(buffer.bytes.size() == size, "buffers of the layout");
  const TrainState again = checkpoint_from_file(checkpoint_to_file(state, layout(), true), layout(), "again");
  must_hold(again.parameters == state.parameters && again.buffers == state.buffers,
            "the same after writing and reading");
}

}  // namespace

const FuzzTarget& checkpoint_target() {
  static const FuzzTarget target = {
      "checkpoint",
      run,
      {"\"version\":\"1\"", "\"version\":\"3\"", "\"buffers\":\"adam.m adam.v\"", "\"step\":\"",
       "\"precision\":\"float64\"", "optim.adam.m.a", "first_moment", "0x1p-3", "nan", "inf", "9223372036854775808",
       "-1", "\"F64\"", "\"F32\"", "[2,3]"}};
  return target;
}

}  // namespace groklab
