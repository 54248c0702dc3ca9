#!/bin/sh
# The demonstration, run by the guest's shell.
# SPDX-License-Identifier: GPL-2.0-or-later

tell () { printf '\n== %s\n' "$*"; }
show () { printf '   $ %s\n' "$*"; eval "$*" 2>&1 | while IFS= read -r line
          do printf '   %s\n' "$line"; done; }

tell "This is GNU Mach in QEMU. No server is here but hurdle-env, the first
   task: it plays every role that its manifest names."
show "cat /etc/hurdle/root.hurdle"
tell "Unmodified GNU programs live in it, dynamically linked."
show "uname -a"
show "ls -l / /bin/sh"
show "id; date -u"
tell "Processes, pipes and files: a hundred words, sorted and counted."
show "seq 1 100 | sort -rn | head -n 3; seq 1 100 | wc -l"
tell "bash, and a job of its own that gets a signal."
show "bash -c 'sleep 100 & kill -TERM \$!; wait \$!; echo status \$?'"
tell "A data base, on memory files with locks."
show "sqlite3 /tmp/demo.db 'create table t (n); insert into t select value from generate_series (1, 1000); select count (*), sum (n) from t; pragma integrity_check'"
tell "A lua program, and make driving a build of shell commands."
show "lua -e 'local s = 0 for i = 1, 100 do s = s + i end print (s)'"
show "cd /tmp; printf 'all: a b\n\t@echo built \$^\na b:\n\t@echo making \$@; touch \$@\n' >Makefile; make"
tell "That was the root environment. 'halt' ends it, in order."
