# make install: program, library, headers and a CMake package; and the test that uses them as a stranger would.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/groklab)
target_include_directories(groklab PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(groklab PUBLIC cxx_std_20)
install(TARGETS groklab EXPORT groklabTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET groklab_cli)
  install(TARGETS groklab_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY include/groklab src/groklab DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT groklabTargets NAMESPACE groklab:: DESTINATION ${package_dir})
configure_package_config_file(cmake/groklabConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/groklabConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/groklabConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/groklabConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/groklabConfigVersion.cmake
        DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

add_test(NAME InstalledPackage.BuildsAndRunsAConsumer
         COMMAND ${CMAKE_COMMAND} -DGROKLAB_BUILD=${CMAKE_CURRENT_BINARY_DIR} -DGENERATOR=${CMAKE_GENERATOR}
                 -DCOMPILER=${CMAKE_CXX_COMPILER} -P ${CMAKE_CURRENT_SOURCE_DIR}/tests/package/run.cmake)
set_tests_properties(InstalledPackage.BuildsAndRunsAConsumer PROPERTIES TIMEOUT 300)
