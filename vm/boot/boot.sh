# vm/boot/boot.sh -- start GNU Mach in QEMU with hurdle-env as its first
# task, or with an upstream Hurd's servers.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# What the options of a verb say; see boot_option.
BOOT_WITH=()
BOOT_MANIFEST=
BOOT_HURD=
BOOT_TIMEOUT=
BOOT_ACCEL=tcg
BOOT_COUNT=()
BOOT_GDB=()
BOOT_EXTRA=()

# boot_option OPTION...: take one option off the front of a verb's arguments.
# Returns with TAKEN arguments taken, or 1 when the first is none of ours.
boot_option ()
{
  TAKEN=2
  case $1 in
    --with | --manifest | --timeout | --hurd | --option)
      (($# > 1)) || usage_error "$1 wants an argument"
      ;;&
    --with) BOOT_WITH+=("$2") ;;
    --manifest) BOOT_MANIFEST=$2 ;;
    --timeout) BOOT_TIMEOUT=$2 ;;
    --option) BOOT_EXTRA+=("$2") ;;
    --hurd) BOOT_HURD=${2:-.} ;; # the empty name is the directory here
    --instructions) BOOT_COUNT=(-icount 'shift=0,sleep=off') TAKEN=1 ;;
    --kvm) BOOT_ACCEL=kvm TAKEN=1 ;;
    *) return 1 ;;
  esac
}

# Check what can be checked before the slow part.
boot_options_check ()
{
  local pair
  for pair in "${BOOT_WITH[@]}"; do
    [[ $pair == *:/* ]] \
      || usage_error "--with $pair: say HOSTFILE:/GUEST/PATH"
    [[ -e ${pair%%:/*} ]] || usage_error "--with: no file ${pair%%:/*}"
  done
  [[ -z $BOOT_MANIFEST || -f $BOOT_MANIFEST ]] \
    || usage_error "--manifest: no file $BOOT_MANIFEST"
  [[ -z $BOOT_HURD ]] || hurd_check "$BOOT_HURD"
  [[ $BOOT_TIMEOUT =~ ^[0-9]*$ ]] \
    || usage_error "--timeout wants a number of seconds, 0 for none"
}

# boot_run_tree COMMANDS: in BOOT_DIR/run, what this run adds to the root.
boot_run_tree ()
{
  local commands=$1 root=$BOOT_DIR/run pair target
  mkdir -p "$root/run/hurdle"
  [[ -z $commands ]] || printf '%s\n' "$commands" >"$root/run/hurdle/commands"
  for pair in "${BOOT_WITH[@]}"; do
    target=$root/${pair#*:/}
    [[ $pair == */ ]] && target+=$(basename -- "${pair%%:/*}")
    mkdir -p "$(dirname -- "$target")" && cp -rLT -- "${pair%%:/*}" "$target"
  done
  if [[ -n $BOOT_MANIFEST ]]; then
    mkdir -p "$root/etc/hurdle"
    cp -- "$BOOT_MANIFEST" "$root/etc/hurdle/root.hurdle"
  fi
}

# The archives and the first task, in BOOT_DIR.  No directories in run.tar,
# lest one replaces a symbolic link of the root.
boot_files ()
{
  (cd "$BOOT_DIR/run" && find . ! -type d -print0 \
    | tar --null --no-recursion --format=ustar --owner=0 --group=0 \
          --numeric-owner -T - -cf ../run.tar) \
    || die "$STATUS_SETUP" "cannot make run.tar"
  ln -s "$BUILD/hurdle-env" "$IMAGE/root.tar" "$BOOT_DIR/"
}

# The first task's command line.  The kernel knows the words in ${} and $();
# the comma is QEMU's separator and may not occur.
# shellcheck disable=SC2016
boot_modules ()
{
  local first='hurdle-env --bare --host-priv=${host-port}'
  first+=' --device-master=${device-port} --kernel-task=${kernel-task}'
  first+=' --archive=rd0 --archive=rd1'
  first+="${1:+ --command=/run/hurdle/commands}"
  first+="${BOOT_EXTRA[*]:+ ${BOOT_EXTRA[*]}}"
  printf '%s' "$first "'$(task-create) $(task-resume),' \
         'root.tar $(ramdisk-create),run.tar $(ramdisk-create)'
}

# Emulated AVX is slower than none, and libc takes it wherever it sees it: a
# quarter of an open was its string functions.
boot_cpu ()
{
  if [[ $BOOT_ACCEL == kvm ]]; then
    printf host
  else
    printf max,avx=off,avx2=off
  fi
}

# boot MODE COMMANDS [CONSOLE OPTION]...: run a guest to its end.  MODE is
# one of console.py's; without COMMANDS the manifest's own command runs.
boot ()
{
  local mode=$1 commands=$2 system=${BOOT_HURD:+hurd} status=0
  shift 2
  : "${system:=boot}"
  BOOT_DIR=$(mktemp -d) || die "$STATUS_SETUP" "cannot make a directory"
  trap 'rm -rf -- "$BOOT_DIR"; step_abandon' EXIT
  boot_run_tree "$commands" || die "$STATUS_SETUP" "cannot copy this run's files"
  ln -s "$SDK/boot/gnumach" "$BOOT_DIR/"
  "${system}_files"

  # The modules are named relative to a directory whose name is ours.
  (
    cd "$BOOT_DIR" || exit "$STATUS_SETUP"
    exec python3 "$HURDLE/vm/boot/console.py" --mode "$mode" \
      --timeout "${BOOT_TIMEOUT:-0}" --log "$BUILD/console.log" "$@" -- \
      qemu-system-x86_64 -m "${HURDLE_MEMORY:-2048}" -display none \
      -monitor none -no-reboot -chardev stdio,id=line,signal=off \
      -serial chardev:line -accel "$BOOT_ACCEL" -cpu "$(boot_cpu)" "${BOOT_GDB[@]}" \
      "${BOOT_COUNT[@]}" \
      -kernel gnumach -append console=com0 \
      -initrd "$("${system}_modules" "$commands")"
  ) || status=$?
  rm -rf -- "$BOOT_DIR"
  trap step_abandon EXIT
  return "$status"
}

# KVM is taken only after a guest ran to its end under it: there are machines
# that offer it and on which this kernel makes no progress at all.
boot_probe_kvm ()
{
  local proof=$CACHE/kvm-works
  [[ $BOOT_ACCEL == kvm ]] || return 0
  [[ -r $proof && $(<"$proof") == "$(</proc/sys/kernel/random/boot_id)" ]] \
    && return
  [[ -w /dev/kvm ]] || die "$STATUS_NO_KVM" "no access to /dev/kvm"
  say "trying KVM ..."
  (BOOT_TIMEOUT=20 && boot exec true) >/dev/null 2>&1 \
    || die "$STATUS_NO_KVM" "under KVM the guest does not get to its end here;" \
           "leave --kvm away"
  cp /proc/sys/kernel/random/boot_id "$proof"
}
