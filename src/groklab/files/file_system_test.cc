// Which disks several machines may see.
#include "groklab/files/file_system.h"

#include <gtest/gtest.h>

namespace groklab {
namespace {

TEST(FileSystem, NetworkOnesAreKnownByTheirType) {
  for (const std::int64_t type : {0x6969L, 0x0BD00BD0L, 0x47504653L, 0xFF534D42L}) {
    EXPECT_TRUE(is_network_file_system_type(type));
  }
  // The sign of a 32-bit number: f_type is a signed long.
  EXPECT_TRUE(is_network_file_system_type(static_cast<std::int32_t>(0xFF534D42)));
  for (const std::int64_t type : {0xEF53L /* ext4 */, 0x58465342L /* xfs */, 0x01021994L /* tmpfs */, 0x794C7630L}) {
    EXPECT_FALSE(is_network_file_system_type(type));
  }
}

TEST(FileSystem, WhatIsMissingIsNone) { EXPECT_FALSE(is_network_file_system("/nonexistent/here")); }

}  // namespace
}  // namespace groklab
