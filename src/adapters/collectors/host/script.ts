/** The names of the sections, in the order in which `SCRIPT` prints them. */
export const SECTIONS = [
  ...['clock', 'load', 'cores', 'memory', 'first', 'processes', 'units', 'unit', 'limits', 'mounts', 'fstab'],
  ...[
    'kernel',
    'peers',
    'listeners',
    'members',
    'deleted',
    'packages',
    'changed',
    'second',
    'grown',
    'inodes',
    'disks',
  ],
] as const;

const SHOWN =
  'Id,Type,LoadState,ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,NRestarts,StateChangeTimestamp,Restart,ControlGroup';

/**
 * One reading of a host, in one go. $1 begins the line before each section, $2 and $3 are seconds of the epoch since when the kernel's log
 * and changed files are read, $4 is the unit that is asked about, or nothing. It takes no rights: what only root may read says so, as
 * `unreadable: ` and why. What can hang (a filesystem, a bus) comes last, or in time.
 */
export const SCRIPT = String.raw`
has() { command -v "$1" > /dev/null 2>&1; }
sample() {
  cat /proc/uptime; sed -n 's/^cpu /cpu /p' /proc/stat; sed 's/^/disk /' /proc/diskstats 2> /dev/null
  [ -z "$group" ] || sed 's/^/group /' "$group/cpu.stat" 2> /dev/null
  cat /proc/[0-9]*/stat 2> /dev/null | sed 's/^/task /'
}
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
echo "$1 clock"; date '+%s.%N %z'; has timedatectl && in_time 1 timedatectl show -p NTP -p NTPSynchronized 2> /dev/null
has systemctl && in_time 1 systemctl show -p Id,LoadState,ActiveState,Result chronyd chrony ntpd ntp ntpsec systemd-timesyncd 2> /dev/null
echo "$1 load"; cat /proc/loadavg
echo "$1 cores"; grep -c '^processor' /proc/cpuinfo
echo "$1 memory"; cat /proc/meminfo
echo "$1 first"; sample
echo "$1 processes"; ps -eo pid=,rss=,pcpu=,comm= --sort=-rss 2>/dev/null || ps -o pid,rss,comm
echo "$1 units"; failed=$(in_time 2 systemctl list-units --state=failed --no-legend --plain 2>/dev/null); printf '%s\n' "$failed"
echo "$1 unit"; [ -z "$4" ] || printf '%s\n\n' "$unit"
set -f; names=$(printf '%s\n' "$failed" | head -n 20 | sed 's/ .*//')
[ -z "$names" ] || in_time 2 systemctl show -p ${SHOWN} --timestamp=unix -- $names 2> /dev/null; set +f
echo "$1 limits"; for one in fs/file-nr net/netfilter/nf_conntrack_count net/netfilter/nf_conntrack_max net/ipv4/ip_local_port_range
do [ ! -r /proc/sys/$one ] || echo "$one $(cat /proc/sys/$one)"; done
echo "$1 mounts"; cat /proc/self/mounts
echo "$1 fstab"; cat /etc/fstab 2> /dev/null
echo "$1 kernel"
telling='out of memory|oom-kill|i/o error|remounting filesystem read-only|(ext4-fs|xfs|btrfs).*(error|corrupt|shutting down)|table full, dropping'
said=$(in_time 2 journalctl -k --since "@$2" -o short-unix --no-pager 2>&1)
if [ $? -eq 0 ] && ! printf '%s\n' "$said" | grep -q 'not seeing messages\|No journal files'; then
  echo readable; printf '%s\n' "$said" | grep -iE "$telling" | tail -n 60
elif said=$(dmesg 2>&1); then
  echo readable; printf 'up %s\n' "$(cut -d ' ' -f 1 /proc/uptime)"; printf '%s\n' "$said" | grep -iE "$telling" | tail -n 60
else echo "unreadable: $(printf '%s\n' "$said" | tail -n 1)"; fi
echo "$1 peers"
if has ss; then echo readable; in_time 2 ss -Htan state connected 2> /dev/null |
  awk '{ n[$5]++; if ($1 == "TIME-WAIT") w[$5]++ } END { for (p in n) print n[p], w[p] + 0, p }' | sort -rn | head -n 5
else echo 'unreadable: there is no ss'; fi
echo "$1 listeners"; if has ss; then echo readable; in_time 2 ss -Hltnp 2> /dev/null | head -n 300; else echo 'unreadable: there is no ss'; fi
echo "$1 members"
for pid in $pids; do
  most=$(sed -n 's/^Max open files *\([0-9]*\).*/\1/p' /proc/$pid/limits 2> /dev/null)
  if [ -r /proc/$pid/fd ]; then echo "$pid $(ls /proc/$pid/fd 2> /dev/null | wc -l) $most"; else echo "$pid unreadable $most"; fi
done
# What fills a disk is looked for where one is about to be full, and not on every host that has a trouble of another kind.
full=$(in_time 2 df -PB1 2> /dev/null | grep -cE ' ([7-9][0-9]|100)% ')
echo "$1 deleted"; if [ "$full" != 0 ]; then hidden=0; for one in /proc/[0-9]*; do [ -r "$one/fd" ] || hidden=$((hidden + 1)); done; echo "hidden $hidden"
in_time 2 find /proc/[0-9]*/fd -maxdepth 1 -lname '/* (deleted)' ! -lname '/memfd:*' ! -lname '/dev/*' ! -lname '/SYSV*' -printf 'link %p %l\n' -exec stat -L -c 'size %b %B %n' {} + 2> /dev/null | head -n 400; fi
echo "$1 packages"; for log in /var/log/dpkg.log /var/log/dnf.rpm.log; do
  [ ! -r "$log" ] || { echo readable; tail -n 300 "$log" | grep -E ' (install|upgrade|remove) |(Installed|Upgraded?|Erased): '; }; done
echo "$1 changed"; if find /proc/version -newermt "@$3" > /dev/null 2>&1; then echo readable
in_time 2 find /etc /usr/lib/systemd/system /usr/local/etc /var/spool/cron -xdev -type f -newermt "@$3" -printf '%T@ %p\n' 2> /dev/null | sort -rn | head -n 60; fi
echo "$1 second"; sleep 0.3 2> /dev/null || sleep 1; sample
echo "$1 grown"; [ "$full" = 0 ] || in_time 1 find /var /srv /opt /home /tmp /data -xdev -type f -size +20000k -mmin -60 -printf '%b %p\n' 2> /dev/null | sort -rn | head -n 5
echo "$1 inodes"; in_time 2 df -Pi 2>/dev/null
echo "$1 disks"; in_time 2 df -PB1 2>/dev/null
exit 0`;
