# helper_terminal.sh -- for tests/typing: in /tmp/t, a manifest whose terminal
# is on the starter's, t.hurdle, of a small tree with the same in it; and one that
# has the starter's itself, and its processes, p.hurdle.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

# terminal_manifest FROM
terminal_manifest ()
{
  cat <<X
environment "typed" {
  identity = root-inside
  role "auth"     { source = own }
  role "proc"     { source = own }
  role "exec"     { source = own }
  role "local"    { source = own }
  role "devices"  { source = own }
  role "terminal" { source = proxy }
  mount "/" { from = "$1" mode = copy }
  variables { PATH = "/bin" TERM = "vt100" PS1 = "inside> " }
}
X
}

# The same files, with the parent's processes.
parent_manifest ()
{
  terminal_manifest "$1" | while IFS= read -r line; do
    case $line in
      *root-inside*) echo '  identity = myself contained = no' ;;
      *'"auth"'* | *'"proc"'* | *'"terminal"'*)
        echo "  ${line%"{"*} { source = parent }" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done
}

mkdir -p /tmp/t/tree/bin /tmp/t/tree/tmp/t && cd /tmp/t
for program in hurdle-env sh bash cat sleep stty tty; do
  cp /bin/$program tree/bin/
done
cp -a /lib tree/lib
terminal_manifest /tmp/t/tree >t.hurdle
terminal_manifest / >tree/tmp/t/t.hurdle
parent_manifest /tmp/t/tree >p.hurdle
