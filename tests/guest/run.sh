#!/bin/sh
# run -- every test of this folder, or those whose name contains a PATTERN.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A test prints `ok CLAIM' or `not ok CLAIM REASON' for each of its claims, and
# exits with 0 if all hold, with 1 if one does not.  One that dies, hangs, says
# nothing, or whose status is not what it says, is a failed claim too.

here=$(dirname "$0")
: "${TEST_SECONDS:=600}"
: "${TESTS:=*}" # a pattern: those whose names it matches
said=/tmp/said.$$
trap 'rm -f "$said" "$said.status"' EXIT

# wanted NAME PATTERN...: a subshell, whose variables are its own.
wanted ()
(
  [ $# -eq 1 ] && return 0
  name=$1
  shift
  for pattern; do
    case $name in *"$pattern"*) return 0 ;; esac
  done
  return 1
)

# Law 2 is looked at beside every test that makes environments; one in which
# none was seen fails.  It does not hold where the manifest hands out what is the
# parent's (parent_*).
walk_start ()
{
  walker=
  case ${1%.sh} in
    nest_mistakes) ;; # nothing lives there
    nest_names) ;;    # does it itself
    control_* | identity_* | law_* | limits_* | maker_* | nest_* | overlay_* | \
    proxy_* | view_*)
      "$here"/helper_static_walk "${1%.sh}" &
      walker=$! ;;
  esac
}

walk_end ()
{
  [ "$walker" ] || return
  kill "$walker"
  wait "$walker"
  status=$?
  [ $status -eq 0 ] || all_hold=1
  [ $status -le 1 ] ||
    denies "${1%.sh}_names_only_what_is_inside" "status $status"
}

# denies NAME [REASON]: what a test does not say of itself.
denies ()
{
  echo "not ok $*"
  all_hold=1
}

# judge NAME STATUS SAID
judge ()
{
  text="
$(cat "$3")"
  claims=0 denied=0
  case $text in *'
ok '*) claims=1 ;; esac
  case $text in *'
not ok '*) claims=1 denied=1 all_hold=1 ;; esac
  case $2 in
    $denied) [ $claims -eq 1 ] || denies "${1}_makes_a_claim" ;;
    0) denies "${1}_tells_by_its_status" "status 0 with a claim denied" ;;
    *) denies "${1}_ends_well" "status $2" ;;
  esac
}

all_hold=0
for program in "$here"/*; do
  name=${program##*/}
  case $name in run.sh | claims.sh | helper_*) continue ;; esac
  [ -x "$program" ] && [ -f "$program" ] || continue
  case $name in $TESTS) ;; *) continue ;; esac
  wanted "${name%.sh}" "$@" || continue
  echo "# $name"
  cd /tmp || exit 1
  walk_start "$name"
  { timeout -k 5 "$TEST_SECONDS" "$program" </dev/null
    echo $? > "$said.status"; } | tee "$said"
  read -r status < "$said.status"
  judge "${name%.sh}" "$status" "$said"
  walk_end "$name"
done
exit $all_hold
