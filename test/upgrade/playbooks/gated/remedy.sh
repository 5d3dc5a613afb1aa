#!/bin/sh
set -eu
echo $$ > "$HOME/$2/pid"
echo "$1 gated $2" >> "$HOME/remedies.log"
while [ ! -e "$HOME/$2/gate" ]; do sleep 0.05; done
echo yes > "$HOME/$2/healthy"
echo "$1 gated $2" >> "$HOME/finished.log"
