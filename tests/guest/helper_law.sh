# helper_law.sh -- attempts to get out, made outside and inside.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_proxy.sh
tests=$(cd "$(dirname "$0")" && pwd)
escape=$tests/helper_escape

# law_begin: what the attempts are made at, and somebody to make them at.
law_begin ()
{
  "$escape" prepare || fails law_prepare "status $?"
  "$escape" law-victim > victim &
  victim=$!
  until [ -s victim ]; do sleep 1; done
}

law_end ()
{
  kill -KILL $victim
  wait $victim 2>/dev/null
  "$escape" clean
}

# law_verdicts KEPT FILE: the verdicts in FILE that are others than KEPT, in a
# line, and how many there are.
law_verdicts ()
{
  odd='' count=0
  while read -r verdict name; do
    count=$((count + 1))
    [ "$verdict" = "$1" ] || odd="$odd $verdict:$name"
  done < "$2"
  echo "$count$odd"
}

# law_unconfined KIND: all attempts of the KIND work out here.
law_unconfined ()
{
  law_begin
  UNCONFINED=1 "$escape" try "$1" > unconfined
  law_end
  attempts=$(wc -l < unconfined)
  expect law_attempts_work_unconfined "$attempts" \
    "$(law_verdicts reached unconfined)"
}

# law_inside NAME KIND COMMAND...: and none does where COMMAND puts it.
law_inside ()
{
  name=$1 kind=$2
  shift 2
  law_begin
  "$@" "$escape" try "$kind" > inside 2>errors
  expect "$name" "$attempts" "$(law_verdicts kept inside)"
  [ -s errors ] && while read -r line; do echo "# $line"; done < errors
  expect "$name"_changes_nothing '' "$("$escape" verify)"
  law_end
}

# In the manifest, what is not said is not there.  The same file for every
# depth.
proxy_manifest 'mount "/tmp" { from = "/tmp" mode = read-write }' > law.hurdle
law_manifest=$scratch/law.hurdle
echo 'environment "outermost" { include = "law.hurdle"
  mount "/" { from = "/" mode = read-only hide = { law_hidden } } }' \
  > outermost.hurdle

# law_nest DEPTH COMMAND...: in the outermost, the law_hidden are not shown.
law_nest ()
{
  depth=$1
  shift
  while [ "$depth" -gt 1 ]; do
    set -- hurdle-env "$law_manifest" -- "$@"
    depth=$((depth - 1))
  done
  hurdle-env "$scratch/outermost.hurdle" -- "$@"
}
