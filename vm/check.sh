# vm/check.sh -- every test: on the host, in the guest, at its terminal.
# A test says "ok NAME" or "not ok NAME" on a line of its own.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# The host's tests all run; those that nobody asked for are not told.
check_host ()
{
  make -s -C "$HURDLE" --no-print-directory check-host SDK="$SDK" \
       BUILD="$BUILD" | while IFS= read -r line; do
    [[ $line != ok\ * && $line != 'not ok '* ]] || check_wanted "$line" \
      || continue
    printf '%s\n' "$line"
  done
  return "${PIPESTATUS[0]}"
}

# Show a test's output, and keep its verdicts.
check_listen ()
{
  tee -a -- "$CHECK_OUTPUT"
}

check_verdict ()
{
  printf '%s\n' "$*" | check_listen
}

# check_part NAME COMMAND...: a part that fails without saying which of its
# tests did counts as a failure itself.
check_part ()
{
  local name=$1 before status
  shift
  before=$(grep -c '^not ok ' -- "$CHECK_OUTPUT")
  "$@" | check_listen
  status=${PIPESTATUS[0]}
  ((status == 0)) && return
  [[ $(grep -c '^not ok ' -- "$CHECK_OUTPUT") != "$before" ]] \
    && ((status == 1 || status == 2)) && return
  check_verdict "not ok $name: ended with status $status"
}

check_wanted ()
{
  local pattern
  ((${#REST[@]})) || return 0
  for pattern in "${REST[@]}"; do
    [[ $1 == *$pattern* ]] && return
  done
  return 1
}

# A page that once held code stays slow to write to as long as an emulated guest
# runs, and the tests run thousands of programs: each half has a guest of its
# own.
check_guest ()
{
  local half status=0
  BOOT_TIMEOUT=${BOOT_TIMEOUT:-3600}
  for half in '[a-n]*' '[!a-n]*'; do
    (boot exec "TESTS='$half' exec /hurdle/tests/run.sh ${REST[*]@Q}") \
      || status=$?
  done
  return "$status"
}

check_typing ()
{
  local script name own
  BOOT_TIMEOUT=120
  for script in "$HURDLE"/tests/typing/*.type; do
    [[ -e $script ]] || continue
    name=typing/$(basename -- "$script" .type)
    check_wanted "$name" || continue
    # Where one lies beside the script, the root has a manifest of its own.
    own=${script%.type}.hurdle
    if ([[ ! -e $own ]] || BOOT_MANIFEST=$own
        boot type '' --script "$script") >"$BUILD/typing.log" 2>&1; then
      check_verdict "ok $name"
    else
      sed 's/^/# /' "$BUILD/typing.log"
      check_verdict "not ok $name"
    fi
  done
}

verb_check ()
{
  local passed failed
  boot_arguments "$@"
  boot_is_ours check
  boot_ready
  CHECK_OUTPUT=$BUILD/check.log
  : >"$CHECK_OUTPUT"
  check_part host check_host
  check_part guest check_guest
  check_typing
  passed=$(grep -a -c '^ok ' -- "$CHECK_OUTPUT")
  failed=$(grep -a -c '^not ok ' -- "$CHECK_OUTPUT")
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0 && passed > 0))
}
