// Tests of peer.h. That another user is refused is tests/serve_program_test.cc.
#include "groklab/serve/peer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

namespace groklab::serve {
namespace {

sockaddr_storage address(const char* text, std::uint16_t port) {
  sockaddr_storage storage = {};
  if (std::strchr(text, ':') == nullptr) {
    sockaddr_in v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    inet_pton(AF_INET, text, &v4.sin_addr);
    std::memcpy(&storage, &v4, sizeof(v4));
  } else {
    sockaddr_in6 v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    inet_pton(AF_INET6, text, &v6.sin6_addr);
    std::memcpy(&storage, &v6, sizeof(v6));
  }
  return storage;
}

// As Linux shows them on a machine whose least significant byte comes first.
constexpr const char* kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0\n"
    "   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 20 4 30 10 -1\n"
    "   2: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 3 1 0 20 4 30 10 -1\n"
    "   3: short line\n"
    "   4: 0100007F:C002 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  x        0 3 1 0 20 4 30 10 -1\n";

TEST(ServePeer, IsFoundByBothEnds) {
  if (htonl(1) == 1) GTEST_SKIP() << "another order of bytes";
  const auto here = table_forms(address("127.0.0.1", 8080));
  EXPECT_EQ(owner_in(kTable, table_forms(address("127.0.0.1", 0xc001)), here), 1001u);
  EXPECT_EQ(owner_in(kTable, here, table_forms(address("127.0.0.1", 0xc001))), 1000u);
  EXPECT_EQ(owner_in(kTable, table_forms(address("127.0.0.1", 0xc002)), here), std::nullopt);  // no number
  EXPECT_EQ(owner_in(kTable, table_forms(address("127.0.0.1", 0xc003)), here), std::nullopt);
  EXPECT_EQ(owner_in("", here, here), std::nullopt);
}

TEST(ServePeer, AddressesAreWrittenAsTheSystemDoes) {
  if (htonl(1) == 1) GTEST_SKIP() << "another order of bytes";
  EXPECT_EQ(table_forms(address("127.0.0.1", 8080)),
            (std::vector<std::string>{"0100007F:1F90", "0000000000000000FFFF00000100007F:1F90"}));
  EXPECT_EQ(table_forms(address("::1", 80)), (std::vector<std::string>{"00000000000000000000000001000000:0050"}));
}

// The system's own tables: this process at both ends, by both kinds of addresses.
TEST(ServePeer, OnesOwnConnectionIsOnesOwn) {
  for (const char* host : {"127.0.0.1", "::1"}) {
    const sockaddr_storage place = address(host, 0);
    const socklen_t size = place.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    const int listener = ::socket(place.ss_family, SOCK_STREAM, 0), client = ::socket(place.ss_family, SOCK_STREAM, 0);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&place), size) != 0) continue;  // no IPv6 here
    ASSERT_EQ(::listen(listener, 1), 0);
    sockaddr_storage bound = {};
    socklen_t bound_size = sizeof(bound);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &bound_size);
    ASSERT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&bound), bound_size), 0);
    const int accepted = ::accept(listener, nullptr, nullptr);
    EXPECT_FALSE(is_of_another_user(accepted));
    for (const int socket : {listener, client, accepted}) ::close(socket);
  }
  EXPECT_FALSE(is_of_another_user(-1));
}

}  // namespace
}  // namespace groklab::serve
