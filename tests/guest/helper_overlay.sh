# helper_overlay.sh -- environments with a layer over the parent's files.
# Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh

# overlay_manifest [LINE]...: a manifest with a layer over all of the parent's
# files.  Later lines stand behind the others.
overlay_manifest () { parent_manifest overlay "$@"; }

# inside COMMANDS: a shell in an environment of layer.hurdle does them.
inside () { hurdle-env layer.hurdle -- sh -c "$1" 2>&1; }
refused='|| echo refused'

# outside: what is there, with sizes, owners, modes and times, and bytes.
outside () { ls -lR --time-style=full-iso "$scratch/given"; cat given/[fst]*; }
