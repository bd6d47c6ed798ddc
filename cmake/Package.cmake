# make deb: a Debian package of the program. What it links with comes from the same release's own packages.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME groklab)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The groklab contributors <groklab@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "laboratory for grokking")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Trains the small networks in which grokking happens, exactly and fast on ordinary processors,
 reproduces published claims with a verdict on each, stores and continues every run bit for bit, looks inside the
 networks, and draws the results on one page.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program)  # the library is for those who build it
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME groklab)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
