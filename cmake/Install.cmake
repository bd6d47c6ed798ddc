# make install: the public headers, one archive per component, a CMake package, and the program if it was built.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/groklab)
foreach(component ${groklab_components})
  install(TARGETS groklab_${component} EXPORT groklab_${component} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT groklab_${component} NAMESPACE groklab:: DESTINATION ${package_dir})
endforeach()
if(TARGET groklab_cli)
  install(TARGETS groklab_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT program)
  # The manual page and completion are made of the program's own tables.
  foreach(kind man bash zsh fish)
    set(made ${CMAKE_CURRENT_BINARY_DIR}/share/${kind})
    add_custom_command(TARGET groklab_cli POST_BUILD COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/share
                       COMMAND groklab_cli completion ${kind} > ${made} VERBATIM)
  endforeach()
  set(made ${CMAKE_CURRENT_BINARY_DIR}/share)
  install(FILES ${made}/man DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 RENAME groklab.1 COMPONENT program)
  install(FILES ${made}/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME groklab COMPONENT program)
  install(FILES ${made}/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _groklab COMPONENT program)
  install(FILES ${made}/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME groklab.fish COMPONENT program)
endif()
install(DIRECTORY include/groklab DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
configure_package_config_file(cmake/groklabConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/groklabConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/groklabConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/groklabConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/groklabConfigVersion.cmake
        DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
