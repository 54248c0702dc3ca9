#!/bin/sh
# law 3: the same thing is the same, and everything that can be a descriptor
# takes another identity
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh
descriptors=$(cd "$(dirname "$0")" && pwd)/helper_descriptors

echo text > file
mkfifo pipe
mkdir directory
ln -s file link
proxy_manifest 'mount "/tmp" { from = "/tmp" mode = read-write }' > all.hurdle
paths="$scratch/file $scratch/directory $scratch/link /bin/sh /tmp /dev/null
  /dev/zero /dev/urandom"

# verdict COMMAND...: the last line that it says; all of it if that is no good.
verdict ()
{
  "$@" $paths > said < file 2>errors
  last=''
  while read -r line; do last=$line; done < said
  [ "$last" = right ] || while read -r line; do echo "# $line"; done < said >&3
  echo "$last"
}

exec 3>&1
expect law_3_unconfined right "$(verdict "$descriptors")"
expect law_3_at_depth_1 right "$(verdict proxy_nest "$scratch/all.hurdle" 1 "$descriptors")"
expect law_3_at_depth_3 right "$(verdict proxy_nest "$scratch/all.hurdle" 3 "$descriptors")"
fakes='--set role.devices=fake --set role.local=fake'
expect law_3_of_fakes right \
  "$(verdict hurdle-env $fakes all.hurdle -- "$descriptors")"
