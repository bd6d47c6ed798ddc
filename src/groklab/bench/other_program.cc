// See other_program.h.
#include "groklab/bench/other_program.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "groklab/analysis/estimate.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"

namespace groklab {
namespace {

constexpr int kNotRun = 127;  // as shells say it

struct Output {
  int code = 0;  ///< exit code, or 128 + the signal that ended it
  std::string out, err;
};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File temporary_file() {
  File file(std::tmpfile(), &std::fclose);
  if (file == nullptr) fail(ErrorKind::kIo, "bench: no temporary file: {}", std::strerror(errno));
  return file;
}

std::string contents(std::FILE* file) {
  std::string text;
  char buffer[4096];
  std::rewind(file);
  for (std::size_t n = std::fread(buffer, 1, sizeof(buffer), file); n > 0;
       n = std::fread(buffer, 1, sizeof(buffer), file)) {
    text.append(buffer, n);
  }
  return text;
}

/// Runs a program and waits. Its standard input is empty.
Output output_of(std::vector<std::string> words) {
  const File out = temporary_file(), err = temporary_file(), in = temporary_file();
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) fail(ErrorKind::kInternal, "bench: fork failed: {}", std::strerror(errno));
  if (child == 0) {
    dup2(fileno(in.get()), STDIN_FILENO);
    dup2(fileno(out.get()), STDOUT_FILENO);
    dup2(fileno(err.get()), STDERR_FILENO);
    execvp(pointers[0], pointers.data());
    const char* why = std::strerror(errno);
    const ssize_t written = write(STDERR_FILENO, why, std::strlen(why));
    _exit(written > 0 ? kNotRun : kNotRun - 1);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, contents(out.get()), contents(err.get())};
}

/// What it said, in one line.
std::string said(const std::string& text) {
  const std::string line = text.substr(0, std::min(text.find('\n'), std::size_t{200}));
  return line.empty() ? "nothing" : "'" + line + "'";
}

/// The program's standard output. Throws Error(kInput) unless its exit code is 0.
std::string answer_of(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Output output = output_of(std::move(words));
  if (output.code == kNotRun) {
    fail(ErrorKind::kInput, "--against {}: expected a program that can be run, found {}", program, said(output.err));
  }
  if (output.code != 0) {
    fail(ErrorKind::kInput, "--against {}: {}: expected exit code 0, found {} and {}", program, join(arguments, " "),
         output.code, said(output.err));
  }
  return output.out;
}

}  // namespace

OtherProgram::OtherProgram(std::string program) : program_(std::move(program)) {
  const std::string list = answer_of(program_, {"bench", "--list"});
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    if (std::string name; words >> name) cases_.push_back(name);
  }
  if (cases_.empty()) {
    fail(ErrorKind::kInput, "--against {}: bench --list: expected names of cases, found {}", program_, said(list));
  }
}

bool OtherProgram::has_case(const std::string& name) const {
  return std::find(cases_.begin(), cases_.end(), name) != cases_.end();
}

double OtherProgram::ms_per_step(const BenchCase& bench_case, const BenchOptions& options) const {
  std::vector<std::string> words = {"bench", "--json", "--case", bench_case.name};
  const auto add = [&](const char* name, const auto& value) {
    words.insert(words.end(), {name, fmt::format("{}", value)});
  };
  add("--threads", options.threads);
  add("--repeats", options.repeats);
  add("--seconds", options.seconds);
  for (const std::string& setting : bench_case.settings) words.insert(words.end(), {"--set", setting});
  const std::string text = answer_of(program_, words);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto* results = json.is_object() && json.contains("results") ? &json["results"] : nullptr;
  const bool is_one = results != nullptr && results->is_array() && results->size() == 1 && (*results)[0].is_object();
  if (is_one && (*results)[0].contains("ms_per_step") && (*results)[0]["ms_per_step"].is_number()) {
    const double ms = (*results)[0]["ms_per_step"].get<double>();
    if (ms > 0) return ms;
  }
  fail(ErrorKind::kInput, "--against {}: {}: expected JSON with one result and its ms_per_step above 0, found {}",
       program_, join(words, " "), said(text));
}

BenchResult run_bench_against(const OtherProgram& other, const BenchCase& bench_case, const BenchOptions& options) {
  BenchOptions once = options;
  once.repeats = 1;
  const bool has_case = other.has_case(bench_case.name);
  std::vector<BenchResult> own;
  std::vector<double> theirs, ratios;
  for (int turn = 0; turn < options.repeats; ++turn) {
    if (has_case && turn % 2 == 1) theirs.push_back(other.ms_per_step(bench_case, once));
    own.push_back(run_bench_isolated(bench_case, once));
    if (has_case && turn % 2 == 0) theirs.push_back(other.ms_per_step(bench_case, once));
    if (has_case) ratios.push_back(theirs.back() / own.back().ms_per_step);
  }
  BenchResult result = median_result(own);
  BenchComparison& against = result.against.emplace();
  against.program = other.program();
  against.has_case = has_case;
  const double none = std::numeric_limits<double>::quiet_NaN();
  against.ms_per_step = against.times_as_fast = against.times_as_fast_low = against.times_as_fast_high = none;
  if (!has_case) return result;
  against.ms_per_step = median_of(theirs);
  against.times_as_fast = median_of(ratios);
  against.times_as_fast_low = *std::min_element(ratios.begin(), ratios.end());
  against.times_as_fast_high = *std::max_element(ratios.begin(), ratios.end());
  return result;
}

}  // namespace groklab
