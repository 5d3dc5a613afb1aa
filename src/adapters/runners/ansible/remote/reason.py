"""Lets ssh say why it could not connect.

Ansible gives an ssh that went away one millisecond to end before it reports that data could not be sent, and what ssh wrote, such
as that the connection was refused, is lost. A busy machine takes longer.
"""

import subprocess

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.ssh import Connection

PATIENCE = 2


def hear():
    plain = Connection._send_initial_data

    def patient(self, fh, in_data, ssh_process):
        try:
            plain(self, fh, in_data, ssh_process)
        except AnsibleConnectionFailure:
            try:
                ssh_process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                pass
            # Ansible reads the exit code and the words of an ssh that has ended.
            if ssh_process.poll() is None:
                raise

    Connection._send_initial_data = patient
