# Fails unless PROGRAM was compiled and linked with what Components.cmake and CMakeLists.txt ask for; READELF is binutils'.
execute_process(COMMAND ${READELF} --dyn-syms --dynamic --program-headers --wide ${PROGRAM} OUTPUT_VARIABLE elf
                COMMAND_ERROR_IS_FATAL ANY)
foreach(mark __stack_chk_fail __[a-z]+_chk@ GNU_RELRO BIND_NOW "GNU_STACK +0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ RW " "Type: +DYN|FLAGS_1.*PIE")
  if(NOT elf MATCHES "${mark}")
    message(FATAL_ERROR "${PROGRAM}: expected ${mark} in what readelf prints, found nothing like it")
  endif()
endforeach()
