// See probe_set.h.
#include "groklab/config/probe_set.h"

#include <algorithm>
#include <iterator>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config.h"
#include "groklab/config/suggest.h"

namespace groklab {
namespace {

struct ProbeName {
  const char* name;
  bool ProbeSet::*flag;
};
constexpr ProbeName kProbes[] = {{"circuits", &ProbeSet::circuits}, {"frequencies", &ProbeSet::frequencies},
                                 {"neurons", &ProbeSet::neurons},   {"weights", &ProbeSet::weights},
                                 {"geometry", &ProbeSet::geometry}, {"subnetwork", &ProbeSet::subnetwork},
                                 {"ablation", &ProbeSet::ablation}};

}  // namespace

const std::vector<std::string>& probe_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const ProbeName& probe : kProbes) all.emplace_back(probe.name);
    return all;
  }();
  return names;
}

ProbeSet parse_probes(const std::string& list, const std::string& key) {
  ProbeSet set;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string name = list.substr(begin, end - begin);
    std::erase(name, ' ');
    begin = end + 1;
    const auto found =
        std::find_if(std::begin(kProbes), std::end(kProbes), [&](const auto& p) { return name == p.name; });
    if (found != std::end(kProbes)) {
      set.*found->flag = true;
    } else if (name == "all") {
      for (const ProbeName& probe : kProbes) set.*probe.flag = true;
    } else {
      const std::string nearest = nearest_name(name, probe_names());
      fail(ErrorKind::kConfig, "{}: expected names of {}, or all, separated by commas; found '{}'{}", key,
           join(probe_names(), ", "), name, nearest.empty() ? "" : "; did you mean " + nearest + "?");
    }
  }
  return set;
}

}  // namespace groklab
