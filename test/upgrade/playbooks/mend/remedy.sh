#!/bin/sh
set -eu
[ "$1" = --dry ] && { echo "would mend $2"; exit 0; }
echo $$ > "$HOME/$2/pid"
echo "$1 mend $2" >> "$HOME/remedies.log"
[ "$1" = undo ] || echo yes > "$HOME/$2/healthy"
echo "$1 mend $2" >> "$HOME/finished.log"
