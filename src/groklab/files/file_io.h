// Whole-file reads and writes with one-line errors. A written file is whole or absent, also after a kill.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// Whether a write waits for the disk. Without kSync a file survives the death of the process at any moment, but a
/// loss of power within seconds may leave it short or empty.
enum class Durability { kNoSync, kSync };

/// Where a path that is a symbolic link leads.
enum class Links {
  kFollow,  ///< to what it points to: files that a user named
  kReplace  ///< nowhere: files of a store, which may come from others
};

/// Writes the parts one after another to a temporary file beside `path` and renames it to `path`.
/// Throws Error(kIo): disk full, no permission. The temporary is removed then, and an old `path` is untouched.
/// A new file takes over the permissions of an old one. Unless `links` says otherwise, what is no regular file (a pipe,
/// /dev/stdout) is written in place and a link keeps pointing to what it points to.
void write_file(const std::filesystem::path& path, std::span<const std::span<const std::byte>> parts,
                Durability durability, Links links = Links::kFollow);
/// The same for one text.
void write_file(const std::filesystem::path& path, const std::string& text, Durability durability,
                Links links = Links::kFollow);

/// The same for bytes that come in pieces and need not be in memory together. Without publish() nothing is there.
class OutputFile {
 public:
  /// Throws Error(kIo).
  explicit OutputFile(const std::filesystem::path& path, Links links = Links::kFollow);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view bytes);
  void publish(Durability durability);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Puts bytes behind the first `size` ones of a regular file that is there; what it holds behind these is cut off. Not
/// whole or absent: a reader must tell by itself what was cut short. Links are not followed. Throws Error(kIo).
void append_file(const std::filesystem::path& path, std::uintmax_t size, std::string_view bytes, Durability durability);

/// Waits until a file that was written without waiting, and its name, are on the disk. A missing one is no error.
/// Throws Error(kIo).
void sync_file(const std::filesystem::path& path);

/// Makes the directory and those above it that are missing; with kSync their names are on the disk afterwards.
/// Throws Error(kIo).
void make_directories(const std::filesystem::path& directory, Durability durability);

/// Throws Error(kIo) if a file could not be written at `path`: no such directory, no permission. For the start of work
/// whose result will be written there. Leaves nothing behind.
void check_writable(const std::filesystem::path& path);

/// Removes temporaries of write_file in `directory` whose process is dead. Errors are ignored.
void remove_stale_temporaries(const std::filesystem::path& directory);

/// A regular file opened for reading. Throws Error(kInput) if it is missing, no regular file, or ends early.
class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path);
  /// A part of one. Throws also if the file does not have it.
  InputFile(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t size);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::size_t size() const { return size_; }
  void read(std::span<std::byte> destination);

 private:
  std::string name_;
  int descriptor_ = -1;
  std::size_t size_ = 0;
};

}  // namespace groklab
