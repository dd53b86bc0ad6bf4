# SPDX-License-Identifier: Apache-2.0
# pomona_join(target): compiles the target's files some at a time, as one. For files that are small beside
# the headers they all include, whose names differ and of whose compiled form nobody else knows.
function(pomona_join target)
  set_target_properties(
    ${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_CODE_BEFORE_INCLUDE
                         "// NOLINTNEXTLINE(bugprone-suspicious-include)")
endfunction()

# pomona_precompile(target first <header>…): `first` makes the precompiled header, the others use it. A build
# takes two thirds of the time so. That each file of a library compiles with what it includes and nothing
# else is seen by clang-tidy, which works on the commands of the preset `lint`.
option(POMONA_PRECOMPILE "precompile what most files include" ON)
if(POMONA_PRECOMPILE)
  # g++ forgets then that the standard library is none of our code, and sees endless copies in it.
  list(APPEND POMONA_WARNINGS -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
function(pomona_precompile target first)
  if(NOT POMONA_PRECOMPILE)
    return()
  elseif(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()

# Under a sanitizer a program takes longer to start than most tests to run.
option(POMONA_TEST_BY_PROGRAM "one test of ctest for each program, not for each test in it" OFF)

# pomona_module(image UNITS decode resize … USES base LINKS JPEG::JPEG)
#
# Makes the library pomona_image of the .cpp files of UNITS (a unit may be a header alone), and the test
# program pomona_image_test of those that have a UNIT_test.cpp beside them. USES names modules of ours,
# whose headers its own headers may include; LINKS names third parties, which stay private to its
# sources. TEST_SOURCES names units below src/pomona that serve tests alone: they are part of the test program
# and of no library.
function(pomona_module name)
  cmake_parse_arguments(PARSE_ARGV 1 module "" "" "UNITS;USES;LINKS;TEST_USES;TEST_LINKS;TEST_SOURCES")
  set(sources "")
  set(tests "")
  foreach(unit IN LISTS module_UNITS)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${unit}.cpp)
      list(APPEND sources ${unit}.cpp)
    elseif(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${unit}.h)
      message(FATAL_ERROR "module ${name}: unit ${unit} has neither ${unit}.cpp nor ${unit}.h")
    endif()
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${unit}_test.cpp)
      list(APPEND tests ${unit}_test.cpp)
    endif()
  endforeach()
  foreach(used IN LISTS module_USES)
    if(NOT TARGET pomona_${used})
      message(FATAL_ERROR "module ${name} uses ${used}, which does not stand below it in "
                          "src/pomona/CMakeLists.txt")
    endif()
  endforeach()
  list(TRANSFORM module_USES PREPEND pomona_)
  list(TRANSFORM module_TEST_USES PREPEND pomona_)

  add_library(pomona_${name} STATIC ${sources})
  target_include_directories(pomona_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(pomona_${name} PRIVATE ${POMONA_WARNINGS})
  target_link_libraries(pomona_${name} PUBLIC ${module_USES} PRIVATE ${module_LINKS})
  pomona_precompile(pomona_${name} pomona_base <nlohmann/json.hpp> <functional> <map> <thread>)

  if(tests AND POMONA_TESTS)
    list(TRANSFORM module_TEST_SOURCES REPLACE "(.+)" "${CMAKE_SOURCE_DIR}/src/pomona/\\1.cpp")
    set_source_files_properties(${module_TEST_SOURCES} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    add_executable(pomona_${name}_test ${tests} ${module_TEST_SOURCES})
    # What tests do takes no time worth optimizing for, and compiling them at -O3 a third of the whole.
    target_compile_options(pomona_${name}_test PRIVATE ${POMONA_WARNINGS} $<$<CONFIG:Release>:-O1>
                                                       $<$<CONFIG:Debug>:-O0>)
    target_compile_definitions(pomona_${name}_test
                               PRIVATE POMONA_GOLDEN="${CMAKE_SOURCE_DIR}/tests/golden"
                                       POMONA_SOURCE="${CMAKE_SOURCE_DIR}")
    target_link_libraries(pomona_${name}_test PRIVATE pomona_${name} ${module_TEST_USES}
                                                      ${module_TEST_LINKS} GTest::gmock_main)
    pomona_precompile(pomona_${name}_test pomona_base_test <gmock/gmock.h> <gtest/gtest.h>
                      <nlohmann/json.hpp> <thread>)
    pomona_join(pomona_${name}_test)
    add_dependencies(unit_tests pomona_${name}_test)
    if(POMONA_TEST_BY_PROGRAM)
      add_test(NAME ${name} COMMAND pomona_${name}_test --gtest_brief=1)
    else()
      gtest_discover_tests(pomona_${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60)
    endif()
  endif()
endfunction()

# pomona_library(core ROOMS base storage …): the library pomona_core of these modules, which stand in
# folders of their names. It needs what they need.
function(pomona_library name)
  cmake_parse_arguments(PARSE_ARGV 1 library "" "" "ROOMS")
  foreach(room IN LISTS library_ROOMS)
    add_subdirectory(${room})
  endforeach()
  list(TRANSFORM library_ROOMS PREPEND pomona_)
  # The module `jobs` is the top of its library, and has its name already.
  if(NOT TARGET pomona_${name})
    add_library(pomona_${name} INTERFACE)
    target_link_libraries(pomona_${name} INTERFACE ${library_ROOMS})
  endif()
endfunction()
