// Options that several subcommands share, and what they stand for.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/store/store.h"

namespace groklab::cli {

struct StoreOption {
  std::string directory;

  void add_to(CLI::App& command);
  /// Creates the store if missing.
  Store open() const;
  /// Throws Error(kStore) instead of creating one: for commands that only read.
  Store open_existing() const;
  /// " --store DIR" as it must be repeated in a proposed command; "" for the default.
  std::string as_argument() const;
  std::filesystem::path path() const;
};

struct ThreadsOption {
  int threads = 0;  ///< 0: all usable cores

  /// `more` ends the line of help.
  void add_to(CLI::App& command, const std::string& more = "");
  int count() const;
};

/// Help of --isa where it pins one for many runs.
inline constexpr const char* kPinnedInstructionSet =
    "Instruction set of all runs, such as AVX2; a machine without it and stored runs of another are refused (default: "
    "the machine's best)";

/// A word as a shell takes it.
std::string shell_quoted(const std::string& text);

/// --set key=value, once or more.
void add_set_option(CLI::App& command, std::vector<std::string>& assignments);

/// A config file ("" for none) with assignments on top.
Config read_config(const std::string& file, const std::vector<std::string>& assignments);

/// Before work whose result write_output will write there. Throws Error(kIo) if that is not possible.
void check_output_file(const std::string& file);
/// Text for people, or JSON, on standard output. Throws Error(kIo).
void write_text(const std::string& text);
/// Bytes for other programs on standard output. Throws Error(kIo).
void write_data(std::string_view bytes);
/// Writes to the file, or to standard output if the name is empty or "-". Throws Error(kIo).
void write_output(const std::string& file, const std::string& bytes);

}  // namespace groklab::cli
