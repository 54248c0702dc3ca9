#!/bin/sh
# check-calls.sh: does tools/check-calls see a server that waits?
# SPDX-License-Identifier: GPL-2.0-or-later

top=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/obj/lib/port" "$tree/obj/lib/client" "$tree/obj/servers/auth"
status=0

# Objects with the names of two files of ours, and what they call.
compile ()
{
  printf 'extern int %s (void);\nint %s (void) { return %s (); }\n' \
    "$2" "$3" "$2" | cc -x c -fno-builtin -c -o "$tree/obj/$1.o" -
}
verdict ()
{
  if [ "$1" = 0 ]; then echo "ok calls_$2"; else
    echo "not ok calls_$2"; sed 's/^/# /' "$tree/said"; status=1
  fi
}
check () { "$top/tools/check-calls" "$tree/obj" > "$tree/said" 2>&1; }

compile lib/port/loop memcpy helper
compile servers/auth/auth_own helper other
check; verdict $? of_our_own_are_allowed
compile lib/client/client open find
check; verdict $? that_wait_are_allowed_to_clients
compile servers/auth/auth_own open other
! check && grep -q '^servers/auth/auth_own.c: calls open:' "$tree/said"
verdict $? that_wait_are_seen
compile servers/auth/auth_own thread_wire other
! check; verdict $? allowed_in_one_file_are_not_in_another
exit $status
