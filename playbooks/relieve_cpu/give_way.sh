# Makes a unit give way to what else its host has to do, and takes that back. Called with: slow or back, the unit, its manager, its processes.
#
# What a unit had before is kept in /run/medic/slowed/<unit>, which a start of the host empties, as it does the weight. The weight counts where
# systemd shares out the CPU by units, and the niceness elsewhere: within supervisor's own unit, or within one session, where the kernel shares
# it out by these. A niceness is one of a thread, and each thread of a process has its own.
set -u
export LC_ALL=C
do=$1 unit=$2 manager=$3 pids=$(printf %s "$4" | tr , ' ')
kept=/run/medic/slowed/$unit
fail() { echo "$1" >&2; exit 1; }
# Each thread and its niceness. What a process calls itself may hold anything, and ends with the last bracket.
threads() {
  for pid in $pids; do grep -sH . "/proc/$pid/task/"[0-9]*/stat; done | awk '{
    split(substr($0, 1, index($0, ":") - 1), at, "/"); parts = split($0, part, ")")
    if (parts > 1 && split(part[parts], field, " ") >= 20) print at[5], field[17]
  }'
}
# A thread that ended meanwhile needs none any more.
renice_to() {
  [ $# -gt 1 ] || return 0
  said=$(renice -n "$1" -p $(shift && echo "$@") 2>&1 > /dev/null | grep -v 'No such process')
  [ -z "$said" ] || fail "$unit could not be given a niceness of $1: $said"
}
# What systemctl set-property --runtime writes, by the name that systemd has for the unit.
written() { echo "/run/systemd/system.control/$(systemctl show --property=Id --value -- "$unit").d/50-CPUWeight.conf"; }
loaded() { [ "$(systemctl show --property=LoadState --value -- "$unit")" = loaded ]; }
case $do in
  slow)
    if [ ! -e "$kept" ]; then
      new=/run/medic/slowed/.new
      rm -rf "$new" && mkdir -p "$new" && threads > "$new/threads" || fail "what $unit had before could not be kept in $kept"
      if [ "$manager" = systemd ]; then
        systemctl show --property=Nice --value -- "$unit" > "$new/nice" || exit 1
        systemctl show --property=CPUWeight --value -- "$unit" > "$new/weight" || exit 1
        if [ -e "$(written)" ]; then echo yes > "$new/written"; fi
      fi
      mv "$new" "$kept" || exit 1
    fi
    if [ "$manager" = systemd ]; then systemctl set-property --runtime -- "$unit" CPUWeight=1 || exit 1; fi
    renice_to 19 $(threads | awk '$2 < 19 { print $1 }')
    echo "$unit gives way"
    ;;
  back)
    if [ ! -e "$kept" ]; then echo "$unit was not slowed down"; exit 0; fi
    if [ -e "$kept/weight" ]; then
      read -r weight < "$kept/weight"
      # Where none was set, systemd says so in words, or by the greatest number there is.
      case $weight in *[!0-9]* | ??????*) weight= ;; esac
      # A unit that was made for one run is gone after it.
      if loaded; then systemctl set-property --runtime -- "$unit" "CPUWeight=$weight" || exit 1; fi
      if [ ! -e "$kept/written" ]; then rm -f -- "$(written)" && systemctl daemon-reload || exit 1; fi
    fi
    nice=0
    if [ -e "$kept/nice" ]; then read -r nice < "$kept/nice"; fi
    # What the unit has started since gets what the unit is started with. Who has another niceness by now got it from somebody else.
    threads | awk -v usual="$nice" -v file="$kept/threads" '
      BEGIN { while ((getline < file) > 0) before[$1] = $2 }
      $2 == 19 { to = ($1 in before) ? before[$1] : usual; of[to] = of[to] " " $1 }
      END { for (to in of) print to of[to] }' | while read -r to tids; do renice_to "$to" $tids; done || exit 1
    rm -rf -- "$kept"
    echo "$unit has its share of the CPU again"
    ;;
  *) fail "give_way.sh cannot $do" ;;
esac
