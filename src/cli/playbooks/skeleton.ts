/** A playbook that loads as it stands: it reloads a unit. */
export function skeletonOf(name: string): string {
  return `# Every field is told in the README of the playbooks that come with Medic.
name: ${name}
title: Reload a service
description: >-
  Has a service read its configuration again. Say here what it helps with, and what it does not.
risk: medium                     # low, medium or high; the effective tier only rises from here
category: configuration          # restart clean rollback scale configuration security schema
idempotent: true
parameters:
  service:
    description: the service, by its name in the service registry
    from: [{ registry: name }]
  group:
    description: the inventory group of the hosts that run it
    from: [{ registry: group }]
    pattern: '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}'
  unit:
    description: what systemd calls it
    from: [{ registry: unit }]
    pattern: '[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,199}'
  hosts:
    description: the hosts to act on, separated by commas; where none is named, all that run the service
    from: [{ look: hosts }, { registry: hosts }]
    pattern: '([A-Za-z0-9][A-Za-z0-9._-]*(,[A-Za-z0-9][A-Za-z0-9._-]*)*)?'
targets: ['{{service}}']
run:
  ssh:
    hosts: '{{hosts}}'
    group: '{{group}}'
    argv:
      systemd: [systemctl, reload, --, '{{unit}}']
    state:
      systemd: [systemctl, show, '--property=ActiveState,SubState,Result', --, '{{unit}}']
    fence: '{{service}}'
dry_run: check
timeout: 60s
rollback:
  none: a reload leaves nothing to put back
# How Medic sees for itself that the fault is there: without a look that shows it, people are asked for every run.
look:
  command:
    'on': hosts
    reads: whether the service waits for a reload
    argv: [systemctl, show, '--property=NeedDaemonReload', --, '{{unit}}']
    fault: '^NeedDaemonReload=yes$'
    well: '^NeedDaemonReload=no$'
mends: []                        # faults of the library
preconditions:
  - alert: firing
verify:
  checks:                        # what must become true
    - unit: running
    - probe: healthy
    - alert: resolved
  within: 60s
  every: 1s
  stable: 3s
`;
}
