#!/bin/sh
# check-layers.sh: does tools/check-layers see an arrow that goes up?
# SPDX-License-Identifier: GPL-2.0-or-later

top=$(cd "$(dirname "$0")/../.." && pwd)
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
status=0

# refused FILE INCLUDE CLAIM: one file with one include must be complained of.
# accepted FILE INCLUDE CLAIM: must not.
try ()
{
  rm -rf "${tree:?}"/lib "${tree:?}"/servers "${tree:?}"/env
  mkdir -p "$tree/tools" "$tree/$(dirname "$1")"
  cp "$top/tools/layers" "$tree/tools/layers"
  printf '#include %s\n' "$2" > "$tree/$1"
  "$top/tools/check-layers" "$tree" > "$tree/said" 2>&1
}
verdict ()
{
  if [ "$1" = 0 ]; then echo "ok layers_$2"; else
    echo "not ok layers_$2"; sed 's/^/# /' "$tree/said"; status=1
  fi
}
refused () { ! try "$1" "$2"; verdict $? "$3"; }
accepted () { try "$1" "$2"; verdict $? "$3"; }

refused lib/base/x.c '"lib/manifest/manifest.h"' base_knows_no_manifest
refused lib/base/x.c '<mach/port.h>' base_knows_no_mach
refused lib/manifest/x.c '"lib/port/right.h"' manifest_knows_no_port
refused lib/port/x.c '"servers/auth/auth.h"' port_knows_no_role
refused lib/port/x.c '"x_private.h"' includes_name_their_folder
refused servers/auth/x.c '"servers/exec/exec_script.h"' roles_keep_their_insides
refused servers/auth/x.c '"env/options.h"' servers_know_no_program
accepted lib/manifest/x.c '"lib/base/list.h"' manifest_may_use_base
accepted servers/auth/x.c '"servers/exec/exec.h"' roles_may_meet
accepted servers/auth/x.c '"auth_S.h"' servers_may_use_generated_headers
accepted env/x.c '"servers/exec/exec_script.h"' the_program_may_use_everything

"$top/tools/check-layers" > "$tree/said" 2>&1
verdict $? of_the_sources_go_down
exit $status
