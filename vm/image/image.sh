# vm/image/image.sh -- root.tar, the guest's root: glibc's libraries, the
# userland, the project's own files and a few of vm/image/files.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

BUILD=$HURDLE/build
readonly IMAGE=$BUILD/image

# The project itself, for the guest: BUILD/hurdle-env and BUILD/guest.
project_build ()
{
  local build=(make -C "$HURDLE" --no-print-directory -j"$JOBS" SDK="$SDK"
               BUILD="$BUILD")

  # What another SDK's compiler made is worth nothing with this one's.
  if [[ $(cat "$BUILD/sdk" 2>/dev/null) != "$SDK" ]]; then
    rm -rf -- "$BUILD"/{obj,mig,guest,hurdle-env}
    printf '%s\n' "$SDK" >"$BUILD/sdk"
  fi
  "${build[@]}" -q >/dev/null 2>&1 || say "building Hurdle ..."
  "${build[@]}" >"$BUILD/make.log" 2>&1 && return
  grep -E -A 6 'error|\*\*\*' "$BUILD/make.log" | head -n 30 >&2
  die "$STATUS_SETUP" "building Hurdle failed; see $BUILD/make.log"
}

# What the root is made of, as text: the same text, the same root.
image_parts ()
{
  printf '%s\n' "$GLIBC" "${USERLAND[@]}"
  print_contents "$HURDLE"/vm/image/{image.sh,directories}
  find "$HURDLE/vm/image/files" "$BUILD/guest" \
       -printf '%p %m %s %T@ %l\n' | LC_ALL=C sort
}

# image_lay FROM TO: lay one tree over another; a directory goes through a
# symbolic link that stands for one.
image_lay ()
{
  tar -C "$1" -cf - . | tar -C "$2" --keep-directory-symlink -xf -
}

image_stage ()
{
  local stage=$1 mode owner path tree
  while read -r mode owner path; do
    [[ $mode == '#' ]] || mkdir -p "$stage/$path"
  done <"$HURDLE/vm/image/directories"
  ln -s ../bin "$stage/usr/bin"
  ln -s bin "$stage/sbin"

  mkdir "$stage.libraries"
  cp -a "$GLIBC"/root/lib/*.so* "$stage.libraries/"
  image_lay "$stage.libraries" "$stage/lib"
  rm -rf "$stage.libraries"
  for tree in "${USERLAND[@]}" "$HURDLE/vm/image/files" "$BUILD/guest"; do
    image_lay "$tree" "$stage"
  done
}

# image_pack STAGE FILE: everything is root's but what the table says; whoever
# packs need not be root.
image_pack ()
{
  local mode owner path others=()
  while read -r mode owner path; do
    [[ $mode != '#' ]] || continue
    chmod "$mode" "$1/$path"
    [[ $owner == 0 ]] || others+=("$owner:$path")
  done <"$HURDLE/vm/image/directories"

  tar -C "$1" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
      "${others[@]/#*:/--exclude=./}" -cf "$2" .
  for path in "${others[@]}"; do
    tar -C "$1" --format=ustar --owner="${path%%:*}" --group="${path%%:*}" \
        --numeric-owner -rf "$2" "./${path#*:}"
  done
}

image_build ()
{
  local stage=$IMAGE/stage
  rm -rf -- "$stage" "$stage.libraries" "$IMAGE/root.tar.new"
  mkdir -p -- "$stage"
  image_stage "$stage"
  image_pack "$stage" "$IMAGE/root.tar.new"
  mv -- "$IMAGE/root.tar.new" "$IMAGE/root.tar"
  rm -rf -- "$stage"
}

image_pack_if_changed ()
{
  local key status
  key=$(image_parts | key_of_stdin)
  if [[ -f $IMAGE/root.tar && $(cat "$IMAGE/key" 2>/dev/null) == "$key" ]]
  then
    return
  fi
  mkdir -p -- "$IMAGE"
  rm -f -- "$IMAGE/key"
  step_run "$IMAGE/image.log" image_build
  status=$?
  ((status == 0)) || step_fail image "$status" "$IMAGE/image.log"
  printf '%s\n' "$key" >"$IMAGE/key"
}

# Leaves BUILD/hurdle-env and IMAGE/root.tar.
image_setup ()
{
  sdk_setup
  userland_setup
  mkdir -p -- "$BUILD" || die "$STATUS_SETUP" "cannot make $BUILD"
  exec 8>"$BUILD/lock"
  flock 8
  project_build
  image_pack_if_changed
  exec 8>&-
}
