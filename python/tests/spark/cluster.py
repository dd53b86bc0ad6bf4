# SPDX-License-Identifier: Apache-2.0
"""A cluster of Spark on loopback: a master and worker processes of the PySpark package."""

import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pyspark
from processes import children_of

SPARK_HOME = Path(pyspark.__file__).resolve().parent
_SECONDS = 60  # for a process to say that it is ready


class Cluster:
    """Ends with all its processes when it is left."""

    def __init__(self, folder, workers=2, cores=1, memory="3g"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._processes = []
        self._logs = 0
        master = self._start("org.apache.spark.deploy.master.Master", "--port", "0")
        self.url = self._wait_for(master, r"Starting Spark master at (spark://\S+)")
        for _ in range(workers):
            self.add_worker(cores, memory)

    def add_worker(self, cores=1, memory="3g", host="127.0.0.1"):
        """Another `host`, such as 127.0.0.2, is another machine to Spark."""
        options = ("--cores", str(cores), "--memory", memory, "--port", "0")
        options += ("--work-dir", self.folder / "work", self.url)
        worker = self._start("org.apache.spark.deploy.worker.Worker", *options, host=host)
        self._wait_for(worker, r"Successfully registered with master")
        return worker[0]

    def _start(self, kind, *words, host="127.0.0.1"):
        self._logs += 1
        log = self.folder / f"{self._logs}.log"
        words = (SPARK_HOME / "bin" / "spark-class", kind, "--host", host, *words)
        environment = {**os.environ, "SPARK_HOME": str(SPARK_HOME), "SPARK_LOCAL_IP": host}
        environment["SPARK_WORKER_WEBUI_PORT"] = environment["SPARK_MASTER_WEBUI_PORT"] = "0"
        environment["SPARK_DAEMON_MEMORY"] = "256m"
        with log.open("wb") as output:
            process = subprocess.Popen(
                words, stdout=output, stderr=output, env=environment, start_new_session=True
            )
        self._processes.append(process)
        return process, log

    @staticmethod
    def _wait_for(started, pattern):
        process, log = started
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            found = re.search(pattern, log.read_text(errors="replace"))
            if found:
                return found[found.lastindex or 0]
            assert process.poll() is None, log.read_text(errors="replace")
            time.sleep(0.1)
        raise AssertionError(f"no '{pattern}' in {log.read_text(errors='replace')}")

    def executors(self):
        """Processes of all executors."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if self._runs(entry)]

    def _runs(self, entry):
        try:
            words = (entry / "cmdline").read_bytes()
            return b"ExecutorBackend" in words and (entry / "cwd").readlink().is_relative_to(
                self.folder.resolve()
            )
        except OSError:  # it is none, or has ended
            return False

    def forget_memory(self):
        """Lets `most_memory` begin anew."""
        for worker in self._python_workers():
            (worker / "clear_refs").write_text("5")

    def most_memory(self):
        """The most bytes that one Python worker of the executors has held."""
        statuses = [(worker / "status").read_text() for worker in self._python_workers()]
        return max(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10 for status in statuses)

    def _python_workers(self):
        parents = self.executors()
        daemons = [child for parent in parents for child in children_of(parent)]
        return [Path("/proc") / str(child) for daemon in daemons for child in children_of(daemon)]

    def close(self):
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for executor in self.executors():
            os.kill(executor, signal.SIGKILL)


def kill_executor(executor):
    """The process of an executor and those of its Python, at once, as when a machine is lost."""
    for process in (executor, *children_of(executor)):
        os.kill(process, signal.SIGKILL)
