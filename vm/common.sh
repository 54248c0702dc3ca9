# vm/common.sh -- what every part of hurdle-vm uses: messages, statuses and
# the cache of slow steps.  Sourced, never run.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034  # the statuses are used by our sourcers

# Statuses of our own.  They keep away from 0 to 117, which guest programs
# use, from 126 and 127, which shells use, and from 128 + signal.
readonly STATUS_DISK_FULL=117
readonly STATUS_DOWNLOAD=118
readonly STATUS_PACKAGES=119
readonly STATUS_SETUP=120
readonly STATUS_USAGE=121
readonly STATUS_NO_KVM=123
readonly STATUS_TIMEOUT=124
readonly STATUS_GUEST_DIED=125

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/hurdle

# Everything we say goes to standard error: standard output is the guest's.
say ()
{
  printf 'hurdle-vm: %s\n' "$*" >&2
}

die ()
{
  local status=$1
  shift
  say "$*"
  exit "$status"
}

usage_error ()
{
  say "$*"
  die "$STATUS_USAGE" "'./hurdle-vm --help' lists the verbs"
}

# Eight hexadecimal digits would do; twelve leave no doubt.
key_of_stdin ()
{
  sha256sum | cut -c1-12
}

# The content of files, whatever their place in this machine's file system.
print_contents ()
{
  local file
  for file; do
    printf '== %s\n' "${file##*/}"
    cat -- "$file" || return
  done
}

# Less than 64 MiB left where the cache lives: call that full.
disk_is_full ()
{
  local available
  available=$(df --output=avail -k -- "$CACHE" | tail -n 1)
  ((available < 65536))
}

# The half-made directory of the step that is running, for the EXIT trap.
# What a long step must not lose it keeps in CACHE/building, until it is done.
STEP_UNFINISHED=

step_abandon ()
{
  [[ -z $STEP_UNFINISHED ]] || rm -rf -- "$STEP_UNFINISHED"
  STEP_UNFINISHED=
}

# A step's command failed with STATUS: say why as well as we can, and leave.
step_fail ()
{
  local name=$1 status=$2 log=$3

  if disk_is_full; then
    step_abandon
    rm -rf -- "$CACHE/building"
    die "$STATUS_DISK_FULL" "$name: the disk that holds $CACHE is full;" \
        "free 3 GiB or set XDG_CACHE_HOME to a roomier place"
  fi
  step_abandon
  tail -n 15 -- "$log" | sed 's/^/    /' >&2
  ((status == STATUS_DOWNLOAD)) \
    && die "$status" "$name: a download failed (see above and $log);" \
           "try again, or name another mirror in HURDLE_DEBIAN_MIRROR"
  die "$STATUS_SETUP" "$name failed; its log is $log"
}

# step_cached NAME KEY WHAT COMMAND...: make sure that the cache has NAME-KEY.
# COMMAND is called with one more argument, an empty directory to fill, in a
# subshell with errexit; the directory gets its final name only once complete.
# Sets STEP_DIR.
step_cached ()
{
  local name=$1 key=$2 what=$3
  local log=$CACHE/log/$name.log status=0 started=$SECONDS
  shift 3

  STEP_DIR=$CACHE/$name-$key
  if [[ -d $STEP_DIR ]]; then
    touch -c -- "$STEP_DIR"
    return
  fi
  mkdir -p -- "$CACHE/log" || die "$STATUS_SETUP" "cannot make $CACHE"
  exec 9>"$CACHE/lock"
  if ! flock -n 9; then
    say "another set-up is running; waiting for it"
    flock 9
  fi
  if [[ ! -d $STEP_DIR ]]; then
    say "$what ..."
    rm -rf -- "$CACHE/$name"-*.unfinished
    STEP_UNFINISHED=$STEP_DIR.unfinished
    trap step_abandon EXIT
    mkdir -- "$STEP_UNFINISHED"
    step_run "$log" "$@" "$STEP_UNFINISHED"
    status=$?
    ((status == 0)) || step_fail "$name" "$status" "$log"
    mv -T -- "$STEP_UNFINISHED" "$STEP_DIR"
    STEP_UNFINISHED=
    rm -rf -- "$CACHE/building"
    step_forget
    say "$what: done in $((SECONDS - started)) s"
  fi
  exec 9>&-
}

# Whatever nobody has used for a fortnight is of versions past.
step_forget ()
{
  find "$CACHE" -mindepth 1 -maxdepth 1 -type d -name '*-*' -mtime +14 \
       -exec rm -rf -- {} +
}

# step_run LOG COMMAND...: with errexit, which holds only where no caller asks
# for our status with `||` or `if`: read it from $? afterwards.
step_run ()
{
  local log=$1
  shift
  (
    exec 9>&- >"$log" 2>&1 </dev/null
    set -e
    "$@"
  ) &
  wait "$!"
}
