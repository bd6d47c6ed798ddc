// See support_test.h.
#include "groklab/store/support_test.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cstring>
#include <limits>

#include "groklab/store/record_columns.h"

namespace groklab {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "groklab-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed: " + pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

int start_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child < 0) return -1;
  if (child == 0) {
    int code = 99;
    try {
      code = body();
    } catch (const std::exception& error) {
      ::dprintf(2, "in the child: %s\n", error.what());
    }
    ::_exit(code);
  }
  return child;
}

int wait_for_child(int process) {
  int status = 0;
  if (::waitpid(process, &status, 0) != process) return -1;
  return WIFEXITED(status) && WEXITSTATUS(status) != 99 ? WEXITSTATUS(status) : -1;
}

int in_child(const std::function<int()>& body) { return wait_for_child(start_child(body)); }

int with_file_size_limit(std::size_t bytes, const std::function<int()>& body) {
  return in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return -1;
    return body();
  });
}

ParameterLayout small_layout() {
  ParameterLayout layout;
  layout.add("embed.W_E", {5, 4});
  layout.add("blocks.0.attn.W_Q", {2, 2, 4});
  layout.add("unembed.b_U", {3});
  return layout;
}

Record sample_record(std::int64_t step, const ParameterLayout& layout) {
  Record record;
  double next = 0.1 + static_cast<double>(step);
  visit_metrics(record, [&](const char* group, const char*, auto& value) {
    using Value = std::remove_reference_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, double>) {
      const bool empty = std::string(group) == "removed";
      value = empty ? std::numeric_limits<double>::quiet_NaN() : (next *= 1.000123);
    } else {
      value = step;
    }
  });
  record.removed.rows = 0;
  for (std::size_t i = 0; i < layout.tensors().size(); ++i) record.tensor_norms.push_back(next *= 1.01);
  return record;
}

TrainState sample_state(std::int64_t step, const ParameterLayout& layout, Precision precision, bool moments) {
  const std::size_t size = precision == Precision::kFloat64 ? 8 : 4;
  const auto buffer = [&](int salt) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(layout.total()) * size, std::byte{0});
    for (const TensorSpec& spec : layout.tensors()) {
      const auto begin = static_cast<std::size_t>(spec.offset) * size;
      for (std::size_t i = 0; i < static_cast<std::size_t>(spec.size) * size; ++i) {
        bytes[begin + i] = static_cast<std::byte>((step + salt + static_cast<std::int64_t>(i) * 7) & 0xff);
      }
    }
    return bytes;
  };
  TrainState state;
  state.precision = precision;
  state.step = step;
  state.optimizer_step = step + 1000;
  state.parameters = buffer(1);
  if (moments) state.buffers = {{"adam.m", buffer(2)}, {"adam.v", buffer(3)}};
  state.last_gradient_norm = 1.0 / 3 + static_cast<double>(step);
  state.last_update_norm = 1e-300 / 7;
  state.last_learning_rate = 1e-3;
  state.seconds = 0.1;
  return state;
}

void expect_same(const Record& a, const Record& b) {
  std::vector<std::uint64_t> bits[2];
  const Record* records[2] = {&a, &b};
  for (int i = 0; i < 2; ++i) {
    visit_metrics(*records[i], [&](const char*, const char*, const auto& value) {
      using Value = std::remove_cvref_t<decltype(value)>;
      Value plain = value;
      if constexpr (std::is_same_v<Value, double>) {
        if (plain != plain) plain = std::numeric_limits<double>::quiet_NaN();
      }
      bits[i].push_back(std::bit_cast<std::uint64_t>(plain));
    });
    for (const double norm : records[i]->tensor_norms) bits[i].push_back(std::bit_cast<std::uint64_t>(norm));
  }
  EXPECT_EQ(bits[0], bits[1]) << "at step " << a.step;
}

void expect_same(const TrainState& a, const TrainState& b) {
  EXPECT_EQ(a.precision, b.precision);
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.optimizer_step, b.optimizer_step);
  EXPECT_TRUE(a.parameters == b.parameters);
  EXPECT_TRUE(a.buffers == b.buffers);
  EXPECT_EQ(a.last_gradient_norm, b.last_gradient_norm);
  EXPECT_EQ(a.last_update_norm, b.last_update_norm);
  EXPECT_EQ(a.last_learning_rate, b.last_learning_rate);
  EXPECT_EQ(a.seconds, b.seconds);
}

}  // namespace groklab
