// See probe_set.h.
#include "groklab/config/probe_set.h"

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/component.h"
#include "groklab/config/suggest.h"

namespace groklab {

const std::vector<std::string>& probe_names() {
  static const std::vector<std::string> names = component_names(kProbesKey);
  return names;
}

ProbeSet parse_probes(const std::string& list, const std::string& key) {
  ProbeSet asked;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string name = list.substr(begin, end - begin);
    std::erase(name, ' ');
    begin = end + 1;
    if (name == "all") {
      asked.names = probe_names();
    } else if (std::find(probe_names().begin(), probe_names().end(), name) != probe_names().end()) {
      asked.names.push_back(name);
    } else {
      const std::string nearest = nearest_name(name, probe_names());
      fail(ErrorKind::kConfig, "{}: expected names of {}, or all, separated by commas; found '{}'{}", key,
           join(probe_names(), ", "), name, nearest.empty() ? "" : "; did you mean " + nearest + "?");
    }
  }
  ProbeSet set;  // in the table's order, each once
  for (const std::string& name : probe_names()) {
    if (asked.contains(name)) set.names.push_back(name);
  }
  return set;
}

}  // namespace groklab
