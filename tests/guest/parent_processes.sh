#!/bin/sh
# parent_processes -- processes of the parent's, on files of our own
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
nest_tree hurdle-env sh bash cat echo id ls sleep true
nest_libraries
printf '#!/bin/sh\necho script\n' > "$tree/bin/script" &&
  chmod 755 "$tree/bin/script" && echo inside > "$tree/file" || exit 1
cat > processes.hurdle <<X
environment "processes" {
  identity = myself
  contained = no
  role "auth"     { source = parent }
  role "proc"     { source = parent }
  role "exec"     { source = own }
  role "local"    { source = own }
  role "terminal" { source = parent }
  mount "/" { from = "$tree" mode = copy }
  variables { PATH = "/bin" }
}
X
nest () { hurdle-env processes.hurdle -- sh -c "$1" 2>err; }
tasks=$(nest_count tasks)

expect parent_proc_runs "inside script bash 3" \
  "$(echo $(nest 'cat /file; script; bash -c "echo bash"; echo a b c | {
     read a b c; echo 3; }'))"
nest 'exit 7'
expect parent_proc_status 7 $?
nest 'kill -9 $$'
expect parent_proc_signal 137 $?
hurdle-env processes.hurdle -- nothing_like_it 2>err
expect parent_proc_not_found 127 $?
expect parent_proc_sees_the_outside seen "$(nest "kill -0 $$ && echo seen")"
expect parent_proc_has_pids_of_the_outside outside \
  "$(nest 'sleep 20 & echo $!; wait' | { read -r pid; kill $pid && echo outside; })"
expect parent_proc_files_are_inside "/file hidden" \
  "$(echo $(nest "ls /file; ls /hurdle || echo hidden"))"
expect parent_proc_jobs "3 done" \
  "$(echo $(nest 'for i in 1 2 3; do sleep 1 & done; wait; echo 3 done'))"
expect parent_proc_nests "deeper 7" \
  "$(echo $(nest 'hurdle-env /etc/inner.hurdle -- sh -c "echo deeper; exit 7"
     echo $?'))"

# What runs a program of ours cannot go on without us.
hurdle-env processes.hurdle -- sh -c 'sh -c "echo \$\$; sleep 60; true"; true' \
  > pid 2>err &
outer=$!
while ! [ -s pid ]; do sleep 1; done
kill $outer && wait $outer
expect parent_proc_ended_status 143 $?
holds parent_proc_ends_with_us eval '! kill -0 $(cat pid) 2>/dev/null'
holds parent_proc_leaves_nothing nest_settles tasks "$tasks"
