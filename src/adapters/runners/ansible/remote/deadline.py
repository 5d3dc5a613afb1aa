"""Gives every command that Ansible starts on another machine a deadline of its own.

A remote command outlives a killed ansible-playbook, because sshd does not end it. So each one runs under timeout(1) there, for as
long as the whole run has left. All of them pass through one method of Ansible's, raw commands and scripts too; it adds `become`
to what it is given, so the deadline is kept with the rights of the user whom the command runs as.

A command of the local connection dies with the process group of ansible-playbook and needs none. A process that makes itself a
session of its own, as daemons and `async` tasks do, leaves timeout's reach.
"""

import math
import shlex
import time

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

# Seconds between SIGTERM and SIGKILL.
KILL_AFTER = 5
NO_TIMEOUT = "Medic starts nothing without a deadline on another machine, and there is no timeout(1) on this one"


def enforce(at, limit, mark):
    """`at` is the deadline by the monotonic clock, `limit` what no command may exceed, both in seconds. `mark` is the path of a
    file that is made before the first command goes out.
    """
    plain = ActionBase._low_level_execute_command

    def bounded(self, cmd, *args, **kwargs):
        if self._connection.transport == "local":
            return plain(self, cmd, *args, **kwargs)
        if getattr(self._connection._shell, "_IS_WINDOWS", False):
            raise AnsibleError("Medic starts nothing without a deadline on another machine, and knows of none for Windows")
        open(mark, "a").close()
        left = max(1, min(limit, math.ceil(at - time.monotonic())))
        return plain(self, under_deadline(cmd, left), *args, **kwargs)

    ActionBase._low_level_execute_command = bounded


def under_deadline(cmd, seconds):
    can = "{ command -v timeout > /dev/null || { echo %s >&2; false; }; }" % shlex.quote(NO_TIMEOUT)
    return "%s && timeout -k %d %d /bin/sh -c %s" % (can, KILL_AFTER, seconds, shlex.quote(cmd))
