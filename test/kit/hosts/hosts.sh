#!/bin/sh
# Boots test hosts, each with a systemd of its own, in namespaces that end with their first process: its mounts, its network and
# whatever runs in it go when it is killed, be it by the guardian. What the kernel does not tidy by itself is a folder under $state,
# a control group and a route; `claim` and `release` do that, also for kits whose owner was killed.
#
#   probe                                    whether this machine allows it; says why not
#   claim OWNER                              prints the number of a new kit that belongs to process OWNER; hosts get 10.77.NUMBER.*
#   boot KIT INDEX NAME ROOTFS LAYER [ARG..] becomes the host; run in new mount and PID namespaces; ARGs go to systemd-nspawn
#   release KIT                              ends what is left of a kit
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
state=/run/medic-test-hosts
network=10.77.0.0/16

say() { echo "$*" >&2; exit 1; }

# Where control groups of a name may be: one hierarchy, or systemd's own beside the old ones.
hierarchies() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo /sys/fs/cgroup; else
    for each in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do [ ! -d "$each" ] || echo "$each"; done
  fi
}

enter_group() {
  for each in $(hierarchies); do
    mkdir -p "$each/$1" 2>/dev/null && echo 0 > "$each/$1/cgroup.procs" || say "no control group can be made in $each"
  done
}

# Processes that belonged to a killed host end within moments; a control group can be removed once they have.
remove_group() {
  for each in $(hierarchies); do
    [ -d "$each/$1" ] || continue
    find "$each/$1" -name cgroup.procs -exec cat {} + 2>/dev/null | while read -r pid; do kill -KILL "$pid" 2>/dev/null || :; done
    tries=0
    while ! find "$each/$1" -depth -type d -exec rmdir {} + 2>/dev/null && [ -d "$each/$1" ] && [ $tries -lt 50 ]; do
      tries=$((tries + 1))
      sleep 0.1
    done
  done
}

# A process is told from a later one of the same number by when it began.
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Holds the lock until the script ends.
lock() {
  mkdir -p "$state"
  exec 9> "$state/lock"
  flock 9
}

forget() { # forget KIT
  for host in "$state/$1"/*/; do
    [ -d "$host" ] || continue
    index=$(basename "$host")
    remove_group "medic-test-$1-$index"
    ip link delete "mt$1-$index" 2>/dev/null || :
  done
  rm -rf --one-file-system "${state:?}/$1"
  for other in "$state"/*/; do [ ! -d "$other" ] || return 0; done
  ip route delete blackhole "$network" 2>/dev/null || :
}

sweep() {
  for kit in "$state"/*/; do
    [ -d "$kit" ] || continue
    read -r pid since < "$kit/owner" || { pid=0; since=never; }
    [ "$(born "$pid")" = "$since" ] || forget "$(basename "$kit")"
  done
}

claim() {
  lock
  sweep
  # Somebody's real network is not ours to hide.
  foreign=$(ip route show root "$network" | grep -v -e ' dev mt' -e '^blackhole' || :)
  [ -z "$foreign" ] || say "this machine has a network of its own in $network: $foreign"
  number=0
  while ! mkdir "$state/$number" 2>/dev/null; do
    number=$((number + 1))
    [ $number -lt 256 ] || say "there are 256 kits already"
  done
  echo "$1 $(born "$1")" > "$state/$number/owner"
  # First of all: no packet to a test host may ever leave by the default route.
  ip route replace blackhole "$network"
  echo $number
}

probe() {
  [ "$(id -u)" = 0 ] || say 'only root may boot hosts'
  for program in unshare nsenter ip systemd-nspawn flock mmdebstrap ssh-keygen; do
    command -v $program > /dev/null || say "$program is not installed"
  done
  unshare --mount --pid --net --fork --kill-child --mount-proc true 2>/dev/null || say 'this machine makes no namespaces for us'
  unshare --mount --net sh -e -c '
    mount -t tmpfs probe /mnt 2>/dev/null || { echo "this machine lets us mount nothing" >&2; exit 1; }
    mkdir /mnt/low /mnt/up /mnt/work /mnt/root
    mount -t overlay probe -o lowerdir=/mnt/low,upperdir=/mnt/up,workdir=/mnt/work /mnt/root 2>/dev/null ||
      { echo "this machine has no overlay file system" >&2; exit 1; }
    ip link add mtprobe type veth peer name mtpeer 2>/dev/null || { echo "this machine makes no virtual network" >&2; exit 1; }'
  (enter_group "medic-test-probe-$$") || exit 1
  remove_group "medic-test-probe-$$"
}

boot() {
  kit=$1 index=$2 name=$3 rootfs=$4 layer=$5
  shift 5
  dir=$state/$kit/$index near=mt$kit-$index
  mkdir "$dir"
  enter_group "medic-test-$kit-$index"
  # All mounts from here on are this host's own, and so is the network that one of them holds.
  mount -t tmpfs -o size=512m,mode=755 medic-test "$dir"
  mkdir -p "$dir/upper" "$dir/work" "$dir/root" /run/systemd/nspawn
  mount -t tmpfs -o mode=755 medic-test /run/systemd/nspawn
  mount -t overlay overlay -o "lowerdir=$layer:$rootfs,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
  touch "$dir/net"
  unshare --net="$dir/net" ip link set lo up
  ip link add "$near" type veth peer name eth0 netns "$dir/net"
  ip address add "10.77.$kit.$((4 * index + 1))/30" dev "$near"
  ip link set "$near" up
  nsenter --net="$dir/net" ip address add "10.77.$kit.$((4 * index + 2))/30" dev eth0
  nsenter --net="$dir/net" ip link set eth0 up
  exec systemd-nspawn --quiet --boot --register=no --keep-unit --console=pipe --resolv-conf=off --timezone=off --link-journal=no \
    --network-namespace-path="$dir/net" --directory="$dir/root" --machine="$name" --hostname="$name" "$@"
}

verb=$1
shift
case $verb in
  probe | claim | boot) "$verb" "$@" ;;
  release) lock && forget "$1" ;;
  *) say "unknown verb $verb" ;;
esac
