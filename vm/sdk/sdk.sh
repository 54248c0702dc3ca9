# vm/sdk/sdk.sh -- the SDK: Debian's gcc as a compiler for x86_64-gnu, MIG,
# glibc built from our interfaces, the kernel.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

readonly SDK_TOOLS="ar as ld nm objcopy objdump ranlib readelf size strings
                    strip"
JOBS=$(nproc)

# --- keys ------------------------------------------------------------------

# What interfaces/install installs comes from these.  The files themselves
# without their comments: rewording one builds nothing.  BUT, a pattern, names
# files that do not count.
sdk_interfaces_text ()
{
  local but=$1 file
  cat "$HURDLE"/interfaces/{install,halves}
  for file in "$HURDLE"/interfaces/hurd/*; do
    [[ ${file##*/} =~ $but ]] || print_contents "$file"
  done | gcc -w -fpreprocessed -dD -E -P -x c -
}

sdk_toolchain_text ()
{
  cat "$PACKAGES/versions"
  gcc -dumpfullversion
  print_contents "$HURDLE"/vm/sdk/{hurd.specs.in,x86_64-gnu-gcc,x86_64-gnu-mig}
}

# --- the compiler ----------------------------------------------------------

# sdk_toolchain DIR: fill DIR/bin and DIR/lib, and DIR/sysroot with the
# headers that glibc is built from.
sdk_toolchain ()
{
  local sdk=$1 include=$1/sysroot/usr/include gcc_dir tool

  gcc_dir=$(dirname "$(gcc -print-libgcc-file-name)")
  mkdir -p "$sdk/bin" "$sdk/lib/mig/bin" "$sdk/lib/mig/lib" "$include"
  sed "s|@GCC_DIR@|$gcc_dir|" "$HURDLE/vm/sdk/hurd.specs.in" \
      >"$sdk/lib/hurd.specs"
  install -m 755 "$HURDLE"/vm/sdk/x86_64-gnu-{gcc,mig} "$sdk/bin/"
  for tool in $SDK_TOOLS; do
    ln -s "$(command -v "$tool")" "$sdk/bin/x86_64-gnu-$tool"
  done

  # Who asks for the shared libgcc gets the static one: Linux's would come in.
  echo 'INPUT ( -lgcc -lgcc_eh )' >"$sdk/lib/libgcc_s.so"

  cp -a "$PACKAGES/root/usr/bin/x86_64-gnu-mig" "$sdk/lib/mig/bin/"
  cp -a "$PACKAGES/root/usr/lib/mig" "$sdk/lib/mig/lib/"
  cp -a "$PACKAGES"/root/usr/include/x86_64-linux-gnu/* "$include/"
  "$HURDLE/interfaces/install" "$include"
}

# --- glibc -----------------------------------------------------------------

# glibc_unpack DIR: the sources in DIR/source and an empty DIR/build.
glibc_unpack ()
{
  sdk_toolchain "$1/sdk"
  mkdir "$1/source" "$1/build"
  tar -C "$1/source" --strip-components=1 \
      -xf "$PACKAGES"/root/usr/src/glibc/glibc-*.tar.xz

  # Debian's tarball has no texinfo sources; a manual from the future is
  # never made again.
  mkdir "$1/build/manual"
  touch -d tomorrow "$1/build/manual/libc.info" "$1/build/manual/stubs"
}

# glibc_configure DIR: in DIR/build, with DIR/sdk's compiler.
glibc_configure ()
{
  cd "$1/build"
  ../source/configure \
    --build=x86_64-linux-gnu --host=x86_64-gnu --prefix=/usr \
    --with-headers="$1/sdk/sysroot/usr/include" \
    --disable-profile --disable-nscd --disable-werror --disable-mathvec \
    --disable-timezone-tools --without-selinux \
    CC=x86_64-gnu-gcc CXX= BUILD_CC=gcc MIG=x86_64-gnu-mig MAKEINFO=: \
    CFLAGS='-O2 -g0' \
    libc_cv_slibdir=/lib libc_cv_rtlddir=/lib
}

# glibc_build WORK DIR: leave DIR/root, what `make install` installs.  WORK
# outlives an interruption, and make goes on where it was.
glibc_build ()
{
  local work=$1 dir=$2
  PATH=$work/sdk/bin:$PATH
  if [[ ! -e $work/configured ]]; then
    rm -rf "$work"
    mkdir -p "$work"
    glibc_unpack "$work"
    glibc_configure "$work"
    touch "$work/configured"
  fi
  cd "$work/build"
  make -j"$JOBS" CXX= MAKEINFO=:
  make install CXX= MAKEINFO=: DESTDIR="$dir/root"
  cd "$dir"
  find root/lib -name '*.so*' -type f -size +2k \
       -exec x86_64-gnu-strip --strip-unneeded {} +
  rm -rf root/usr/share root/var
}

# Sets GLIBC.  Only the interfaces that glibc uses count in the key.
glibc_setup ()
{
  local key
  key=$({
    sdk_toolchain_text
    declare -f glibc_unpack glibc_configure glibc_build sdk_toolchain
    sdk_interfaces_text 'hurdle|acpi|notify|shutdown|[kpri]d*ioctl'
  } | key_of_stdin)
  step_cached glibc "$key" "building glibc (about 9 minutes)" \
              glibc_build "$CACHE/building/glibc-$key"
  GLIBC=$STEP_DIR
}

# --- the rest --------------------------------------------------------------

# QEMU's multiboot loader refuses an ELF64 file; the same bytes in an ELF32
# one boot.
sdk_kernel ()
{
  local sdk=$1
  mkdir "$sdk/boot"
  zcat "$PACKAGES"/root/boot/gnumach-*.gz >"$sdk/boot/gnumach-elf64"
  objcopy -O elf32-i386 "$sdk/boot/gnumach-elf64" "$sdk/boot/gnumach"
}

# What unwinds in static programs takes locks since gcc 14, which it looks for
# in libc; ours are in a library of their own.
sdk_unwinder ()
{
  local sdk=$1
  echo "GROUP ( $(gcc -print-file-name=libgcc_eh.a) -lpthread )" \
       >"$sdk/lib/libgcc_eh.a"
}

# What libConfuse's configure, which its tarball lacks, would find out.
readonly CONFUSE_FACTS=(
  -D'PACKAGE_VERSION="3.3"' -D'PACKAGE_STRING="libConfuse"'
  -DHAVE_{UNISTD,STRING,STRINGS,SYS_STAT}_H
  -DHAVE_{FMEMOPEN,REALLOCARRAY,STRDUP,STRNDUP,STRCASECMP,SETENV,UNSETENV}
)

# The manifest's parser, for hurdle-env alone: static, in the sysroot.
sdk_libconfuse ()
{
  local sdk=$1 build=$1/libconfuse-build
  mkdir "$build"
  tar -C "$build" --strip-components=1 \
      -xf "$PACKAGES"/sources/libconfuse_*.orig.tar.[gx]z
  cd "$build/src"
  flex -Pcfg_yy -o lexer.c lexer.l
  x86_64-gnu-gcc -O2 -I. -D_GNU_SOURCE "${CONFUSE_FACTS[@]}" \
    -c confuse.c lexer.c
  x86_64-gnu-ar rcs "$sdk/sysroot/usr/lib/libconfuse.a" confuse.o lexer.o
  cp confuse.h "$sdk/sysroot/usr/include/"
  cd "$sdk"
  rm -rf "$build"
}

sdk_build ()
{
  local sdk=$1
  sdk_toolchain "$sdk"
  PATH=$sdk/bin:$PATH
  cp -a "$GLIBC/root/." "$sdk/sysroot/"
  sdk_kernel "$sdk"
  sdk_unwinder "$sdk"
  sdk_libconfuse "$sdk"
}

# Sets SDK.
sdk_setup ()
{
  local key
  packages_setup
  glibc_setup
  key=$({
    basename "$GLIBC"
    declare -f sdk_build sdk_kernel sdk_unwinder sdk_libconfuse
    declare -p CONFUSE_FACTS
    sdk_interfaces_text '^$'
  } | key_of_stdin)
  step_cached sdk "$key" "putting the SDK together" sdk_build
  SDK=$STEP_DIR
}
