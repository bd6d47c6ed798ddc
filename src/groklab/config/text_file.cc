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
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || errno == EISDIR) {
    fail(ErrorKind::kInput, "{}: expected a readable text file, found: {}", path,
         errno != 0 ? std::strerror(errno) : "a read error");
  }
  return text.str();
}

}  // namespace groklab
