#!/bin/sh
# nest_parent -- an environment that is the parent, whose command just runs
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
cat > parent.hurdle <<'X'
environment "shared" {
  identity = myself
  contained = no
  role "auth" { source = parent }
  role "proc" { source = parent }
  role "exec" { source = parent }
  role "root" { source = parent }
  variables { PATH = "/bin" GREETING = "hello" }
  directory = "/etc"
}
X
nest () { hurdle-env parent.hurdle -- "$@" 2>err; }
tasks=$(nest_count tasks)

expect parent_output "hello unset /etc" \
  "$(LEAK=leaked nest sh -c 'echo $GREETING ${LEAK-unset} $(pwd)')"
nest sh -c 'exit 7'
expect parent_status 7 $?
nest nothing_like_it
expect parent_not_found 127 $?
nest /etc
expect parent_not_runnable 126 $?
nest sh -c 'echo made >"$0"/made' "$scratch"
expect parent_files_are_the_same made "$(cat made)"
expect parent_forks 3 "$(nest sh -c 'echo a b c | wc -w')"
nest true
case $(cat err) in
  *"role \"auth\": source parent cannot be taken back"*) echo ok parent_warns ;;
  *) fails parent_warns "$(cat err)" ;;
esac
hurdle-env --set role.local=fake parent.hurdle -- true 2>err
expect parent_refuses_what_it_cannot_keep 125 $?
hurdle-env --set limits.tasks=3 parent.hurdle -- true 2>err
expect parent_refuses_limits 125 $?
nest_tree sh sleep
nest_libraries
expect parent_makes_environments "made" \
  "$(nest hurdle-env "$scratch/outer.hurdle" -- sh -c 'sleep 1; echo made')"
holds parent_leaves_nothing nest_settles tasks "$tasks"
