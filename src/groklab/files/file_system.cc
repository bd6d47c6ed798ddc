// See file_system.h.
#include "groklab/files/file_system.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace groklab {

bool is_network_file_system_type(std::int64_t type) {
  constexpr std::array<std::int64_t, 13> kTypes = {
      0x6969,      // NFS
      0x517B,      // SMB
      0xFE534D42,  // SMB 2 and 3
      0xFF534D42,  // CIFS
      0x0BD00BD0,  // Lustre
      0x47504653,  // GPFS
      0x19830326,  // BeeGFS
      0x00C36400,  // Ceph
      0x5346414F,  // AFS
      0x6B414653,  // kAFS
      0x7461636F,  // OCFS2
      0x01161970,  // GFS2
      0x01021997,  // 9p
  };
  return std::find(kTypes.begin(), kTypes.end(), type & 0xFFFFFFFF) != kTypes.end();
}

bool is_network_file_system(const std::filesystem::path& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return false;
  const char* said = std::getenv("GROKLAB_NETWORK_STORE");
  return (said != nullptr && std::string_view(said) == "1") || is_network_file_system_type(status.f_type);
}

}  // namespace groklab
