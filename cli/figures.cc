// See figures.h. The page's own script draws: in node, or in a browser that opens a page of nothing but the
// specifications. Both print a line for each figure, its SVG percent-encoded.
#include "figures.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>
#include <system_error>

#include "child.h"
#include "groklab/base/error.h"
#include "groklab/files/file_io.h"
#include "groklab/report/html.h"

namespace groklab::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 640;  // CSS pixels, a column of the page

constexpr const char* kNodeDriver = R"(
require('./bundle.js');
(async () => {
  for (const [name, spec] of Object.entries(JSON.parse(require('fs').readFileSync('specs.json', 'utf8')))) {
    const svg = await globalThis.groklabSvg(spec, WIDTH).catch((error) => { console.error(`${name}: ${error.message}`); });
    if (svg) console.log(`figure ${name} ${encodeURIComponent(svg)}`);
  }
})();
)";

constexpr const char* kPage = R"(<!DOCTYPE html><meta charset="utf-8"><title>figures</title>
<script id="specs" type="application/json">SPECS</script><script src="bundle.js"></script><pre id="out"></pre>
<script>
(async () => {
  const out = document.getElementById('out');
  for (const [name, spec] of Object.entries(JSON.parse(document.getElementById('specs').textContent))) {
    const svg = await groklabSvg(spec, WIDTH).catch(() => null);
    if (svg) out.textContent += `\nfigure ${name} ${encodeURIComponent(svg)}\n`;
  }
})();
</script>
)";

/// A program of PATH; "" if there is none.
std::string found(std::initializer_list<const char*> names) {
  const char* variable = std::getenv("PATH");
  std::istringstream path(variable == nullptr ? "" : variable);
  for (std::string folder; std::getline(path, folder, ':');) {
    for (const char* name : names) {
      const std::string file = folder + "/" + name;
      if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file;
    }
  }
  return "";
}

/// A folder that lives as long as the object.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "groklab-figures-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      fail(ErrorKind::kIo, "{}: cannot be created: {}", pattern, std::strerror(errno));
    }
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path file(const char* name) const { return path_ / name; }
  void write(const char* name, const std::string& text) const { write_file(file(name), text, Durability::kNoSync); }

 private:
  fs::path path_;
};

std::string with(std::string text, const std::string& word, const std::string& value) {
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + value.size())) {
    text.replace(at, word.size(), value);
  }
  return text;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ec == std::errc()) {
      result += static_cast<char>(value);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

/// "{"name": spec, ...}".
std::string specs_of(const std::vector<Figure>& figures) {
  std::string text = "{";
  for (const Figure& figure : figures)
    text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", figure.id, figure.spec);
  return text + "}";
}

/// SVG by name of the figure.
std::map<std::string, std::string> drawn(const std::vector<Figure>& figures, const std::string& node,
                                         const std::string& browser) {
  const Scratch scratch;
  const std::string width = std::to_string(kWidth), specs = specs_of(figures);
  scratch.write("bundle.js", std::string(figure_program()));
  std::vector<std::string> words;
  if (!node.empty()) {
    scratch.write("specs.json", specs);
    scratch.write("draw.cjs", "process.chdir(__dirname);" + with(kNodeDriver, "WIDTH", width));
    words = {node, scratch.file("draw.cjs").string()};
  } else {
    scratch.write("page.html", with(with(kPage, "WIDTH", width), "SPECS", with(specs, "<", "\\u003c")));
    words = {browser,
             "--headless",
             "--no-sandbox",
             "--disable-gpu",
             "--disable-dev-shm-usage",
             "--virtual-time-budget=120000",
             "--user-data-dir=" + scratch.file("profile").string(),
             "--dump-dom",
             "file://" + scratch.file("page.html").string()};
  }
  const ChildResult result = run_child(words);
  std::map<std::string, std::string> svgs;
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream parts(line);
    std::string word, name, svg;
    if (parts >> word >> name >> svg && word == "figure") svgs[name] = percent_decoded(svg);
  }
  if (svgs.size() < figures.size()) {
    fail(ErrorKind::kIo, "{}: expected {} figures, found {}: {}", words[0], figures.size(), svgs.size(),
         svgs.empty() ? result.output : "");
  }
  return svgs;
}

}  // namespace

WrittenFigures write_figures(const std::vector<Figure>& figures, const fs::path& folder) {
  make_directories(folder, Durability::kNoSync);
  const auto place = [&](const Figure& figure, const char* end) { return folder / (figure.id + end); };
  for (const Figure& figure : figures) write_file(place(figure, ".vl.json"), figure.spec, Durability::kNoSync);
  WrittenFigures written{{"Vega-Lite"}, ""};
  const std::string node = found({"node", "nodejs"});
  const std::string browser = node.empty() ? found({"chromium", "chromium-headless-shell", "google-chrome"}) : "";
  if (node.empty() && browser.empty()) {
    written.missing =
        "SVG and PDF: expected node or chromium in PATH, found neither; any Vega-Lite viewer draws the others";
    return written;
  }
  const std::map<std::string, std::string> svgs = drawn(figures, node, browser);
  for (const Figure& figure : figures) {
    write_file(place(figure, ".svg"), svgs.at(figure.id), Durability::kNoSync);
  }
  written.kinds.emplace_back("SVG");
  const std::string converter = found({"rsvg-convert"});
  if (converter.empty()) {
    written.missing = "PDF: expected rsvg-convert in PATH (Debian: librsvg2-bin), found none";
    return written;
  }
  for (const Figure& figure : figures) {
    const ChildResult result = run_child(
        {converter, "--format", "pdf", "--output", place(figure, ".pdf").string(), place(figure, ".svg").string()});
    if (result.code != 0) fail(ErrorKind::kIo, "{}: {}", converter, result.output);
  }
  written.kinds.emplace_back("PDF");
  return written;
}

}  // namespace groklab::cli
