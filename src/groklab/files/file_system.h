// What kind of disk a path lies on.
#pragma once

#include <cstdint>
#include <filesystem>

namespace groklab {

/// Whether several machines may see it at once: NFS, SMB, Lustre, GPFS, BeeGFS, Ceph, AFS, OCFS2, GFS2, 9p. Of FUSE
/// nobody can tell (sshfs, or a local disk): it counts as local, unless the variable GROKLAB_NETWORK_STORE is 1, which
/// says so of every path. False if the path is missing.
bool is_network_file_system(const std::filesystem::path& path);
/// The same of statfs' f_type (linux/magic.h, and the file systems' own sources where it lacks them).
bool is_network_file_system_type(std::int64_t type);

}  // namespace groklab
