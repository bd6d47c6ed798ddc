// Who may ask what: the address, the origin, the token, the form and the size of a request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/serve/http.h"

namespace groklab::serve {

/// What a request may hold.
inline constexpr std::size_t kLongestBody = 64 * 1024;
inline constexpr std::size_t kLongestPath = 2048;
inline constexpr std::size_t kLongestQuery = 16 * 1024;

struct Access {
  std::vector<std::string> hosts;  ///< what a request may call us, "127.0.0.1:8080"; empty: anything (--host 0.0.0.0)
  std::string token;
  bool token_for_all = false;  ///< not for writes alone: others than this machine can reach us
  bool read_only = false;
};

/// The answer to a request that must not be looked at any further; nothing if it may. The body need not be there yet:
/// its length is announced. A page of another name that points here (DNS rebinding) is refused by its Host, a page of
/// another origin by its Origin.
std::optional<Response> refusal(const Access& access, const Request& request);

/// 128 random bits as hexadecimal digits. Throws Error(kIo) if the system has none.
std::string random_token();
/// In a time that tells nothing about where two texts of one length differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Whether only this machine reaches an address: 127.0.0.0/8, ::1, localhost.
bool is_loopback(std::string_view host);
/// What a browser may call a server at this address and port; empty for an address that stands for all (0.0.0.0, ::).
std::vector<std::string> names_of(const std::string& host, int port);
/// "http://127.0.0.1:8080/"; with brackets around an IPv6 address.
std::string url_of(const std::string& host, int port);

}  // namespace groklab::serve
