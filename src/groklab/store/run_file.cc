// See run_file.h.
#include "groklab/store/run_file.h"

#include <cstring>
#include <utility>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"

namespace groklab {
namespace {

constexpr std::string_view kRunFileHead = "GROKRUN1";
constexpr std::size_t kFrameHead = 16;  // length and checksum of what follows
/// Longer than any frame of ours: a length that is damaged must not take the memory of the machine.
constexpr std::uint64_t kLongestFrame = 1 << 28;

enum CellType : unsigned char { kNull = 0, kInteger = 1, kReal = 2, kText = 3 };

template <typename T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void put_text(std::string& bytes, std::string_view text) {
  put(bytes, static_cast<std::uint32_t>(text.size()));
  bytes += text;
}

/// A damaged frame has another checksum; these errors are for one that somebody made.
struct Malformed {};

class FrameReader {
 public:
  explicit FrameReader(std::string_view bytes) : rest_(bytes) {}

  bool is_at_end() const { return rest_.empty(); }

  template <typename T>
  T number() {
    T value{};
    std::memcpy(&value, part(sizeof(value)).data(), sizeof(value));
    return value;
  }
  std::string text() { return std::string(part(number<std::uint32_t>())); }

  RunFileSection section() {
    RunFileSection section;
    section.table = text();
    const auto kind = number<unsigned char>();
    if (kind > static_cast<unsigned char>(SectionKind::kAll)) throw Malformed{};
    section.kind = static_cast<SectionKind>(kind);
    const auto columns = number<std::uint32_t>();
    if (columns > rest_.size()) throw Malformed{};
    for (std::uint32_t i = 0; i < columns; ++i) section.columns.push_back(text());
    const auto rows = number<std::uint32_t>();
    if (columns == 0 ? rows > 0 : rows > rest_.size() / columns) throw Malformed{};
    for (std::uint32_t i = 0; i < rows; ++i) {
      std::vector<Cell>& row = section.rows.emplace_back();
      row.reserve(columns);
      for (std::uint32_t j = 0; j < columns; ++j) row.push_back(cell());
    }
    return section;
  }

 private:
  Cell cell() {
    switch (number<unsigned char>()) {
      case kNull:
        return std::monostate{};
      case kInteger:
        return number<std::int64_t>();
      case kReal:
        return number<double>();
      case kText:
        return text();
      default:
        throw Malformed{};
    }
  }
  std::string_view part(std::size_t size) {
    if (size > rest_.size()) throw Malformed{};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

/// Nothing of the next frame is believed before its checksum fits.
std::string frame_fault(InputFile& file, std::uintmax_t left, std::string& payload) {
  std::uint64_t head[2];
  if (left < kFrameHead) return "it ends within a frame";
  file.read(std::as_writable_bytes(std::span(head)));
  if (head[0] > kLongestFrame || head[0] > left - kFrameHead) return "it ends within a frame";
  payload.resize(head[0]);
  file.read(std::as_writable_bytes(std::span(payload.data(), payload.size())));
  if (payload.empty() || static_cast<std::uint64_t>(checksum_of(payload)) != head[1]) {
    return "a frame's checksum does not fit";
  }
  return "";
}

}  // namespace

std::string_view run_file_head() { return kRunFileHead; }

RunFileFrame::RunFileFrame() : bytes_(1, '\0') {}

void RunFileFrame::begin(std::string_view table, SectionKind kind, const std::vector<std::string>& columns) {
  put_text(bytes_, table);
  put(bytes_, kind);
  put(bytes_, static_cast<std::uint32_t>(columns.size()));
  for (const std::string& column : columns) put_text(bytes_, column);
  count_at_ = bytes_.size();
  rows_ = 0;
  put(bytes_, rows_);
}

void RunFileFrame::add_row(const std::vector<Cell>& cells) {
  ++rows_;
  for (const Cell& cell : cells) {
    put(bytes_, static_cast<unsigned char>(cell.index()));
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) put(bytes_, *integer);
    if (const auto* real = std::get_if<double>(&cell)) put(bytes_, *real);
    if (const auto* text = std::get_if<std::string>(&cell)) put_text(bytes_, *text);
  }
}

void RunFileFrame::end() { std::memcpy(bytes_.data() + count_at_, &rows_, sizeof(rows_)); }

std::string RunFileFrame::take(bool closes) {
  bytes_[0] = closes ? 1 : 0;
  std::string frame;
  frame.reserve(kFrameHead + bytes_.size());
  put(frame, static_cast<std::uint64_t>(bytes_.size()));
  put(frame, checksum_of(bytes_));
  frame += bytes_;
  bytes_.assign(1, '\0');
  return frame;
}

RunFileEnd read_run_file(InputFile& file, const std::string& where,
                         const std::function<void(const std::vector<RunFileSection>&, bool closes)>& take) {
  std::string head(kRunFileHead.size(), '\0');
  if (file.size() >= head.size()) file.read(std::as_writable_bytes(std::span(head.data(), head.size())));
  if (head != kRunFileHead) {
    fail(ErrorKind::kInput, "{}: expected a run's file, beginning with {}, found another", where, kRunFileHead);
  }
  RunFileEnd end;
  std::string payload;
  for (std::uintmax_t at = head.size(); at < file.size(); at += kFrameHead + payload.size()) {
    end.fault = frame_fault(file, file.size() - at, payload);
    if (!end.fault.empty()) break;
    try {
      FrameReader reader(payload);
      const bool closes = reader.number<unsigned char>() != 0;
      std::vector<RunFileSection> sections;
      while (!reader.is_at_end()) sections.push_back(reader.section());
      take(sections, closes);
      if (closes) end.closed_bytes = at + kFrameHead + payload.size();
    } catch (const Malformed&) {
      end.fault = "a frame is not what a run's file has";
      break;
    }
  }
  return end;
}

}  // namespace groklab
