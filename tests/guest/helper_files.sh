# helper_files.sh -- what is true of files, in environments of any kind.
# Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

# files_test PREFIX MANIFEST TEST: run TEST in an environment of MANIFEST; its
# claims are ours, with PREFIX before them.  One that makes none is a failure.
files_test ()
{
  timeout 120 hurdle-env "$2" -- "$tests/$3" </dev/null > said 2>&1
  status=$? made=0
  while read -r verdict claim rest; do
    case "$verdict $claim" in
      'ok '*) echo "ok $1_$claim" ;;
      'not ok') fails "$1_$rest" ;;
      *) echo "# $verdict $claim $rest"
         continue ;;
    esac
    made=$((made + 1))
  done < said
  [ $status -le 1 ] && [ $made -gt 0 ] ||
    fails "$1_${3%.*}_ends_well" "status $status after $made claims"
}

# files_contract PREFIX MANIFEST: all that is promised of files.  Nothing is
# left of it; the receive rights in reserve come with the first.
files_contract ()
{
  files_test "$1" "$2" files_basics.sh > /dev/null
  objects=$(nest_count objects)
  for test in files_basics.sh files_locks files_map sockets_fifo shell_dash.sh
  do
    files_test "$1" "$2" $test
  done
  holds "$1_leaves_no_objects" nest_settles objects "$objects"
}
