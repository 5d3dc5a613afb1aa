import { SECTIONS } from '../../../../src/adapters/collectors/host/script.ts';
import { parseVitals, type Vitals } from '../../../../src/adapters/collectors/host/vitals.ts';

const MARK = 'mark';

/** What a host answers, section by section, as it comes over the wire. */
export function answerOf(sections: Partial<Vitals>): Vitals {
  const output = SECTIONS.map((name) => `${MARK} ${name}\n${sections[name] ?? ''}\n`).join('');
  return parseVitals(output, MARK);
}

/** When these were recorded: 2026-11-29 21:40:00 UTC. */
export const THEN = Date.UTC(2026, 10, 29, 21, 40);
const second = THEN / 1000;

/** A host of Debian that is well, as its own commands answered. */
export const WELL: Partial<Vitals> = {
  clock: `${second}.5 +0000
NTP=yes
NTPSynchronized=yes
Id=chrony.service
LoadState=loaded
ActiveState=active
Result=success

Id=ntpd.service
LoadState=not-found
ActiveState=inactive
Result=success`,
  load: '0.31 0.28 0.20 1/231 4711',
  cores: '2',
  memory:
    'MemTotal:        8000000 kB\nMemFree:          300000 kB\nMemAvailable:    6000000 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB',
  first: `100.00 150.00
cpu  1000 0 500 8000 100 0 10 0 0 0
disk  254       0 vda 1000 0 80000 500 2000 0 160000 3000 0 1500 3500 0 0 0 0 0 0
disk  254       1 vda1 900 0 70000 400 1900 0 150000 2900 0 1400 3300 0 0 0 0 0 0
task 1 (systemd) S 0 1 1 0 -1 4194560 1 1 1 1 10 20 0 0 20 0 1 0 1 1 1
task 4711 (python3) S 1 4711 4711 0 -1 4194560 1 1 1 1 100 50 0 0 20 0 4 0 99 1 1
task 5000 (sh) S 1 5000 5000 0 -1 4194560 1 1 1 1 2 3 10 10 20 0 1 0 99 1 1`,
  second: `101.00 151.00
cpu  1010 0 505 8184 101 0 10 0 0 0
disk  254       0 vda 1010 0 80100 501 2010 0 162000 3010 0 1510 3511 0 0 0 0 0 0
disk  254       1 vda1 910 0 70100 401 1910 0 152000 2910 0 1410 3311 0 0 0 0 0 0
task 1 (systemd) S 0 1 1 0 -1 4194560 1 1 1 1 10 20 0 0 20 0 1 0 1 1 1
task 4711 (python3) S 1 4711 4711 0 -1 4194560 1 1 1 1 108 52 0 0 20 0 4 0 99 1 1
task 5000 (sh) S 1 5000 5000 0 -1 4194560 1 1 1 1 2 3 10 10 20 0 1 0 99 1 1`,
  self: '5000',
  processes: ' 4711 210000  1.2 python3\n    1  12000  0.0 systemd',
  units: '',
  unit: `Type=simple
Restart=no
NRestarts=0
ExecMainCode=0
ExecMainStatus=0
Result=success
ControlGroup=/system.slice/shop.service
Id=shop.service
LoadState=loaded
ActiveState=active
SubState=running
StateChangeTimestamp=@${second - 86_400}`,
  limits:
    'fs/file-nr 2048\t0\t1000000\nnet/netfilter/nf_conntrack_count 12\nnet/netfilter/nf_conntrack_max 262144\nnet/ipv4/ip_local_port_range 32768\t60999',
  mounts:
    '/dev/vda1 / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\n/dev/vdb /srv/two\\040words xfs rw 0 0\n/dev/loop0 /snap/core/1 squashfs ro 0 0',
  fstab: '# <file system> <mount point>\n/dev/vda1 / ext4 defaults 0 1',
  kernel: 'readable\n-- No entries --',
  peers: 'readable\n3 1 10.0.0.5:5432\n1 0 10.0.0.9:41234',
  listeners:
    'readable\nLISTEN 0      128      127.0.0.1:8080    0.0.0.0:*    users:(("python3",pid=4711,fd=3))\nLISTEN 0      128          *:22         *:*    users:(("sshd",pid=700,fd=4))',
  members: '4711 12 1024',
  deleted: 'hidden 0',
  packages: 'readable\n2026-11-28 06:00:00 upgrade libc6:amd64 2.36-9 2.36-10',
  changed: 'readable',
  grown: '',
  inodes:
    'Filesystem      Inodes  IUsed   IFree IUse% Mounted on\n/dev/vda1      1000000 100000  900000   10% /\n/dev/vdb       1000000    100  999900    1% /srv/two words',
  disks:
    'Filesystem       1B-blocks        Used   Available Use% Mounted on\n/dev/vda1     100000000000 40000000000 60000000000  40% /\n/dev/vdb       50000000000  1000000000 49000000000   2% /srv/two words',
};

/** The same host in trouble of one kind each. */
export const TROUBLED = {
  outOfMemory: {
    ...WELL,
    kernel: `readable
${second - 300}.123456 web-1 kernel: shop invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
${second - 300}.223456 web-1 kernel: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/shop.service,task=python3,pid=4711,uid=1000
${second - 300}.323456 web-1 kernel: Out of memory: Killed process 4711 (python3) total-vm:9000000kB, anon-rss:7000000kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:1kB oom_score_adj:0`,
  },
  groupOutOfMemory: {
    ...WELL,
    kernel: `readable
up 5000.00
[ 4900.123456] Memory cgroup out of memory: Killed process 4711 (python3) total-vm:900000kB, anon-rss:500000kB`,
  },
  brokenDisk: {
    ...WELL,
    mounts: '/dev/vda1 / ext4 ro,relatime 0 0',
    kernel: `readable
${second - 60}.5 web-1 kernel: blk_update_request: I/O error, dev vda, sector 12345 op 0x1:(WRITE) flags 0x0
${second - 59}.5 web-1 kernel: EXT4-fs (vda1): Remounting filesystem read-only`,
  },
  deletedOpen: {
    ...WELL,
    disks:
      'Filesystem       1B-blocks        Used   Available Use% Mounted on\n/dev/vda1     100000000000 97000000000 3000000000  97% /',
    deleted: `hidden 0
link /proc/4711/fd/5 /var/log/shop/shop.log.1 (deleted)
link /proc/4712/fd/5 /var/log/shop/shop.log.1 (deleted)
size 120000000 512 /proc/4711/fd/5
size 120000000 512 /proc/4712/fd/5`,
  },
  noInodes: {
    ...WELL,
    inodes:
      'Filesystem      Inodes  IUsed   IFree IUse% Mounted on\n/dev/vda1      1000000 1000000       0  100% /',
  },
  conntrackFull: {
    ...WELL,
    limits:
      'fs/file-nr 2048\t0\t1000000\nnet/netfilter/nf_conntrack_count 262144\nnet/netfilter/nf_conntrack_max 262144',
    kernel: `readable\n${second - 5}.5 web-1 kernel: nf_conntrack: nf_conntrack: table full, dropping packet`,
  },
  noPorts: { ...WELL, peers: 'readable\n28100 28000 10.0.0.5:5432\n1 0 10.0.0.9:41234' },
  foreignPort: {
    ...WELL,
    listeners:
      'readable\nLISTEN 0      128      127.0.0.1:8080    0.0.0.0:*    users:(("nginx",pid=900,fd=3))',
  },
  descriptors: { ...WELL, members: '4711 1020 1024' },
  startLimit: {
    ...WELL,
    units: 'shop.service loaded failed failed Shop',
    unit: (WELL.unit ?? '')
      .replace('ActiveState=active', 'ActiveState=failed')
      .replace('SubState=running', 'SubState=failed')
      .replace('NRestarts=0', 'NRestarts=5')
      .replace('Restart=no', 'Restart=on-failure')
      .replace('Result=success', 'Result=start-limit-hit')
      .replace('ExecMainCode=0', 'ExecMainCode=1')
      .replace('ExecMainStatus=0', 'ExecMainStatus=1'),
  },
  hog: {
    ...WELL,
    load: '5.00 4.00 3.00 3/231 4711',
    second: (WELL.second ?? '')
      .replace('cpu  1010 0 505 8184', 'cpu  1195 0 503 8001')
      .replace('108 52', '290 52'),
  },
  changed: {
    ...WELL,
    changed: `readable
${second - 120}.5 /etc/shop/shop.yml
${second - 200}.5 /etc/cron.d/backup
${second - 300}.5 /etc/systemd/system/shop.service
${second - 400}.5 /etc/mtab`,
    packages:
      'readable\n2026-11-29 21:30:00 upgrade nginx:amd64 1.22-1 1.22-2\n2026-11-29 08:00:00 upgrade bash:amd64 5.1 5.2',
  },
  batch: { ...WELL, processes: `${WELL.processes}\n  900  4000  3.0 rsync` },
} as const satisfies Readonly<Record<string, Partial<Vitals>>>;

/** A user who may read nothing but what everybody may, on a host without ss and systemd. */
export const BARE: Partial<Vitals> = {
  load: '0.10 0.20 0.30 1/100 1234',
  cores: '1',
  kernel: 'unreadable: dmesg: read kernel buffer failed: Operation not permitted',
  peers: 'unreadable: there is no ss',
  listeners: 'unreadable: there is no ss',
  members: '4711 unreadable 1024',
  deleted: 'hidden 90',
  disks:
    'Filesystem 1B-blocks Used Available Use% Mounted on\n/dev/vda1 100000000000 40000000000 60000000000 40% /',
};
