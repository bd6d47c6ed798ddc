// The include rules of ARCHITECTURE.md, checked on every source file: data flows one way.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace groklab {
namespace {

namespace fs = std::filesystem;

/// Folders of src/groklab in dependency order: a file includes its own folder and those before it.
const std::vector<std::string> kFolders = {"base",   "tensor", "exec",    "config",  "record", "view",     "task",
                                           "kernel", "model",  "optim",   "engine",  "probe",  "train",    "components",
                                           "files",  "run",    "store",   "lab",     "theory", "analysis", "report",
                                           "bench",  "sweep",  "studies", "cluster", "serve"};
/// Allowed by the order and forbidden all the same: {including folder, included folder}.
const std::vector<std::pair<std::string, std::string>> kForbidden = {
    {"analysis", "model"},   // what needs a forward pass is a probe
    {"analysis", "engine"},  // the same
    {"report", "model"},
    {"report", "train"}};
/// Headers that few places may know, by how their paths start.
const std::vector<std::pair<std::regex, std::vector<std::string>>> kPrivateHeaders = {
    {std::regex(R"(hwy/.*|.*intrin\.h|arm_neon\.h|cblas.*\.h)"), {"kernel/"}},
    {std::regex(R"(dlfcn\.h)"), {"kernel/blas/"}},
    {std::regex(R"(cuda.*\.h|cublas.*\.h)"), {"engine/cuda/"}},
    {std::regex(R"((unsupported/)?Eigen/.*)"), {"probe/", "optim/"}},
    {std::regex(R"(boost/.*)"), {"analysis/student.cc"}},  // heavy
    {std::regex(R"(Random123/.*)"), {"base/random."}},
    {std::regex(R"(toml\+\+/.*)"), {"config/"}},
    {std::regex(R"(xxhash\.h)"), {"base/digest.cc", "config/"}},
    {std::regex(R"(zlib\.h)"), {"store/npz.cc"}},
    {std::regex(R"(SQLiteCpp/.*|sqlite3\.h)"), {"store/"}},
    {std::regex(R"(httplib\.h)"), {"serve/server.cc"}},  // heavy
    {std::regex(R"(CLI/.*)"), {"cli/"}}};

int position(const std::string& folder) {
  return static_cast<int>(std::find(kFolders.begin(), kFolders.end(), folder) - kFolders.begin());
}

std::string first_folder(const std::string& path) { return path.substr(0, path.find('/')); }

/// The first folder that may include a public header: plain values are known from `config` on, but the owner of a run
/// and what it shows are built on top of everything.
std::string first_folder_for(const std::string& name) {
  if (name == "error.h" || name == "version.h") return "base";
  if (name == "config.h" || name == "records.h" || name == "probes.h" || name == "task.h") return "config";
  if (name == "run.h") return "run";
  if (name == "store.h") return "store";
  return "report";
}

/// Why the file `path` (relative to src/groklab) must not include `included`; "" if it may.
std::string violation(const std::string& path, const std::string& included) {
  for (const auto& [header, owners] : kPrivateHeaders) {
    if (!std::regex_match(included, header)) continue;
    const bool allowed =
        std::any_of(owners.begin(), owners.end(), [&](const std::string& owner) { return path.rfind(owner, 0) == 0; });
    if (!allowed) return "only " + owners.front() + " may include it";
  }
  for (const char* program : {"cli/", "python/", "tests/"}) {
    if (included.rfind(program, 0) == 0) return "the library knows no program";
  }
  const std::string own = "groklab/";
  if (included.rfind(own, 0) != 0) return "";
  const std::string from = first_folder(path);
  const std::string rest = included.substr(own.size());
  if (rest.find('/') == std::string::npos) {
    if (position(from) >= position(first_folder_for(rest))) return "";
    return from + " comes before what include/groklab/" + rest + " is for";
  }
  const std::string to = first_folder(rest);
  if (position(from) == static_cast<int>(kFolders.size())) return from + " is not in the list of folders";
  if (position(to) > position(from)) return from + " comes before " + to;
  for (const auto& [including, forbidden] : kForbidden) {
    if (from == including && to == forbidden) return from + " must not know " + to;
  }
  return "";
}

std::vector<std::string> includes_of(const fs::path& file) {
  static const std::regex kInclude(R"re(\s*#\s*include\s*["<]([^">]+)[">].*)re");
  std::vector<std::string> found;
  std::ifstream stream(file);
  std::string line;
  while (std::getline(stream, line)) {
    std::smatch match;
    if (std::regex_match(line, match, kInclude)) found.push_back(match[1]);
  }
  return found;
}

TEST(Includes, FollowTheArchitecture) {
  const fs::path root = fs::path(GROKLAB_SOURCE_DIR) / "src" / "groklab";
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string path = fs::relative(entry.path(), root).generic_string();
    const std::string extension = entry.path().extension().string();
    // A test may put together what the library keeps apart.
    if ((extension != ".h" && extension != ".cc") || path.ends_with("_test.cc")) continue;
    for (const std::string& included : includes_of(entry.path())) {
      ++seen;
      EXPECT_EQ(violation(path, included), "") << path << " includes " << included;
    }
  }
  EXPECT_GT(seen, 20);
}

TEST(Includes, ForbiddenOnesAreSeen) {
  EXPECT_NE(violation("train/loop.cc", "groklab/store/store.h"), "");
  EXPECT_NE(violation("analysis/fit.cc", "groklab/model/transformer.h"), "");
  EXPECT_NE(violation("base/error.h", "groklab/config.h"), "");
  EXPECT_NE(violation("report/page.cc", "cli/main.h"), "");
  EXPECT_NE(violation("model/mlp.cc", "hwy/highway.h"), "");
  EXPECT_NE(violation("engine/cpu/x.cc", "immintrin.h"), "");
  EXPECT_NE(violation("engine/cpu/x.cc", "cuda_runtime.h"), "");
  EXPECT_NE(violation("misc/x.cc", "groklab/base/error.h"), "");
  EXPECT_NE(violation("analysis/curves.cc", "Eigen/Dense"), "");
  EXPECT_NE(violation("analysis/estimate.h", "boost/math/distributions/students_t.hpp"), "");
  EXPECT_NE(violation("lab/import.cc", "sqlite3.h"), "");
  EXPECT_NE(violation("report/page.cc", "zlib.h"), "");
  EXPECT_NE(violation("probe/circuits.cc", "groklab/store/store.h"), "");
  EXPECT_EQ(violation("probe/text.cc", "groklab/view/text.h"), "");
  EXPECT_EQ(violation("probe/weights.cc", "Eigen/Dense"), "");
  EXPECT_EQ(violation("kernel/simd/gemm.cc", "hwy/highway.h"), "");
  EXPECT_EQ(violation("train/loop.cc", "groklab/engine/engine.h"), "");
  EXPECT_EQ(violation("train/loop.cc", "vector"), "");
  EXPECT_EQ(violation("train/loop.cc", "groklab/records.h"), "");
  EXPECT_NE(violation("train/loop.cc", "groklab/run.h"), "");
}

TEST(Includes, AreReadInEveryForm) {
  const fs::path file = fs::path(testing::TempDir()) / "includes_test_sample.h";
  std::ofstream(file) << "#include <vector>\n  #  include \"groklab/base/error.h\"  // why\n// #include <no>\n";
  EXPECT_EQ(includes_of(file), (std::vector<std::string>{"vector", "groklab/base/error.h"}));
  fs::remove(file);
}

/// Includes of the library's files among themselves: path -> included paths, both below src/ or include/.
std::map<std::string, std::vector<std::string>> include_graph() {
  std::map<std::string, std::vector<std::string>> graph;
  for (const char* root : {"src", "include"}) {
    const fs::path top = fs::path(GROKLAB_SOURCE_DIR) / root;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      if (entry.path().extension() == ".h") {
        graph[fs::relative(entry.path(), top).generic_string()] = includes_of(entry.path());
      }
    }
  }
  return graph;
}

/// A path that leads back to where it began, "a -> b -> a"; "" if there is none.
std::string cycle_in(const std::map<std::string, std::vector<std::string>>& graph) {
  std::map<std::string, int> seen;  // 1: on the present path, 2: done
  std::string found;
  const std::function<bool(const std::string&, const std::string&)> visit = [&](const std::string& node,
                                                                                const std::string& path) {
    if (!graph.contains(node) || seen[node] == 2) return false;
    const std::string here = path.empty() ? node : path + " -> " + node;
    if (seen[node] == 1) {
      found = here;
      return true;
    }
    seen[node] = 1;
    for (const std::string& next : graph.at(node)) {
      if (visit(next, here)) return true;
    }
    seen[node] = 2;
    return false;
  };
  for (const auto& [node, includes] : graph) {
    if (visit(node, "")) return found;
  }
  return "";
}

TEST(Includes, HaveNoCycle) {
  EXPECT_GT(include_graph().size(), 50u);
  EXPECT_EQ(cycle_in(include_graph()), "");
  EXPECT_EQ(cycle_in({{"a", {"b"}}, {"b", {"c", "d"}}, {"c", {}}, {"d", {"b"}}}), "a -> b -> d -> b");
}

}  // namespace
}  // namespace groklab
