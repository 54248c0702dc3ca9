# helper_proxy.sh -- environments that see the parent's directories.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh

tests=$(cd "$(dirname "$0")" && pwd)

# parent_manifest MODE [LINE]...: a manifest with all of the parent's files.
# Later lines stand behind the others.
parent_manifest ()
{
  mode=$1
  shift
  cat <<X
environment "$mode" {
  identity = myself
  role "auth"    { source = own }
  role "proc"    { source = own }
  role "exec"    { source = own }
  role "local"   { source = own }
  role "devices" { source = own }
  mount "/" { from = "/" mode = $mode }
  variables { PATH = "/bin" }
X
  for line; do echo "  $line"; done
  echo '}'
}

# proxy_manifest [LINE]...: they cannot be written to.
proxy_manifest () { parent_manifest read-only "$@"; }

# proxy_nest FILE DEPTH COMMAND...: COMMAND in DEPTH environments, each of the
# manifest FILE, which must have that name in all of them.
proxy_nest ()
{
  file=$1 depth=$2
  shift 2
  while [ "$depth" -gt 0 ]; do
    set -- hurdle-env "$file" -- "$@"
    depth=$((depth - 1))
  done
  "$@"
}
