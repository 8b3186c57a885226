"""Runs apt: as root or through sudo, waiting for others' locks, saying how far it is."""

import os
import re
import shutil
import subprocess
import sys
import time

_LOCKED = re.compile(r"Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock directory")
_NO_NETWORK = re.compile(
    r"Could not resolve|Temporary failure resolving|Unable to connect|Could not connect|Connection failed|"
    r"Network is unreachable|Connection timed out|No route to host"
)
_LOCK_WAIT_SECONDS = 600


class AptError(Exception):
    """An apt command failed; the message says why and what to do."""


class Apt:
    """One way of running apt on this machine.

    `log` takes everything that apt prints; `say` tells people. `as_root` is the prefix that makes a command root's, or
    None where there is none.
    """

    error = AptError

    def __init__(self, log, say, as_root=()):
        self._log = log
        self._say = say
        self._as_root = as_root
        # What went wrong while lists were fetched: apt calls that a success, and fails later for want of them.
        self._trouble = ""

    def install(self, packages, suite=""):
        """Installs packages, from another suite if one is named."""
        command = ["apt-get", "install", "--yes", "--no-install-recommends"]
        if suite:
            command += ["--target-release", suite]
        self.run(command + sorted(packages), root=True)

    def update(self):
        """Fetches the package lists."""
        tail = self.run(["apt-get", "update"], root=True)
        self._trouble = tail if _NO_NETWORK.search(tail) else ""

    def write_root_file(self, path, text):
        """Writes a file that only root may write."""
        subprocess.run([*self._as_root, "tee", path], input=text.encode(), stdout=subprocess.DEVNULL, check=True)

    def output(self, command):
        """What a command prints; an empty string if it fails."""
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment())
        return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else ""

    def run(self, command, root=False, cwd=None):
        """Runs apt-get, waiting while another program holds its lock; the last lines that it printed."""
        if root:
            # sudo drops the environment, so env sets it anew.
            settings = [f"{name}={value}" for name, value in _SETTINGS.items()]
            command = [*self._as_root, "env", *settings, *command]
        self._log.write(f"\n$ {' '.join(command)}\n")
        waited = 0
        while True:
            status, tail = self._attempt(command, cwd)
            if status == 0:
                return tail
            if not _LOCKED.search(tail) or waited >= _LOCK_WAIT_SECONDS:
                break
            if waited == 0:
                self._say("Another program is using apt: waiting until it is done")
            time.sleep(5)
            waited += 5
        raise AptError(self._explained(command, tail))

    def _attempt(self, command, cwd):
        """(exit status, last lines)."""
        progress = Progress()
        lines = []
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            for raw in process.stdout:
                line = raw.decode("utf-8", errors="replace").rstrip()
                self._log.write(line + "\n")
                lines = (lines + [line])[-40:]
                progress.saw(line)
            status = process.wait()
        progress.done()
        self._log.flush()
        return status, "\n".join(lines)

    def _explained(self, command, tail):
        if _LOCKED.search(tail):
            minutes = _LOCK_WAIT_SECONDS // 60
            return f"another program has held apt's lock for {minutes} minutes; end it and run this again"
        for text in (tail, self._trouble):
            if _NO_NETWORK.search(text):
                return (
                    "the package archive cannot be reached. Look at the network and at the apt sources in /etc/apt, "
                    f"then run this again. What apt said:\n{_indented(text)}"
                )
        words = " ".join(word for word in command if not re.match(r"\w+=", word) and word != "env")
        return f"`{words}` failed. What it said last:\n{_indented(tail)}"


_SETTINGS = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def _environment():
    return dict(os.environ, **_SETTINGS)


def _indented(text):
    return "\n".join("    " + line for line in text.splitlines()[-15:])


class Progress:
    """One line that moves on a terminal; elsewhere a line now and then, so that no one takes silence for a hang."""

    _STEP = re.compile(r"^(Get:\d+|Unpacking|Setting up)\s+(\S+)(?:\s+(\S+)\s+(\S+))?")
    _COUNT = re.compile(r"(\d+) upgraded, (\d+) newly installed")

    def __init__(self, stream=None, clock=time.monotonic):
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._clock = clock
        self._last = clock()
        self._total = 0
        self._unpacked = 0
        self._set_up = 0
        self._shown = False

    def saw(self, line):
        count = self._COUNT.search(line)
        if count:
            self._total = int(count.group(1)) + int(count.group(2))
        step = self._STEP.match(line)
        if not step:
            return
        if step.group(1) == "Unpacking":
            self._unpacked += 1
        elif step.group(1) == "Setting up":
            self._set_up += 1
        self._show(self._text(step))

    def _text(self, step):
        if step.group(1).startswith("Get:"):
            # Get:7 http://host/path suite/component arch package ...
            return f"fetching {step.group(4) or step.group(2)}"
        done = self._unpacked if step.group(1) == "Unpacking" else self._set_up
        return f"{step.group(1).lower()} {step.group(2)} ({done} of {self._total})"

    def _show(self, text):
        now = self._clock()
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write("\r\033[K" + f"  {text}"[:width])
            self._shown = True
        elif now - self._last >= 15:
            self._stream.write(f"  {text}\n")
            self._last = now
        self._stream.flush()

    def done(self):
        if self._shown:
            self._stream.write("\r\033[K")
            self._stream.flush()
