// What the module's files share: owners that Python may use from any thread, arrays, and calls that Ctrl-C ends.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "groklab/error.h"
#include "groklab/run.h"
#include "groklab/store.h"

namespace groklab::python {

namespace nb = nanobind;

/// A run that Python holds. One thread at a time gets in; the others wait without the interpreter's lock. A view of a
/// run that a store trains is open while the callback has it.
class RunHandle {
 public:
  explicit RunHandle(Run run) : owned_(std::make_unique<Run>(std::move(run))), run_(owned_.get()) {}
  RunHandle() = default;  ///< a view, closed

  /// use(Run&) without the interpreter's lock.
  template <class Use>
  auto with(Use&& use) {
    const nb::gil_scoped_release release;
    const std::lock_guard lock(mutex_);
    if (run_ == nullptr) {
      throw Error(ErrorKind::kConfig, "run: expected a call from the callback, found one after it");
    }
    return use(*run_);
  }
  /// Of a view; nullptr closes it.
  void show(Run* run) {
    const nb::gil_scoped_release release;
    const std::lock_guard lock(mutex_);
    run_ = run;
  }

 private:
  std::recursive_mutex mutex_;  // a callback asks the run that calls it
  std::unique_ptr<Run> owned_;
  Run* run_ = nullptr;
};

/// A store that Python holds, with the same rule.
class StoreHandle {
 public:
  explicit StoreHandle(const std::string& directory) : directory_(directory), store_(directory) {}

  template <class Use>
  auto with(Use&& use) {
    const nb::gil_scoped_release release;
    const std::lock_guard lock(mutex_);
    return use(store_);
  }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::mutex mutex_;
  std::filesystem::path directory_;
  RunStore store_;
};

/// A NumPy array that owns what the vector held.
template <class T>
nb::object array(std::vector<T> values, const std::vector<std::size_t>& shape) {
  auto* held = new std::vector<T>(std::move(values));
  const nb::capsule owner(held, [](void* pointer) noexcept { delete static_cast<std::vector<T>*>(pointer); });
  return nb::cast(nb::ndarray<nb::numpy, T>(held->data(), shape.size(), shape.data(), owner));
}
template <class T>
nb::object array(std::vector<T> values) {
  const std::size_t size = values.size();
  return array(std::move(values), {size});
}

/// What Python asked to hear of a training: callback(record, view or None) at evaluation steps, whose False stops; in
/// between Ctrl-C and stop(), whose truth stops. An exception is kept, stops the training, and is thrown by finish().
class Listener {
 public:
  Listener(nb::object callback, nb::object stop, std::vector<std::string> tensor_names)
      : callback_(std::move(callback)), stop_(std::move(stop)), names_(std::move(tensor_names)) {}
  Next on_record(const Record& record, Run* view);
  Next on_progress();
  /// With the interpreter's lock, once training has returned.
  void finish();

 private:
  Next ask(const Record& record, const nb::object& view);

  nb::object callback_, stop_;
  std::vector<std::string> names_;
  std::optional<nb::python_error> error_;
};

/// work(interrupt) on another thread, while this one looks whether Ctrl-C was pressed and calls idle().
template <class Work, class Idle>
auto interruptible(Work&& work, Idle&& idle) {
  std::atomic<bool> interrupt{false};
  auto result = std::async(std::launch::async, [&] { return work(interrupt); });
  std::optional<nb::python_error> error;
  for (bool done = false; !done;) {
    {
      const nb::gil_scoped_release release;
      done = result.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready;
    }
    if (error) continue;
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      idle();
    } catch (nb::python_error& raised) {
      error.emplace(std::move(raised));
      interrupt.store(true);
    }
  }
  if (!error) return result.get();
  try {
    result.get();
  } catch (const std::exception&) {  // what the person asked for is the news
  }
  throw std::move(*error);
}

/// Records as columns: {"step": int64[n], "train_loss": float64[n], ..., "norm:TENSOR": float64[n]}.
nb::dict columns(std::span<const Record> records, const std::vector<std::string>& tensor_names);
/// One record: the same names with numbers.
nb::dict record_dict(const Record& record, const std::vector<std::string>& tensor_names);

std::vector<std::string> tensor_names(const Run& run);
Config config_of(const std::string& json);
/// (status, step, reason, seconds)
nb::tuple outcome_tuple(const Outcome& outcome);
nb::dict task_dict(const Task& task, const Split& split);

void bind_run(nb::module_& module);
void bind_store(nb::module_& module);
void bind_sweep(nb::module_& module);

}  // namespace groklab::python
