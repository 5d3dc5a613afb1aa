/** What a host is, as it stands: nothing that is awaited, so that what decides the common faults is there at once. */
const STATE_SECTIONS = [
  ...['load', 'cores', 'memory', 'processes', 'units', 'unit', 'limits', 'mounts', 'fstab', 'members'],
  ...['inodes', 'disks'],
] as const;

/** What a host does, and what was done to it: between two moments, in its logs, and among its files. */
const WORK_SECTIONS = [
  ...[
    'self',
    'clock',
    'first',
    'second',
    'unit',
    'cores',
    'limits',
    'members',
    'kernel',
    'peers',
    'listeners',
    'packages',
  ],
  ...['changed', 'disks', 'deleted', 'grown'],
] as const;

/** The names of the sections that the scripts print. */
export const SECTIONS = [...new Set([...STATE_SECTIONS, ...WORK_SECTIONS])] as const;

const SHOWN =
  'Id,Type,LoadState,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,NRestarts,StateChangeTimestamp,Restart,ControlGroup';

/** $4 is the unit that is asked about, or nothing. It takes no rights: what only root may read says so, as `unreadable: ` and why. */
const COMMON = String.raw`
has() { command -v "$1" > /dev/null 2>&1; }
low=; has nice && low='nice -n 19'
in_time() { most=$1; shift; if has timeout; then timeout -k 1 "$most" $low "$@"; else $low "$@"; fi; }
group=; pids=
if [ -n "$4" ] && has systemctl; then
  unit=$(in_time 2 systemctl show -p ${SHOWN} --timestamp=unix -- "$4" 2> /dev/null || in_time 2 systemctl show -p ${SHOWN} -- "$4" 2> /dev/null)
  path=$(printf '%s\n' "$unit" | sed -n 's/^ControlGroup=//p' | head -n 1)
  if [ -n "$path" ] && [ "$path" != / ]; then
    for root in /sys/fs/cgroup /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup/systemd; do
      [ -d "$root$path" ] && { [ -n "$group" ] || group=$root$path; }
    done
    [ -z "$group" ] || pids=$(find "$group" -name cgroup.procs -exec cat {} + 2> /dev/null | head -n 50)
  fi
fi
limits() {
  ( cd /proc/sys && grep -Hs . fs/file-nr net/netfilter/nf_conntrack_count net/netfilter/nf_conntrack_max net/ipv4/ip_local_port_range ) | sed 's/:/ /'
}`;

/**
 * One reading of how a host is, in one go. $1 begins the line before each section. What can hang (a bus, a filesystem) comes in time, and
 * what many processes would be started for is read by the shell itself.
 */
export const STATE_SCRIPT = String.raw`${COMMON}
echo "$1 load"; cat /proc/loadavg
echo "$1 cores"; grep -c '^processor' /proc/cpuinfo
echo "$1 memory"; cat /proc/meminfo
echo "$1 processes"; ps -eo pid=,rss=,pcpu=,comm= --sort=-rss 2>/dev/null || ps -o pid,rss,comm
echo "$1 units"; failed=$(in_time 2 systemctl list-units --state=failed --no-legend --plain 2>/dev/null); printf '%s\n' "$failed"
echo "$1 unit"; [ -z "$4" ] || printf '%s\n\n' "$unit"
set -f; names=$(printf '%s\n' "$failed" | head -n 20 | sed 's/ .*//')
[ -z "$names" ] || in_time 2 systemctl show -p ${SHOWN} --timestamp=unix -- $names 2> /dev/null; set +f
echo "$1 limits"; limits
echo "$1 mounts"; cat /proc/self/mounts
echo "$1 fstab"; cat /etc/fstab 2> /dev/null
echo "$1 members"
count() { open=$#; [ -e "$1" ] || [ -L "$1" ] || open=0; }
files=; for pid in $pids; do files="$files /proc/$pid/limits"; done
[ -z "$files" ] || grep -Hs '^Max open files' $files | sed 's/[^0-9]*\([0-9]*\)[^0-9]*\([0-9]*\).*/\1 \2/' | while read -r pid most; do
  if [ -r /proc/$pid/fd ]; then count /proc/$pid/fd/*; echo "$pid $open $most"; else echo "$pid unreadable $most"; fi
done
echo "$1 inodes"; in_time 2 df -Pi 2>/dev/null
echo "$1 disks"; in_time 2 df -PB1 2>/dev/null
exit 0`;

/**
 * One reading of what a host does, and of what was done to it, in one go. $1 begins the line before each section, $2 and $3 are seconds of
 * the epoch since when the kernel's log and changed files are read. What reads disks comes before the two moments that are compared, and
 * what only computes between them; the second begins with what this shell and its children have computed, which is no part of what the
 * host does.
 */
export const WORK_SCRIPT = String.raw`${COMMON}
sample() {
  cat /proc/uptime; sed -n 's/^cpu /cpu /p' /proc/stat; sed 's/^/disk /' /proc/diskstats 2> /dev/null
  [ -z "$group" ] || sed 's/^/group /' "$group/cpu.stat" 2> /dev/null
  cat /proc/[0-9]*/stat 2> /dev/null | sed 's/^/task /'
}
hundredths() { IFS=' .' read -r seconds part rest < /proc/uptime; up=$seconds$part; }
echo "$1 unit"; [ -z "$4" ] || printf '%s\n\n' "$unit"
echo "$1 cores"; grep -c '^processor' /proc/cpuinfo
echo "$1 limits"; limits
echo "$1 members"; for pid in $pids; do echo "$pid"; done
echo "$1 kernel"
telling='out of memory|oom-kill|i/o error|remounting filesystem read-only|(ext4-fs|xfs|btrfs).*(error|corrupt|shutting down)|table full, dropping'
said=$(in_time 2 journalctl -k --since "@$2" -o short-unix --no-pager 2>&1)
if [ $? -eq 0 ] && ! printf '%s\n' "$said" | grep -q 'not seeing messages\|No journal files'; then
  echo readable; printf '%s\n' "$said" | grep -iE "$telling" | tail -n 60
elif said=$(dmesg 2>&1); then
  echo readable; printf 'up %s\n' "$(cut -d ' ' -f 1 /proc/uptime)"; printf '%s\n' "$said" | grep -iE "$telling" | tail -n 60
else echo "unreadable: $(printf '%s\n' "$said" | tail -n 1)"; fi
# What fills a disk is looked for where one is about to be full, and not on every host that has a trouble of another kind.
disks=$(in_time 2 df -PB1 2> /dev/null); full=$(printf '%s\n' "$disks" | grep -cE ' ([7-9][0-9]|100)% ')
echo "$1 disks"; printf '%s\n' "$disks"
echo "$1 deleted"; if [ "$full" != 0 ]; then hidden=0; for one in /proc/[0-9]*; do [ -r "$one/fd" ] || hidden=$((hidden + 1)); done; echo "hidden $hidden"
in_time 2 find /proc/[0-9]*/fd -maxdepth 1 -lname '/* (deleted)' ! -lname '/memfd:*' ! -lname '/dev/*' ! -lname '/SYSV*' -printf 'link %p %l\n' -exec stat -L -c 'size %b %B %n' {} + 2> /dev/null | head -n 400; fi
echo "$1 packages"; for log in /var/log/dpkg.log /var/log/dnf.rpm.log; do
  [ ! -r "$log" ] || { echo readable; tail -n 300 "$log" | grep -E ' (install|upgrade|remove) |(Installed|Upgraded?|Erased): '; }; done
echo "$1 changed"; if find /proc/version -newermt "@$3" > /dev/null 2>&1; then echo readable
in_time 2 find /etc /usr/lib/systemd/system /usr/local/etc /var/spool/cron -xdev -type f -newermt "@$3" -printf '%T@ %p\n' 2> /dev/null | sort -rn | head -n 60; fi
echo "$1 grown"; [ "$full" = 0 ] || in_time 1 find /var /srv /opt /home /tmp /data -xdev -type f -size +20000k -mmin -60 -printf '%b %p\n' 2> /dev/null | sort -rn | head -n 5
echo "$1 self"; echo "$$"
echo "$1 first"; sample; hundredths; began=$up
echo "$1 clock"; date '+%s.%N %z'
# timedatectl would start a service to answer: what keeps the time is asked itself.
if [ -e /run/systemd/timesync/synchronized ]; then echo 'NTPSynchronized=yes'
elif has chronyc && told=$(in_time 1 chronyc -n tracking 2> /dev/null); then
  if printf '%s\n' "$told" | grep -q '^Leap status *: Normal'; then echo 'NTPSynchronized=yes'; else echo 'NTPSynchronized=no'; fi
fi
has systemctl && in_time 1 systemctl show -p Id,LoadState,ActiveState,Result chronyd chrony ntpd ntp ntpsec systemd-timesyncd 2> /dev/null
echo "$1 peers"
if has ss; then echo readable; in_time 2 ss -Htan state connected 2> /dev/null |
  awk '{ n[$5]++; if ($1 == "TIME-WAIT") w[$5]++ } END { for (p in n) print n[p], w[p] + 0, p }' | sort -rn | head -n 5
else echo 'unreadable: there is no ss'; fi
echo "$1 listeners"; if has ss; then echo readable; in_time 2 ss -Hltnp 2> /dev/null | head -n 300; else echo 'unreadable: there is no ss'; fi
hundredths; left=$((30 - up + began))
[ "$left" -le 0 ] || sleep "0.$((left / 10))$((left % 10))" 2> /dev/null || sleep 1
echo "$1 second"; sample
exit 0`;
