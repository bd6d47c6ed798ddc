// Who is at the other end of a connection within this machine: other users can reach 127.0.0.1 too.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace groklab::serve {

/// How an address and port stand in the system's tables of connections (/proc/net/tcp, tcp6); IPv4 ones in both forms.
std::vector<std::string> table_forms(const sockaddr_storage& address);

/// The user whose socket has `own` as its address and `other` as the one that it is connected to, from the text of such
/// a table.
std::optional<uid_t> owner_in(std::string_view table, const std::vector<std::string>& own,
                              const std::vector<std::string>& other);

/// Whether the socket's other end belongs to a user of this machine who is neither this process's nor root. False where
/// the system does not tell.
bool is_of_another_user(int socket);

}  // namespace groklab::serve
