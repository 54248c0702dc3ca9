#!/bin/sh
# proxy_contract -- what is true of files is true of the parent's files
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh
. "$tests"/helper_files.sh
proxy_manifest 'mount "/tmp" { from = "/tmp" mode = read-write }' \
  > proxied.hurdle
files_contract proxy proxied.hurdle
