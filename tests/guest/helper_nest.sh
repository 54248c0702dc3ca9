# helper_nest.sh -- a small tree to make environments of.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/claims.sh

# nest_manifest DIRECTORY [LINE]...: a manifest whose files are a copy of
# DIRECTORY.  Later lines stand behind the others.
nest_manifest ()
{
  from=$1
  shift
  cat <<X
environment "nest" {
  identity = root-inside
  role "auth"    { source = own }
  role "proc"    { source = own }
  role "exec"    { source = own }
  role "local"   { source = own }
  role "devices" { source = own }
  mount "/" { from = "$from" mode = copy }
  variables { PATH = "/bin" GREETING = "hello" }
X
  for line; do echo "  $line"; done
  echo '}'
}

# nest_tree PROGRAM...: $tree, with the programs, the libraries and
# /etc/inner.hurdle, which makes the next environment of all of it.
nest_tree ()
{
  tree=$scratch/tree
  mkdir -p "$tree/bin" "$tree/etc" "$tree/tmp" || exit 1
  for program; do
    cp /bin/"$program" "$tree/bin/" || exit 1
  done
  nest_manifest / > "$tree/etc/inner.hurdle"
  nest_manifest "$tree" > outer.hurdle
}

# Those that are not static need them.
nest_libraries ()
{
  cp -a /lib "$tree/lib" || exit 1
}

# same FILE FILE: do both hold the same text?
same ()
{
  [ "$(cat "$1")" = "$(cat "$2")" ]
}

# nest_count WHAT: so many of it ("objects", "tasks", "port names") has the
# environment around us.
nest_count ()
{
  hurdle-env --dump | while read -r line; do
    case $line in "$1: "*) echo "${line#"$1: "}" ;; esac
  done
}

# nest_settles WHAT WANTED: WHAT goes down to WANTED soon.
nest_settles ()
{
  for try in 1 2 3 4 5 6 7 8 9 10; do
    settled=$(nest_count "$1")
    [ "$settled" -le "$2" ] && return 0
    sleep 1
  done
  echo "# $1: $settled, wanted $2"
  return 1
}
