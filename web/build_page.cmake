# SPDX-License-Identifier: Apache-2.0
# cmake -DWEB=web -DPAGE=build/…/report.html -DNODE=.venv/bin -P build_page.cmake
#
# Installs the locked packages where they are missing or others, then builds the page. Several build
# folders share web/node_modules, so the lock file's digest is kept there, and only one installs at a
# time.
set(ENV{PATH} "${NODE}:$ENV{PATH}")
get_filename_component(folder ${PAGE} DIRECTORY)
set(log ${folder}.log)
file(MAKE_DIRECTORY ${folder})

function(run what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WEB} RESULT_VARIABLE status OUTPUT_FILE ${log}
                  ERROR_FILE ${log})
  if(NOT status EQUAL 0)
    file(READ ${log} output)
    message(FATAL_ERROR "${what} in ${WEB} failed (${status}); if packages are missing, look whether npm "
                        "can reach its registry. It said:\n${output}")
  endif()
endfunction()

file(LOCK ${WEB}/.install.lock GUARD PROCESS)
file(SHA256 ${WEB}/package-lock.json wanted)
set(mark ${WEB}/node_modules/.pomona-lock-digest)
set(installed "")
if(EXISTS ${mark})
  file(READ ${mark} installed)
endif()
if(NOT installed STREQUAL wanted)
  run("npm ci" ${NODE}/npm ci --no-progress)
  file(WRITE ${mark} ${wanted})
endif()
run("building the report page" ${NODE}/node node_modules/vite/bin/vite.js build --logLevel warn
    --outDir ${folder} --emptyOutDir)
# Vite keeps the time of nothing; the rule needs a page newer than its sources.
file(TOUCH ${PAGE})
