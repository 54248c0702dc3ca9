#!/bin/sh
# A program of the guest whose source is gone does not stay in the build.
# SPDX-License-Identifier: GPL-2.0-or-later
build=$(mktemp -d) || exit 1
trap 'rm -rf "$build"' EXIT
bin=$build/guest/bin tests=$build/guest/hurdle/tests
mkdir -p "$bin" "$tests"
touch "$bin/a-tool-of-old" "$tests/renamed_claims" "$tests/run.sh"

MAKEFLAGS='' make -n help BUILD="$build" >/dev/null || exit 1
if [ -e "$bin/a-tool-of-old" ] || [ -e "$tests/renamed_claims" ]; then
  echo 'not ok built_programs_go_with_their_sources: they are still there'
  exit 1
fi
if ! [ -e "$tests/run.sh" ]; then
  echo 'not ok built_programs_go_with_their_sources: so did one that has one'
  exit 1
fi
echo 'ok built_programs_go_with_their_sources'
