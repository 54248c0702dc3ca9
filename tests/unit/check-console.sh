#!/bin/sh
# Whoever ends hurdle-vm by a signal hears nothing of it but the status; the
# machine is gone then, and the terminal as it was.
# SPDX-License-Identifier: GPL-2.0-or-later
exec python3 - <<'X'
import os, pty, random, signal, subprocess, sys, termios, time

CONSOLE = ["python3", "vm/boot/console.py", "--mode"]
LINES = []


def alive(marker):
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True)
    return any(line.split() == ["sleep", marker]
               for line in listed.stdout.split("\n"))


def ends(signo, after, twice, stdin=None, mode="exec"):
    """What is wrong with an end by SIGNO, in words; "" if nothing."""
    marker = str(random.randrange(10**6, 10**9))
    process = subprocess.Popen(CONSOLE + [mode, "sleep", marker], stdin=stdin,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 20
    while not alive(marker) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(after)
    process.send_signal(signo)
    if twice:
        time.sleep(0.002)
        process.send_signal(signo)
    said = process.communicate(timeout=30)[0].decode()
    if process.returncode != 128 + signo:
        return "status %d, %s" % (process.returncode, said[-200:])
    if said:
        return "it says " + said[-200:]
    return "the machine goes on" if alive(marker) else ""


def claim(name, wrong):
    LINES.append("ok " + name if not wrong
                 else "not ok %s: %s" % (name, wrong.replace("\n", " | ")))


def told(signo):
    wrong = ""
    for turn in range(6):
        wrong = wrong or ends(signo, 0.02 * turn, turn % 2)
    return wrong


def terminal_kept():
    """In shell mode the terminal is raw until the end."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    wrong = ends(signal.SIGTERM, 0.3, False, slave, "shell")
    if not wrong and termios.tcgetattr(slave) != before:
        wrong = "it has other modes"
    return wrong


signal.signal(signal.SIGINT, signal.default_int_handler)
for signo in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
    claim("hurdle_vm_ends_quietly_by_" + signo.name.lower(), told(signo))
claim("hurdle_vm_ended_leaves_the_terminal_as_it_was", terminal_kept())
print("\n".join(LINES))
sys.exit(any(line.startswith("not") for line in LINES))
X
