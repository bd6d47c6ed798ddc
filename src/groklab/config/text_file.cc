// See text_file.h.
#include "groklab/config/text_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "groklab/base/error.h"

namespace groklab {

std::string read_text_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  constexpr std::streamsize kLargest = 256'000'000;  // /dev/zero has no end
  std::streamsize size = 0;
  for (char part[1 << 16]; file.read(part, sizeof part) || file.gcount() > 0;) {
    text.write(part, file.gcount());
    if ((size += file.gcount()) > kLargest) {
      fail(ErrorKind::kInput, "{}: expected a text file of at most {} bytes, found more", path, kLargest);
    }
  }
  if (!file.is_open() || file.bad() || errno == EISDIR) {
    fail(ErrorKind::kInput, "{}: expected a readable text file, found: {}", path,
         errno != 0 ? std::strerror(errno) : "a read error");
  }
  return text.str();
}

}  // namespace groklab
