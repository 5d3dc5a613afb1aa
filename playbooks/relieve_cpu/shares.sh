# Says of each unit what is changed where it is slowed down: its weight, and whether a thread of it gives way. Called with the units, separated by
# commas. Only what lasts is said, so that a process that came or went in the meantime makes no difference.
set -u
export LC_ALL=C
# The niceness of each thread of these processes, and the parent of every process. What a process calls itself ends with the last bracket.
field_of() { awk -v from="$1" '{ parts = split($0, part, ")"); if (parts > 1 && split(part[parts], field, " ") >= 20) print substr($0, 7) + 0, field[from] }'; }
niceness() { for pid in $1; do grep -sH . "/proc/$pid/task/"[0-9]*/stat; done | field_of 17; }
with_children() {
  grep -sH . /proc/[0-9]*/stat | field_of 2 | awk -v top="$1" '{ parent[$1] = $2 }
    END { for (pid in parent) { at = pid; while (at in parent && at != top) at = parent[at]; if (at == top) print pid } }'
}
for unit in $(printf %s "$1" | tr , ' '); do
  weight= pids=
  if [ "$(systemctl show --property=LoadState --value -- "$unit" 2> /dev/null)" = loaded ]; then
    weight=$(systemctl show --property=CPUWeight --value -- "$unit") && [ -n "$weight" ] || exit 1
    group=$(systemctl show --property=ControlGroup --value -- "$unit")
    for root in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
      [ -z "$group" ] || [ "$group" = / ] || [ ! -d "$root$group" ] ||
        pids="$pids $(find "$root$group" -name cgroup.procs -exec cat {} + 2> /dev/null)"
    done
  else
    main=$(supervisorctl pid "$unit" 2> /dev/null)
    case $main in '' | 0 | *[!0-9]*) ;; *) pids=$(with_children "$main") ;; esac
  fi
  slow=$(niceness "$pids" | awk '$2 == 19 { found = 1 } END { print found ? "a thread gives way" : "no thread gives way" }')
  echo "$unit: ${weight:+CPUWeight $weight, }$slow"
done
