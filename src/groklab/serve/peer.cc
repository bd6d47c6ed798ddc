// See peer.h.
#include "groklab/serve/peer.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

namespace groklab::serve {
namespace {

std::string word_of(const unsigned char* bytes) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));  // as the system writes it: in its own order
  return fmt::format("{:08X}", word);
}

bool is_one_of(std::string_view word, const std::vector<std::string>& forms) {
  return std::find(forms.begin(), forms.end(), word) != forms.end();
}

/// The words of a line.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(' '); at != line.npos; at = line.find_first_not_of(' ', at)) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string text_of_file(const char* name) {
  std::ostringstream text;
  text << std::ifstream(name).rdbuf();
  return text.str();
}

}  // namespace

std::vector<std::string> table_forms(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in v4 = {};
    std::memcpy(&v4, &address, sizeof(v4));
    const unsigned char mapped[4] = {0, 0, 0xff, 0xff};
    const std::string word = word_of(reinterpret_cast<const unsigned char*>(&v4.sin_addr));
    const std::string port = fmt::format(":{:04X}", ntohs(v4.sin_port));
    return {word + port, std::string(16, '0') + word_of(mapped) + word + port};
  }
  if (address.ss_family != AF_INET6) return {};
  sockaddr_in6 v6 = {};
  std::memcpy(&v6, &address, sizeof(v6));
  std::string words;
  for (int i = 0; i < 16; i += 4) words += word_of(v6.sin6_addr.s6_addr + i);
  return {words + fmt::format(":{:04X}", ntohs(v6.sin6_port))};
}

std::optional<uid_t> owner_in(std::string_view table, const std::vector<std::string>& own,
                              const std::vector<std::string>& other) {
  while (!table.empty()) {
    const std::size_t end = std::min(table.find('\n'), table.size());
    const std::vector<std::string_view> words = words_of(table.substr(0, end));
    table.remove_prefix(std::min(end + 1, table.size()));
    if (words.size() < 8 || !is_one_of(words[1], own) || !is_one_of(words[2], other)) continue;
    uid_t user = 0;
    const auto [last, error] = std::from_chars(words[7].data(), words[7].data() + words[7].size(), user);
    if (error == std::errc{} && last == words[7].data() + words[7].size()) return user;
  }
  return std::nullopt;
}

bool is_of_another_user(int socket) {
  sockaddr_storage here = {}, there = {};
  socklen_t here_size = sizeof(here), there_size = sizeof(there);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&here), &here_size) != 0 ||
      ::getpeername(socket, reinterpret_cast<sockaddr*>(&there), &there_size) != 0) {
    return false;
  }
  const std::vector<std::string> own = table_forms(there), other = table_forms(here);
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const std::optional<uid_t> user = owner_in(text_of_file(table), own, other);
    if (user) return *user != ::geteuid() && *user != 0;
  }
  return false;
}

}  // namespace groklab::serve
