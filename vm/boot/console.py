#!/usr/bin/env python3
# console.py -- stand between a person or a script and the guest's serial line.
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the guest of the command line and relay its console.

The guest says "@hurdle begin" on a line of its own just before its first
program's output, and "@hurdle end STATUS", STATUS being a number or "signal
N", straight after the last of it.  What is between the two goes to standard
output byte for byte; the rest (the kernel's words) to the log only.
"""

import argparse
import ctypes
import os
import re
import selectors
import signal
import subprocess
import sys
import termios
import time
import tty

# The same numbers as in vm/common.sh.
STATUS_USAGE = 121
STATUS_TIMEOUT = 124
STATUS_GUEST_DIED = 125

BEGIN = re.compile(rb"@hurdle begin(\r?)\n")
END = re.compile(rb"@hurdle end (signal )?(\d+)\r?\n")
PANIC = re.compile(rb"(^|\n)panic \{cpu\d+\} ")
END_LONGEST = 64

# Once told to end we end, and let nothing disturb us in it.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

# A UART's queue is short, and a guest that is starting reads slowly.
TYPED_AT_ONCE = 64


def say(text):
    sys.stderr.write("hurdle-vm: %s\n" % text)
    sys.stderr.flush()


def end_with_parent(by):
    """Whoever ends hurdle-vm, whatever way, ends us and the machine."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, by)


def held_back(data):
    """How many bytes at the end of DATA may be the start of the end line."""
    at = data.rfind(b"@", max(0, len(data) - END_LONGEST))
    if at < 0:
        return 0
    tail = data[at:]
    want = b"@hurdle end "[: len(tail)]
    return len(tail) if tail.startswith(want) and b"\n" not in tail else 0


class Told(BaseException):
    """Somebody ends us by the signal that is our argument."""


def tell(signo, _):
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise Told(signo)


class Guest:
    """The machine, its log, and where in its life it is."""

    def __init__(self, command, log):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=lambda: end_with_parent(signal.SIGKILL))
        os.set_blocking(self.process.stdin.fileno(), False)
        self.output = self.process.stdout.fileno()
        self.log = open(log, "wb", buffering=0)
        self.pending = b""
        self.typed = b""
        self.recent = b""
        self.begun = False
        self.strip_returns = False
        self.status = None

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def read(self):
        """What the programs have said since, or None when the guest is gone.

        Sets status once the end line has come.
        """
        data = os.read(self.output, 65536)
        if not data:
            return None
        self.log.write(data)
        self.recent = (self.recent + data)[-4096:]
        self.pending += data
        return self.split()

    def split(self):
        if not self.begun:
            begin = BEGIN.search(self.pending)
            if not begin:
                self.pending = self.pending[-END_LONGEST:]
                return b""
            self.begun = True
            self.strip_returns = bool(begin[1])
            self.pending = self.pending[begin.end():]
        end = END.search(self.pending)
        if end:
            said, self.pending = self.pending[: end.start()], b""
            self.status = int(end[2]) % 256 + (128 if end[1] else 0)
        else:
            keep = len(self.pending) - held_back(self.pending)
            said, self.pending = self.pending[:keep], self.pending[keep:]
        return said.replace(b"\r\n", b"\n") if self.strip_returns else said

    def type(self, data):
        self.typed += data
        self.flush()

    def flush(self):
        """Hand over some of what was typed, as far as the line takes it.

        Nobody listens before the programs do: it would be lost.
        """
        if not self.typed or not self.begun:
            return
        try:
            done = os.write(self.process.stdin.fileno(),
                            self.typed[:TYPED_AT_ONCE])
        except BlockingIOError:
            return
        except BrokenPipeError:
            done = len(self.typed)
        self.typed = self.typed[done:]

    def panicked(self):
        return not self.begun and PANIC.search(self.recent)


class Exec:
    """Print what the programs say."""

    def __init__(self, guest, options):
        self.guest = guest

    def start(self, selector):
        pass

    def said(self, data):
        write_all(data)

    def tick(self):
        return None

    def ended(self, status):
        """The guest ended by itself with STATUS: ours, then."""
        return status

    def finish(self):
        pass


class Shell(Exec):
    """Also type what comes on standard input, a terminal or not."""

    def __init__(self, guest, options):
        super().__init__(guest, options)
        self.saved = None

    def start(self, selector):
        if sys.stdin.isatty():
            self.saved = termios.tcgetattr(0)
            tty.setraw(0)
        try:
            selector.register(0, selectors.EVENT_READ, self.typed)
        except PermissionError:
            # A regular file is always ready; no poll knows it.
            self.guest.type(sys.stdin.buffer.read())
        self.selector = selector

    def typed(self):
        data = os.read(0, 4096)
        if data:
            self.guest.type(data)
        else:
            self.selector.unregister(0)

    def said(self, data):
        if self.saved:
            data = data.replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")
        write_all(data)

    def finish(self):
        if self.saved:
            termios.tcsetattr(0, termios.TCSADRAIN, self.saved)


class Script(Exec):
    """Type what a script says, when the guest has said what it expects.

    Lines: "expect TEXT", "send TEXT", "pause SECONDS", "end" (of the guest),
    "patience SECONDS" (with expect and end), "# comment".  TEXT knows the escapes of Python (\\r, \\n, \\x03); an
    expected text is looked for behind the one found before it.
    """

    def __init__(self, guest, options):
        super().__init__(guest, options)
        self.name = options.script
        self.steps = script_read(options.script)
        self.heard = b""
        self.patience = 20.0
        self.since = None

    def said(self, data):
        self.heard += data
        write_all(data)

    def tick(self):
        """0 once all is done, 1 when an expected text does not come."""
        if not self.guest.begun:
            return None
        self.since = self.since or time.monotonic()
        while self.steps:
            number, verb, argument = self.steps[0]
            verdict = getattr(self, "do_" + verb)(argument)
            if verdict is None:
                return None
            if not verdict:
                say("%s:%d: %s %r: it did not come; the last heard was %r"
                    % (self.name, number, verb, argument, self.heard[-200:]))
                return 1
            self.steps.pop(0)
            self.since = time.monotonic()
        return 0

    def ended(self, status):
        verdict = self.tick()
        if self.steps and verdict is None:
            say("%s:%d: the guest ended before this line"
                % (self.name, self.steps[0][0]))
        return 0 if not self.steps else 1

    def waited(self, seconds):
        return time.monotonic() - self.since >= seconds

    def do_expect(self, text):
        at = self.heard.find(text)
        if at >= 0:
            self.heard = self.heard[at + len(text):]
            return True
        return False if self.waited(self.patience) else None

    def do_send(self, text):
        self.guest.type(text)
        return True

    def do_pause(self, seconds):
        return True if self.waited(float(seconds)) else None

    def do_end(self, _):
        if self.guest.status is not None:
            return True
        return False if self.waited(self.patience) else None

    def do_patience(self, seconds):
        self.patience = float(seconds)
        return True


def script_read(path):
    steps = []
    with open(path, encoding="utf-8") as script:
        for number, line in enumerate(script, 1):
            verb, _, argument = line.rstrip("\n").partition(" ")
            if not verb or verb.startswith("#"):
                continue
            if not hasattr(Script, "do_" + verb):
                say("%s:%d: no such verb: '%s'" % (path, number, verb))
                sys.exit(STATUS_USAGE)
            if verb in ("expect", "send"):
                argument = (argument.encode("latin-1", "backslashreplace")
                            .decode("unicode_escape").encode("latin-1"))
            steps.append((number, verb, argument))
    return steps


def write_all(data):
    while data:
        data = data[os.write(1, data):]


def show_recent(guest):
    """The end of the console, for who must find out why.

    What the programs said has been seen already.
    """
    if guest.begun:
        return
    text = guest.recent.decode("latin-1").replace("\r", "")
    for line in text.split("\n")[-16:]:
        sys.stderr.write("    %s\n" % line)


def relay(guest, mode, options, selector):
    started = time.monotonic()
    while True:
        for key, _ in selector.select(0.02 if guest.typed else 0.1):
            if key.data:
                key.data()
                continue
            data = guest.read()
            if data is None:
                return STATUS_GUEST_DIED
            mode.said(data)
        guest.flush()
        if guest.status is not None:
            return mode.ended(guest.status)
        if guest.panicked():
            return STATUS_GUEST_DIED
        verdict = mode.tick()
        if verdict is not None:
            return verdict
        if options.timeout and time.monotonic() - started > options.timeout:
            return STATUS_TIMEOUT


def explain(guest, status, options):
    if not guest or guest.status is not None:
        return
    if status == STATUS_TIMEOUT:
        say("no end after %g seconds" % options.timeout)
        show_recent(guest)
    elif status == STATUS_GUEST_DIED:
        say("the guest died")
        show_recent(guest)


def options_parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=MODES, default="exec")
    parser.add_argument("--script", metavar="FILE")
    parser.add_argument("--timeout", type=float, default=0)
    parser.add_argument("--log", default=os.devnull)
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


MODES = {"exec": Exec, "shell": Shell, "type": Script}


def main():
    options = options_parse()
    guest = mode = None
    status = STATUS_GUEST_DIED
    try:
        for signo in ENDING:
            signal.signal(signo, tell)
        end_with_parent(signal.SIGTERM)
        guest = Guest(options.command, options.log)
        mode = MODES[options.mode](guest, options)
        with selectors.DefaultSelector() as selector:
            selector.register(guest.output, selectors.EVENT_READ)
            mode.start(selector)
            status = relay(guest, mode, options, selector)
    except Told as told:
        status = 128 + told.args[0]
    except BrokenPipeError:
        status = 128 + signal.SIGPIPE
    finally:
        for signo in ENDING:
            signal.signal(signo, signal.SIG_IGN)
        if mode:
            mode.finish()
        if guest:
            guest.close()
    explain(guest, status, options)
    os._exit(status)


if __name__ == "__main__":
    main()
