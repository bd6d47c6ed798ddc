# Compiles folders that lean on large headers (JSON, TOML, CLI11, SQLite) as one translation unit each: the headers are
# parsed and their templates made once. cli/, 16 files: 90 s of compiling one by one, 14 s together. Hence names in
# anonymous namespaces are unique within such a folder. -DGROKLAB_UNITY=OFF compiles every file by itself.
option(GROKLAB_UNITY "Compile some folders as one translation unit each" ON)

set(groklab_unity_folders config store lab sweep studies report)

function(one_unit_per_folder target folder)
  if(GROKLAB_UNITY)
    set_source_files_properties(${ARGN} PROPERTIES UNITY_GROUP ${folder})
  endif()
endfunction()
