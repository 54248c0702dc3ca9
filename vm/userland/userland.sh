# vm/userland/userland.sh -- unmodified programs from Debian's sources, for
# the guest, dynamically linked.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

readonly USERLAND_PROGRAMS="dash coreutils bash make lua sqlite"

# program_unpack SOURCE DIR: the upstream tarball of a source package.
program_unpack ()
{
  mkdir -p "$2"
  tar -C "$2" --strip-components=1 -xf "$PACKAGES"/sources/"$1"_*.orig.tar.[gx]z
  cd "$2"
}

program_configure ()
{
  ./configure --build=x86_64-linux-gnu --host=x86_64-gnu --prefix=/usr \
    --bindir=/bin --disable-nls CC=x86_64-gnu-gcc CFLAGS='-O2' "$@"
}

# program_install DIR FILE...: the programs alone, stripped.
program_install ()
{
  local dir=$1
  shift
  mkdir -p "$dir/bin"
  install -m 755 -s --strip-program=x86_64-gnu-strip "$@" "$dir/bin/"
}

# Each of these fills DIR with what belongs in the guest's root.

build_dash ()
{
  local dir=$1
  program_unpack dash "$dir/build"
  # The Hurd has no PATH_MAX; this source wants one.
  program_configure --without-libedit CPPFLAGS=-DPATH_MAX=4096
  make -j"$JOBS" -C src
  program_install "$dir" src/dash
  ln -s dash "$dir/bin/sh"
}

build_coreutils ()
{
  local dir=$1
  program_unpack coreutils "$dir/build"
  FORCE_UNSAFE_CONFIGURE=1 program_configure --without-gmp \
    --without-selinux --disable-libcap \
    --enable-install-program=kill,hostname \
    --enable-no-install-program=stdbuf
  make -j"$JOBS" SUBDIRS=. man1_MANS= all
  make SUBDIRS=. man1_MANS= install-exec DESTDIR="$dir"
  x86_64-gnu-strip "$dir"/bin/*
}

build_bash ()
{
  local dir=$1
  program_unpack bash "$dir/build"
  # Its termcap and its line editor both define PC, BC and UP: -fcommon.
  # The rest is what configure finds out by running programs.
  # Its own termcap does without <unistd.h>, which gcc 14 takes for a mistake.
  program_configure --without-bash-malloc \
    CFLAGS='-O2 -fcommon -Wno-implicit-function-declaration' \
    bash_cv_job_control_missing=present \
    bash_cv_func_sigsetjmp=present \
    bash_cv_getcwd_malloc=yes \
    bash_cv_getenv_redef=yes \
    bash_cv_printf_a_format=yes \
    bash_cv_sys_named_pipes=present \
    bash_cv_ulimit_maxfds=yes \
    bash_cv_unusable_rtsigs=no \
    bash_cv_dup2_broken=no \
    bash_cv_pgrp_pipe=no \
    bash_cv_must_reinstall_sighandlers=no \
    bash_cv_wcontinued_broken=no \
    bash_cv_wexitstatus_offset=8 \
    bash_cv_termcap_lib=gnutermcap
  make -j"$JOBS" bash
  program_install "$dir" bash
}

build_make ()
{
  local dir=$1
  program_unpack make-dfsg "$dir/build"
  # Debian's tarball is without the manual that configure wants a place for.
  mkdir -p doc
  touch doc/Makefile.in
  program_configure --without-guile
  make -j"$JOBS" -C lib
  make -j"$JOBS" make
  program_install "$dir" make
}

build_lua ()
{
  local dir=$1
  program_unpack lua5.4 "$dir/build"
  cd src
  rm luac.c
  x86_64-gnu-gcc -O2 -DLUA_COMPAT_5_3 -DLUA_USE_POSIX -DLUA_USE_DLOPEN \
    -Wl,-E -o lua5.4 ./*.c -lm -ldl
  program_install "$dir" lua5.4
  ln -s lua5.4 "$dir/bin/lua"
}

build_sqlite ()
{
  local dir=$1
  mkdir -p "$dir/build"
  tar -C "$dir/build" --strip-components=1 \
      -xf "$PACKAGES"/sources/sqlite3_*.orig.tar.xz
  cd "$dir/build"
  ./configure --disable-tcl
  make sqlite3.c shell.c
  x86_64-gnu-gcc -O2 -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_LOAD_EXTENSION \
    -o sqlite3 sqlite3.c shell.c -lm -lpthread
  program_install "$dir" sqlite3
}

userland_build ()
{
  local build=$1 dir=$2
  PATH=$SDK/bin:$PATH
  "$build" "$dir"
  cd "$dir"
  rm -rf build
}

# Sets USERLAND, the directories of all programs.
userland_setup ()
{
  local program key
  USERLAND=()
  for program in $USERLAND_PROGRAMS; do
    key=$({
      basename "$GLIBC"
      declare -f program_unpack program_configure program_install \
        userland_build "build_$program"
    } | key_of_stdin)
    step_cached "userland-$program" "$key" "building $program" \
                userland_build "build_$program"
    USERLAND+=("$STEP_DIR")
  done
}
