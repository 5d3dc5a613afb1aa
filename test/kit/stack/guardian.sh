#!/bin/sh
# Ends what a test or the demo started when the parent dies before it could do so itself, be it by SIGKILL.
# The parent writes lines to stdin; the end of stdin means that the parent is gone.
#   hold GROUP      a process group to end      release GROUP   it has ended
#   mount PATH      a mount to undo             unmount PATH    it has been undone
#   scratch PATH    a directory to remove       removed PATH    it has been removed
# The parent's signals (Ctrl-C in its terminal) are not for the guardian: it waits for the parent.
trap '' INT TERM HUP

groups='' mounts='' scratch=''

without() { # without LIST ITEM: prints LIST without ITEM
  for each in $1; do [ "$each" = "$2" ] || printf '%s ' "$each"; done
}

while read -r verb what; do
  case $verb in
    hold) groups="$groups $what" ;;
    release) groups=$(without "$groups" "$what") ;;
    mount) mounts="$mounts $what" ;;
    unmount) mounts=$(without "$mounts" "$what") ;;
    scratch) scratch="$scratch $what" ;;
    removed) scratch=$(without "$scratch" "$what") ;;
  esac
done

for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
tries=0
while [ $tries -lt 60 ]; do
  alive=''
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && break
  tries=$((tries + 1))
  sleep 0.1
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
for path in $mounts; do umount -l "$path" 2>/dev/null; done
for path in $scratch; do rm -rf --one-file-system "$path"; done
