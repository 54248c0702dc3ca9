#!/bin/sh
# contract_roles -- what a client may rely on, from each source of each role
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh
tree=$scratch/tree
mkdir -p "$tree/bin" || exit 1
cp "$(dirname "$0")/helper_static_contract" "$tree/bin/contract" || exit 1
nest_manifest "$tree" 'role "control" { source = own }' > contract.hurdle

# contract SOURCE ROLE...: the roles with this source, the others as in the
# manifest.
contract ()
{
  source=$1
  shift
  settings='' pairs=''
  for role; do
    settings="$settings --set role.$role=$source"
    pairs="$pairs $role=$source"
  done
  # shellcheck disable=SC2086
  claimed "contract_$source" timeout 60 \
    hurdle-env $settings contract.hurdle -- contract $pairs 2>said || cat said
}

contract own auth proc exec root local devices console terminal startup crash
contract fake local inet devices console terminal startup crash password procfs
contract absent local inet devices console terminal startup crash password procfs

# Without these a program can do too little to be asked about the others.
for role in auth proc exec; do
  contract fake $role
  contract absent $role
done

# The program is a file of the starter's.
cat > empty.hurdle <<'Y'
environment "empty" {
  identity = root-inside
  role "auth"    { source = own }
  role "proc"    { source = own }
  role "exec"    { source = own }
  role "root"    { source = fake }
  role "control" { source = own }
}
Y
claimed contract_empty timeout 60 hurdle-env empty.hurdle -- "$tree/bin/contract" root=fake
