// Answers that took work, the last few of them.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <utility>

namespace groklab::serve {

/// Keeps the last `most` values by name. One thread makes a value at a time; others that want one wait, and find it.
template <typename Value>
class Recent {
 public:
  explicit Recent(std::size_t most) : most_(most) {}

  template <typename Make>
  Value get(const std::string& name, Make&& make) {
    const std::lock_guard working(work_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->first != name) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entry->second;
    }
    Value value = make();
    entries_.emplace_front(name, value);
    if (entries_.size() > most_) entries_.pop_back();
    return value;
  }

 private:
  std::size_t most_;
  std::mutex work_;
  std::list<std::pair<std::string, Value>> entries_;
};

}  // namespace groklab::serve
