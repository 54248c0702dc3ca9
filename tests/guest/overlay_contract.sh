#!/bin/sh
# overlay_contract -- what is true of files is true in a layer over them
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_overlay.sh
. "$tests"/helper_files.sh
overlay_manifest > layered.hurdle
files_contract overlay layered.hurdle
