#!/bin/sh
# Files, directories, links and permissions through coreutils.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"

mkdir -p a/b/c
expect nested_directories_are_made a/b/c "$(ls -d a/b/c)"
echo text >a/file
expect a_hard_link_is_the_same_file "2 text" \
  "$(ln a/file a/link; echo "$(stat -c %h a/file) $(cat a/link)")"
expect a_symbolic_link_is_followed text "$(ln -s a/file soft; cat soft)"
expect a_symbolic_link_is_read a/file "$(readlink soft)"
expect an_absolute_symbolic_link_is_followed text \
  "$(ln -s "$scratch/a/file" hard; cat hard)"
expect a_loop_of_links_ends yes \
  "$(ln -s loop loop; cat loop 2>/dev/null || echo yes)"
expect dot_dot_leads_up "$scratch" "$(cd a/b/c/../../..; pwd -P)"
expect a_rename_replaces new "$(echo new >n; echo old >o; mv n o; cat o)"
expect a_directory_is_moved c "$(mv a/b moved; ls moved)"
expect a_full_directory_stays yes "$(rmdir moved 2>/dev/null || echo yes)"
expect modes_are_kept 640 "$(chmod 640 a/file; stat -c %a a/file)"
expect the_umask_counts 600 "$( (umask 077; echo >u); stat -c %a u)"
expect owners_change "1000 1000" "$(chown 1000:1000 u; stat -c '%u %g' u)"
expect times_are_set 86400 "$(touch -d @86400 u; stat -c %Y u)"
expect a_sparse_file_is_sparse yes "$(truncate -s 100M sparse
  [ "$(stat -c %b sparse)" -lt 100 ] && [ "$(stat -c %s sparse)" = 104857600 ] && echo yes)"
expect a_hole_reads_as_zeroes 0 "$(dd if=sparse bs=4k skip=100 count=1 2>/dev/null | tr -d '\0' | wc -c | tr -d ' ')"
expect truncation_cuts hel "$(printf hello >t; truncate -s 3 t; cat t)"
expect appending_appends ab "$(printf a >app; printf b >>app; cat app)"
expect a_thousand_names 1000 "$(mkdir many; cd many || exit
  n=0; while [ $n -lt 1000 ]; do : >$n; n=$((n + 1)); done
  ls | wc -l | tr -d ' ')"
expect a_tree_is_copied yes "$(cp -a many again
  [ "$(ls many | sha256sum)" = "$(ls again | sha256sum)" ] && echo yes)"
expect a_tree_is_removed gone "$(rm -rf many again; ls many 2>/dev/null || echo gone)"
expect a_removed_open_file_is_readable still "$(echo still >r; (rm r; cat) <r)"
expect df_speaks_of_the_root / "$(df / | tail -n 1 | (read -r a b c d e f; echo "$f"))"
expect a_fifo_carries_data through "$(mkfifo p; cat p & echo through >p; wait)"
