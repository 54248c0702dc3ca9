#!/bin/sh
# overlay_layer -- the parent's files are seen, and writes go to a layer
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/helper_overlay.sh

mkdir -p given/deep/er given/empty secret || exit 1
echo outside > given/file
echo two > given/second
echo deep > given/deep/er/file
echo hidden > given/.secret
echo out of reach > secret/file
ln -s /given/file given/absolute
ln -s deep/../file given/relative
ln -s "$scratch/secret/file" given/escaping
ln -s loop given/loop
ln given/second given/twin
cp /bin/echo given/echo
mknod given/null c 0 0 2>/dev/null
mkfifo given/pipe
mkdir given/many
i=0
while [ $i -lt 500 ]; do : > given/many/$i; i=$((i + 1)); done
head -c 300000 /dev/urandom > given/big
overlay_manifest \
  "mount \"/given\" { from = \"$scratch/given\" mode = overlay hide = { .secret } }" \
  "mount \"/still\" { from = \"$scratch/given\" mode = overlay noexec = yes }" \
  > layer.hurdle
outside > before

# ---- what is seen ----
expect overlay_runs_a_program "from echo" "$(inside '/given/echo from echo')"
expect overlay_reads outside "$(inside 'cat /given/file')"
expect overlay_an_offset_is_shared "out side" "$(inside 'exec 3</given/file
  dd bs=1 count=3 <&3 2>/dev/null; echo " $(cat <&3)"')"
expect overlay_reads_backwards "side out" "$(inside 'cd /given
  dd if=file bs=1 skip=3 2>/dev/null | { read -r a; echo $a $(head -c 3 file); }')"
expect overlay_lists "absolute deep echo empty escaping" \
  "$(inside 'cd /given; echo [ade]*')"
expect overlay_shows_mount_points "/given /still" "$(inside 'echo /given /sti*')"
expect overlay_hides_a_name "file refused" "$(inside "cd /given
  echo fi* \$(cat .secret 2>/dev/null $refused)")"
expect overlay_a_hidden_name_is_free ours "$(inside 'cd /given
  echo ours > .secret; cat .secret')"
expect overlay_follows_links_inside "outside outside" \
  "$(inside 'cd /given; echo $(cat absolute relative)')"
expect overlay_links_lead_to_what_is_inside "out of reach" \
  "$(inside 'cat /given/escaping')"
expect overlay_a_loop_ends refused "$(inside "cat /given/loop 2>/dev/null $refused")"
expect overlay_dot_dot_of_the_top_is_inside "/ /given/deep" \
  "$(inside 'cd /given; cd -P ..; a=$(pwd -P); cd /given/deep/er; cd -P ..; echo $a $(pwd -P)')"
expect overlay_what_it_says_of_a_file "8 644 0 regular file" \
  "$(inside 'stat -c "%s %a %u %F" /given/file')"
expect overlay_tells_files_apart different "$(inside 'cd /given
  [ "$(stat -c %i file)" = "$(stat -c %i second)" ] || echo different')"
expect overlay_a_file_has_one_number same "$(inside 'cd /given
  a=$(stat -c %i file); b=$(ls -i file); [ "$b" = "$a file" ] && echo same')"
expect overlay_many_files "500 0" \
  "$(inside 'cd /given/many; set -- *; echo $# $(cat * | wc -c)')"
expect overlay_the_bytes_are_the_same "$(sha256sum < given/big)" \
  "$(inside 'sha256sum < /given/big')"
expect overlay_noexec 126 "$(inside '/still/echo run 2>/dev/null; echo $?')"
expect overlay_devices_are_not_opened refused \
  "$(inside "cat /given/null 2>/dev/null $refused")"
expect overlay_pipes_are_our_own through \
  "$(inside 'echo through > /given/pipe & cat /given/pipe; wait')"

# ---- changes ----
expect overlay_writes "inside" "$(inside 'cd /given; echo inside > file; cat file')"
expect overlay_appends "outside inside" \
  "$(inside 'cd /given; echo inside >> file; echo $(cat file)')"
expect overlay_writes_in_the_middle "oXtside" "$(inside 'cd /given
  printf X | dd of=file bs=1 seek=1 conv=notrunc 2>/dev/null; cat file')"
expect overlay_cuts "out 3" "$(inside 'cd /given
  truncate -s 3 file; cat file; echo " $(stat -c %s file)"')"
expect overlay_lengthens 20 "$(inside 'cd /given
  truncate -s 20 file; cat file | wc -c')"
expect overlay_a_copy_keeps_the_rest "$({ cat given/big; echo end; } | sha256sum)" \
  "$(inside 'cd /given; echo end >> big; sha256sum < big')"
expect overlay_an_open_file_sees_the_copy "outside inside" "$(inside 'cd /given
  exec 3<file; echo inside >> file; echo $(cat <&3)')"
expect overlay_a_new_file "new" "$(inside 'cd /given/deep; echo new > n; cat n')"
expect overlay_removes "refused second" "$(inside "cd /given; rm file
  echo \$(cat file 2>/dev/null $refused) [fs]*[de]*d")"
expect overlay_removes_and_makes_again "again 1" "$(inside 'cd /given; rm file
  echo again > file; echo $(cat file) $(stat -c %h file)')"
expect overlay_removes_a_tree "0 refused" "$(inside "cd /given; rm -r deep
  set -- d*; [ \"\$1\" = 'd*' ] && echo 0 \$(ls deep 2>/dev/null $refused)")"
expect overlay_removes_an_empty_directory gone \
  "$(inside 'cd /given; rmdir empty; [ -d empty ] || echo gone')"
expect overlay_a_full_directory_stays "refused deep" "$(inside "cd /given
  echo \$(rmdir deep/er 2>/dev/null $refused) \$(cat deep/er/file)")"
expect overlay_a_directory_made_again_is_empty 0 "$(inside 'cd /given
  rm -r deep; mkdir deep; ls -A deep | wc -l')"
expect overlay_renames_a_file "outside gone" "$(inside 'cd /given; mv file moved
  echo $(cat moved) $([ -e file ] || echo gone)')"
expect overlay_renames_a_directory "deep gone /given/other" "$(inside 'cd /given
  mv deep other; cd other/er
  echo $(cat file) $([ -e ../../deep ] || echo gone) $(cd -P ..; pwd)')"
expect overlay_renames_over_a_file "outside" \
  "$(inside 'cd /given; mv file second; cat second')"
expect overlay_renames_over_a_full_directory refused "$(inside "cd /given
  mkdir n; mv -T n deep 2>/dev/null $refused")"
expect overlay_links "outside outside 2" "$(inside 'cd /given; ln file other
  echo $(cat file other) $(stat -c %h other)')"
expect overlay_linked_names_are_one_file "changed" "$(inside 'cd /given
  ln file other; echo changed > other; cat file')"
expect overlay_names_linked_outside_are_two "two changed" "$(inside 'cd /given
  echo changed > twin; echo $(cat second twin)')"
expect overlay_makes_links "outside" "$(inside 'cd /given; ln -s file soft; cat soft')"
expect overlay_modes "600 outside" "$(inside 'cd /given; chmod 600 file
  echo $(stat -c %a file) $(cat file)')"
expect overlay_owners "1000:7 outside" "$(inside 'cd /given; chown 1000:7 file
  echo $(stat -c %u:%g file) $(cat file)')"
expect overlay_times "1000000000 outside" "$(inside 'cd /given
  touch -d @1000000000 file; echo $(stat -c %Y file) $(cat file)')"
expect overlay_moves_to_another_layer "outside gone" "$(inside 'cd /given
  mv file /still/deep/m; echo $(cat /still/deep/m) $([ -e file ] || echo gone)')"
expect overlay_a_program_made_inside "from a copy" "$(inside 'cd /given
  cp echo own; rm echo; ./own from a copy')"
expect overlay_writes_everywhere "kept" \
  "$(inside 'echo kept > /etc/new; rm -r /bin/[a-c]*; cat /etc/new 2>/dev/null
     read -r a < /etc/new; echo $a')"
outside > after
holds overlay_changes_nothing_outside same before after
holds overlay_makes_nothing_outside test ! -e /etc/new -a -e /bin/cat

