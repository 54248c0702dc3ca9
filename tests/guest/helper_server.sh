# helper_server.sh -- somebody outside who serves a directory, at $scratch/served
# SPDX-License-Identifier: GPL-2.0-or-later

# server_start NODE
server_start ()
{
  mkfifo server_to server_from || exit 1
  "$tests"/helper_server "$1" < server_to > server_from &
  server=$!
  exec 5> server_to 6< server_from
  server_tell well > /dev/null
}

# server_tell LINE: and what it answers.
server_tell ()
{
  echo "$*" >&5
  read -r line <&6 && echo "$line"
}

server_end ()
{
  exec 5>&-
  wait "$server"
  exec 6<&-
}
