# vm/hurd/hurd.sh -- upstream GNU/Hurd instead of our root environment: an
# installed tree, which is never changed, with Hurdle laid over a copy of it,
# as the file system that its own servers boot from.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# What a tree must have; the first two may also be called NAME.static there.
readonly HURD_SERVERS=(ext2fs exec startup proc auth term)

# hurd_server TREE NAME: the file of a server, statically linked if possible.
hurd_server ()
{
  local file
  for file in "$1/hurd/$2.static" "$1/hurd/$2"; do
    [[ -f $file ]] || continue
    printf '%s\n' "$file"
    return
  done
  return 1
}

# hurd_check TREE: is it one?
hurd_check ()
{
  local name lacking=()
  [[ -z $BOOT_MANIFEST && ${#BOOT_EXTRA[@]} == 0 ]] \
    || usage_error "--manifest and --option are for our root environment;" \
                   "with --hurd the Hurd's own servers run"
  [[ -d $1 ]] || usage_error "--hurd: no directory $1"
  for name in "${HURD_SERVERS[@]}"; do
    hurd_server "$1" "$name" >/dev/null || lacking+=("hurd/$name")
  done
  ((${#lacking[@]} == 0)) \
    || usage_error "--hurd $1: it lacks ${lacking[*]}; say the directory that" \
                   "an installed GNU/Hurd has as its root"
  for name in ext2fs exec; do
    ! readelf -lW "$(hurd_server "$1" "$name")" 2>/dev/null | grep -q INTERP \
      || usage_error "--hurd $1: hurd/$name is linked dynamically; the kernel" \
                     "starts it, so hurd/$name.static is needed"
  done
}

# Where the tree's startup looks for what it runs first.
hurd_first_program ()
{
  local found
  found=$(grep -aoE '/[a-z/]*/console-run' "$1/hurd/startup" | head -n 1)
  printf '%s\n' "${found:-/libexec/console-run}"
}

# hurd_stage TREE STAGE: a copy of it, with our userland if it has no shell,
# Hurdle, what belongs to this run, and the program that comes first.
hurd_stage ()
{
  local tree=$1 stage=$2 first node
  cp -a -- "$tree/." "$stage/"
  if [[ ! -e $stage/bin/sh && ! -L $stage/bin/sh ]]; then
    tar -C "$stage" --keep-directory-symlink --skip-old-files \
        -xf "$IMAGE/root.tar"
  fi
  image_lay "$BUILD/guest" "$stage"
  image_lay "$BOOT_DIR/run" "$stage"

  mkdir -p "$stage"/{dev,root,run,tmp,servers/socket}
  chmod 1777 "$stage/tmp"
  for node in exec startup crash password socket/1; do
    [[ -e $stage/servers/$node ]] || : >"$stage/servers/$node"
  done
  first=$stage$(hurd_first_program "$tree")
  mkdir -p "$(dirname -- "$first")"
  rm -f -- "$first"
  "$SDK/bin/x86_64-gnu-gcc" -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -s \
    -o "$first" "$HURDLE/vm/hurd/launch.c"
  first=${first%/*}/runsystem
  [[ -e $first ]] || install -m 755 /dev/null "$first"
}

# hurd_pack STAGE FILE: in the Hurd's own format, a quarter of it free.  In a
# name space of users, whose root we are, all is root's, whoever packs.
hurd_pack ()
{
  local size as_root=()
  size=$(($(du -sm -- "$1" | cut -f1) * 5 / 4 + 64))
  ((size < ${HURDLE_MEMORY:-2048} / 2)) \
    || { echo "the file system takes $size MiB of the guest's memory;" \
              "set HURDLE_MEMORY to more than $((2 * size))"; return 1; }
  ((EUID == 0)) || as_root=(unshare --map-root-user)
  PATH=$PATH:/sbin "${as_root[@]}" \
    mke2fs -q -t ext2 -o hurd -b 4096 -d "$1" "$2" "${size}m"
}

# Leaves root.img, ext2fs and exec in BOOT_DIR.
hurd_build ()
{
  mkdir "$BOOT_DIR/stage"
  hurd_stage "$BOOT_HURD" "$BOOT_DIR/stage"
  hurd_pack "$BOOT_DIR/stage" "$BOOT_DIR/root.img"
  rm -rf -- "$BOOT_DIR/stage"
  cp -- "$(hurd_server "$BOOT_HURD" ext2fs)" "$BOOT_DIR/ext2fs"
  cp -- "$(hurd_server "$BOOT_HURD" exec)" "$BOOT_DIR/exec"
}

hurd_files ()
{
  local status
  say "making a file system of $BOOT_HURD ..."
  step_run "$BUILD/hurd.log" hurd_build
  status=$?
  ((status == 0)) && return
  sed 's/^/    /' "$BUILD/hurd.log" | tail -n 5 >&2
  die "$STATUS_SETUP" "making the file system failed; see $BUILD/hurd.log"
}

# The modules that a Hurd's boot loader names, in the kernel's own words.
# shellcheck disable=SC2016
hurd_modules ()
{
  local root='ext2fs --multiboot-command-line=${kernel-command-line}'
  root+=' --host-priv-port=${host-port} --device-master-port=${device-port}'
  root+=' --exec-server-task=${exec-task} --kernel-task=${kernel-task}'
  root+=' -T device rd0 $(task-create) $(task-resume)'
  printf '%s' 'root.img $(ramdisk-create),' "$root," \
         'exec $(exec-task=task-create)'
}
