# helper_proxy.sh -- environments that see the parent's directories.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_nest.sh

# proxy_manifest [LINE]...: a manifest with the parent's files, which cannot be
# written to.  Later lines stand behind the others.
proxy_manifest ()
{
  cat <<X
environment "proxied" {
  identity = myself
  role "auth"    { source = own }
  role "proc"    { source = own }
  role "exec"    { source = own }
  role "local"   { source = own }
  role "devices" { source = own }
  mount "/" { from = "/" mode = read-only }
  variables { PATH = "/bin" }
X
  for line; do echo "  $line"; done
  echo '}'
}

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
