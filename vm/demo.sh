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

mkdir -p /tmp/demo/job; cd /tmp/demo || exit 1
echo "a note from outside" >job/note
cat >box.hurdle <<'X'
environment "box" {
  role "auth"    { source = own }
  role "proc"    { source = own }
  role "exec"    { source = own }
  role "local"   { source = own }
  role "devices" { source = own }
  role "inet"    { source = fake }
  mount "/"     { from = "/"  mode = read-only }
  mount "/job"  { from = "/tmp/demo/job"  mode = read-write }
  variables { PATH = "/bin" }
}
X
cat >job/inner.hurdle <<'X'
environment "inner" {
  role "auth" { source = own }
  role "proc" { source = own }
  role "exec" { source = own }
  mount "/"     { from = "/" }
  mount "/job"  { from = "/job" }
  variables { PATH = "/bin" }
}
X
cat >job/worker <<'X'
while :; do
  if date +%T >>/job/log; then echo "wrote a line"; else echo "cannot write"; fi
  if read -r note </job/note; then echo "read '$note'"; else echo "cannot read"; fi
  sleep 1
done
X
grant_of () { hurdle-control node grants | while read -r id kind name rest
              do [ "$name" != "$1" ] || echo "$id"; done; }

tell "An environment of its own: servers of its own, one directory of ours to
   work in, everything else to look at only, and no network. Anybody may make
   one."
show "cat box.hurdle"
show "hurdle-env box.hurdle -- sh -c 'ls /job; rm /bin/sh; ps'"
show "hurdle-env box.hurdle -- bash -c 'echo >/dev/tcp/192.0.2.1/80'"
tell "A program in it uses the directory. While it does, we take away the
   writing, and then the directory; it goes on living."
hurdle-env --control node box.hurdle -- sh /job/worker >seen 2>/dev/null &
until [ -s seen ]; do sleep 1; done
show "hurdle-control node grants"
show "sleep 3; tail -n 2 seen"
show "hurdle-control node lower $(grant_of /job)"
show "sleep 3; tail -n 2 seen"
show "hurdle-control node revoke $(grant_of /job)"
show "sleep 3; tail -n 2 seen"
show "hurdle-control node freeze; hurdle-control node thaw"
show "hurdle-control node stop 1"
wait
tell "An environment in an environment, which is given on what that one has."
show "cat job/inner.hurdle"
show "hurdle-env box.hurdle -- hurdle-env /job/inner.hurdle -- sh -c 'echo two fences; ls /job; echo more >/job/note'"
cd /; rm -rf /tmp/demo

tell "Next: './hurdle-vm shell' is a shell in the root environment, where
   'hurdle-env --help' and 'hurdle-control --help' have examples;
   docs/manifest.md has the language. 'halt' ends the guest, in order."
