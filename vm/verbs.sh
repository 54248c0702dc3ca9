# vm/verbs.sh -- the verbs that boot a guest.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# boot_arguments ARG...: options first; leaves the rest in REST.
boot_arguments ()
{
  while (($#)) && [[ $1 == -* ]]; do
    if [[ $1 == -- ]]; then
      shift
      break
    fi
    boot_option "$@" || usage_error "no such option: $1"
    shift "$TAKEN"
  done
  REST=("$@")
  boot_options_check
}

# boot_is_ours WHAT: it is about our root environment.
boot_is_ours ()
{
  [[ -z $BOOT_HURD ]] \
    || usage_error "--hurd is for exec, shell, type and bench, not $1"
}

boot_ready ()
{
  image_setup
  boot_probe_kvm
}

verb_exec ()
{
  boot_arguments "$@"
  ((${#REST[@]} == 1)) || usage_error "exec wants COMMANDS, as one argument"
  boot_ready
  : "${BOOT_TIMEOUT:=120}"
  boot exec "${REST[0]}"
}

verb_shell ()
{
  boot_arguments "$@"
  ((${#REST[@]} == 0)) || usage_error "shell takes no arguments"
  boot_ready
  boot shell ''
}

verb_type ()
{
  local script
  boot_arguments "$@"
  ((${#REST[@]} == 1)) || usage_error "type wants one SCRIPT"
  script=$(readlink -e -- "${REST[0]}") \
    || usage_error "type: no file ${REST[0]}"
  boot_ready
  : "${BOOT_TIMEOUT:=120}"
  boot type '' --script "$script"
}

verb_demo ()
{
  boot_arguments "$@"
  boot_is_ours demo
  boot_ready
  : "${BOOT_TIMEOUT:=300}"
  boot exec "$(<"$HURDLE/vm/demo.sh")"
}

# --json is the programs' own, wherever it stands.
verb_bench ()
{
  local word words=() options=() program=bench
  for word; do
    if [[ $word == --json ]]; then
      options=("$word")
    else
      words+=("$word")
    fi
  done
  boot_arguments "${words[@]}"
  [[ ${REST[0]:-} != environments ]] || boot_is_ours "bench environments"
  boot_ready
  if [[ ${REST[0]:-} == environments ]]; then
    program=environments REST=("${REST[@]:1}")
    : "${BOOT_TIMEOUT:=3600}"
  elif ((${#BOOT_COUNT[@]})); then
    options+=(--instructions)
  fi
  : "${BOOT_TIMEOUT:=600}"
  REST=("${options[@]}" "${REST[@]}")
  boot exec "exec /hurdle/bench/$program ${REST[*]@Q}"
}

verb_debug ()
{
  boot_arguments "$@"
  boot_is_ours debug
  ((${#REST[@]} <= 1)) || usage_error "debug wants COMMANDS, or nothing"
  boot_ready
  BOOT_GDB=(-s -S) BOOT_TIMEOUT=0
  say "the guest waits; in another terminal:"
  say "  gdb -ex 'set osabi none' -ex 'file $BUILD/hurdle-env'" \
      "-ex 'target remote :1234' -ex 'hbreak main' -ex continue"
  say "  (the kernel's own symbols: $SDK/boot/gnumach-elf64)"
  boot shell "${REST[0]:-}"
}

verb_sdk ()
{
  (($# == 0)) || usage_error "sdk takes no arguments"
  sdk_setup
  printf '%s\n' "$SDK"
}

verb_cc ()
{
  sdk_setup
  exec "$SDK/bin/x86_64-gnu-gcc" "$@"
}

verb_setup ()
{
  (($# == 0)) || usage_error "setup takes no arguments"
  image_setup
}
