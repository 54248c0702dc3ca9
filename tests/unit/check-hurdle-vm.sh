#!/bin/sh
# What hurdle-vm refuses before it sets anything up: the status is 121, and the
# first line says what is wrong and how to mend it.
# SPDX-License-Identifier: GPL-2.0-or-later
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/hurd" "$tree/part/hurd"
touch "$tree/part/hurd/exec.static" "$tree/part/hurd/startup"
for server in auth exec ext2fs proc startup term; do
  cp /bin/true "$tree/hurd/$server"
done

failed=0
# refused CLAIM TEXT ARGUMENT...: the tree's name is left out of TEXT.
refused ()
{
  claim=$1 text=$2
  shift 2
  said=$(./hurdle-vm "$@" 2>&1)
  status=$?
  said=$(printf '%s\n' "$said" | head -n 1 | sed "s|$tree|TREE|g")
  if [ $status -eq 121 ] && [ "$said" = "hurdle-vm: $text" ]; then
    echo "ok hurdle_vm_refuses_$claim"
  else
    echo "not ok hurdle_vm_refuses_$claim: status $status: $said"
    failed=1
  fi
}

refused a_verb_of_no_kind 'no such verb: excec' excec true
refused an_option_of_no_kind 'no such option: --whith' exec --whith a:/b true
refused an_option_alone '--with wants an argument' exec --with
refused two_commands 'exec wants COMMANDS, as one argument' exec echo hello
refused a_file_without_place '--with Makefile: say HOSTFILE:/GUEST/PATH' \
        exec --with Makefile true
refused a_file_that_is_not_there '--with: no file TREE/none' \
        exec --with "$tree/none:/tmp/x" true
refused a_manifest_that_is_not_there '--manifest: no file TREE/none' \
        exec --manifest "$tree/none" true
refused a_time_in_words '--timeout wants a number of seconds, 0 for none' \
        exec --timeout ten true
refused a_hurd_that_is_not_there '--hurd: no directory TREE/none' \
        exec --hurd "$tree/none" true
refused the_root_of_this_machine "--hurd /: it lacks hurd/ext2fs hurd/exec \
hurd/startup hurd/proc hurd/auth hurd/term; say the directory that an \
installed GNU/Hurd has as its root" exec --hurd / true
refused a_hurd_in_parts "--hurd TREE/part: it lacks hurd/ext2fs hurd/proc \
hurd/auth hurd/term; say the directory that an installed GNU/Hurd has as its \
root" exec --hurd "$tree/part" true
refused a_hurd_that_the_kernel_cannot_start "--hurd TREE: hurd/ext2fs is \
linked dynamically; the kernel starts it, so hurd/ext2fs.static is needed" \
        exec --hurd "$tree" true
refused a_manifest_for_a_hurd "--manifest and --option are for our root \
environment; with --hurd the Hurd's own servers run" \
        exec --hurd "$tree" --manifest Makefile true
touch "$tree/hurd/ext2fs.static" "$tree/hurd/exec.static"
refused the_demo_on_a_hurd \
        '--hurd is for exec, shell, type and bench, not demo' \
        demo --hurd "$tree"
exit $failed
