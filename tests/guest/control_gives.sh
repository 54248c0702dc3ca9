#!/bin/sh
# control_gives -- a directory is given to an environment that runs, for good
# or for a time, and taken back while somebody uses it
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_control.sh

control_start
give () { hurdle-control "$node" grant "$@" 2>/dev/null; }
ask () { hurdle-control "$node" "$@" 2>&1; }

mkdir more && echo more > more/file && cp /bin/echo more/echo

# ---- given ----
say 'cat /more/file 2>/dev/null || echo nothing'
expect control_gives_nothing_unasked nothing "$(heard)"
id=$(give /more "$scratch/more")
say 'cat /more/file; echo x 2>/dev/null > /more/file || echo refused; /more/echo ran'
expect control_gives_a_directory more "$(heard)"
expect control_gives_it_read_only refused "$(heard)"
expect control_gives_programs ran "$(heard)"
holds control_lists_what_it_gave has "$(ask grants)" \
  "$id *directory */more *$scratch/more *read *no *yes *no *-"
expect control_mounts_once 1 "$(give /more "$scratch/given"; echo $?)"

id=$(give /given/deeper/still "$scratch/more" read-write,noexec nosuid)
say 'echo new > /given/deeper/still/new; /given/deeper/still/echo 2>/dev/null || echo refused'
expect control_gives_noexec refused "$(heard)"
expect control_gives_to_write new "$(cat more/new)"
holds control_takes_back hurdle-control "$node" revoke "$id"
id=$(give /given/deeper/still "$scratch/more")
say 'cat /given/deeper/still/new'
expect control_gives_again_where_it_took new "$(heard)"

# ---- whose authority ----
mkdir -m 700 private && echo secret > private/file
chmod 666 "$node"
as 1000 hurdle-control "$node" grant /private "$scratch/private" > /dev/null
say 'cat /private/file 2>/dev/null || echo denied'
expect control_gives_what_the_giver_may_see denied "$(heard)"
chmod 600 "$node"

# ---- mistakes ----
wrong () { give "$@" >/dev/null; echo $?; }
expect control_refuses_paths "1 1 1 1 1" "$(echo $(wrong more "$scratch/more"
  wrong / "$scratch/more"; wrong /a/../b "$scratch/more"
  wrong /a//b "$scratch/more"; wrong /a/ "$scratch/more"))"
expect control_refuses_files 1 "$(wrong /file "$scratch/more/file")"
expect control_refuses_what_is_not_there 1 "$(wrong /none "$scratch/none")"
expect control_says_what_is_not_there \
  "hurdle-control: $scratch/none: No such file or directory" \
  "$(hurdle-control "$node" grant /none "$scratch/none" 2>&1)"
holds control_says_how_a_path_looks has \
  "$(hurdle-control "$node" grant more "$scratch/more" 2>&1)" "like /A/B"
expect control_knows_the_words "2 2 2" "$(echo $(wrong /a "$scratch/more" read
  wrong /a "$scratch/more" for ever; wrong /a "$scratch/more" for 0))"

# ---- taken back while it is used ----
id=$(give /used "$scratch/more" read-write)
say 'cd /used && exec 5< file && pwd'
expect control_shell_is_there /used "$(heard)"
holds control_revokes_under_a_shell hurdle-control "$node" revoke "$id"
say 'read -r x <&5 && echo got || echo refused'
expect control_open_file_is_dead refused "$(heard)"
say '[ -e file ] && echo there || echo refused'
expect control_directory_is_dead refused "$(heard)"
say 'cd /given && echo alive; exec 5<&-'
expect control_shell_goes_on alive "$(heard)"

# ---- for a time ----
id=$(give /short "$scratch/more" for 3)
say 'cat /short/file'
expect control_gives_for_a_time more "$(heard)"
holds control_tells_the_time_left has "$(ask grants)" "/short * no *[123]"
sleep 5
say 'cat /short/file 2>/dev/null || echo over'
expect control_time_is_over over "$(heard)"
holds control_lists_what_is_over has "$(ask grants)" "/short * nothing * yes *-"
id=$(give /short "$scratch/more" for 3600)
say 'cat /short/file'
expect control_gives_again_after_a_time more "$(heard)"
holds control_takes_back_before_its_time hurdle-control "$node" revoke "$id"
control_end
