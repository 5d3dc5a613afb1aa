#!/bin/sh
set -eu
echo "$1 slow $2" >> "$HOME/remedies.log"
echo "$1 slow $2" >> "$HOME/finished.log"
