import type { HostFacts } from '../../../evidence/hosts.ts';

/** `supervisorctl` with the configuration that the inventory names. */
export function supervisorctl({ supervisorConf }: HostFacts, ...args: readonly string[]): readonly string[] {
  return ['supervisorctl', ...(supervisorConf === null ? [] : ['-c', supervisorConf]), ...args];
}

/**
 * Asks supervisor over its socket what `supervisorctl` would ask, as the same user, and says it in the same words and exit codes; of what
 * has ended also with which code and when, which supervisorctl does not tell. Most of what supervisorctl takes is the loading of what it does not need here. Arguments: the path of supervisorctl, its configuration (empty for
 * the usual places), `status` or `pid`, and a name. Anything out of the ordinary (a server that is not on a socket, a password, an unknown
 * name) ends it without a word.
 */
const OVER_THE_SOCKET = String.raw`
import os, socket, sys
ctl, conf, verb, name = sys.argv[1:]
root = os.path.dirname(os.path.dirname(ctl))
usual = [root + '/etc/supervisord.conf', root + '/supervisord.conf', 'supervisord.conf', 'etc/supervisord.conf',
         '/etc/supervisord.conf', '/etc/supervisor/supervisord.conf']
conf = os.path.abspath(conf or [path for path in usual if os.path.exists(path)][0])
ours, url = False, ''
for line in open(conf):
    line = line.split(';')[0].split('#')[0].strip()
    if line.startswith('['):
        ours = line == '[supervisorctl]'
    elif ours and line.lower().startswith('serverurl'):
        url = line[9:].strip().lstrip('=:').strip().replace('%(here)s', os.path.dirname(conf))
    elif ours and line.lower().startswith(('username', 'password')):
        sys.exit(1)
if not url.startswith('unix:///') or '%' in url:
    sys.exit(1)
call = ('<?xml version="1.0"?><methodCall><methodName>supervisor.getProcessInfo</methodName>'
        '<params><param><value><string>' + name + '</string></value></param></params></methodCall>')
head = 'POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n'
server = socket.socket(socket.AF_UNIX)
server.connect(url[7:])
server.sendall((head % len(call) + call).encode())
said = b''.join(iter(lambda: server.recv(65536), b'')).decode()
if not said.rstrip().endswith('</methodResponse>'):
    sys.exit(1)
def told(key, kind):
    text = said.split('<name>' + key + '</name>\n<value><' + kind + '>', 1)[1].split('<', 1)[0]
    return text.replace('&lt;', '<').replace('&gt;', '>').replace('&amp;', '&')
if verb == 'pid':
    print(told('pid', 'int'))
    sys.exit(7 if told('pid', 'int') == '0' else 0)
group, program, state = told('group', 'string'), told('name', 'string'), told('statename', 'string')
how = told('description', 'string')
if state == 'EXITED':
    how += ', exit status ' + told('exitstatus', 'int') + ', ended @' + told('stop', 'int')
print(program if group == program else group + ':' + program, state, how)
sys.exit(3 if state in ('STOPPED', 'EXITED', 'FATAL', 'UNKNOWN') else 0)
`;

/** Runs that with the very Python that supervisorctl runs with; where this comes to nothing, supervisorctl itself. */
const SCRIPT = `
code=$1 conf=$2 verb=$3 name=$4
set -- supervisorctl
[ -z "$conf" ] || set -- "$@" -c "$conf"
set -- "$@" "$verb" "$name"
ctl=$(command -v supervisorctl) && IFS= read -r python < "$ctl" || python=
case $python in
  '#!/'*/python*)
    python=\${python#'#!'}
    said=$("\${python%% *}" -I -S -c "$code" "$ctl" "$conf" "$verb" "$name" 2> /dev/null)
    ended=$?
    case $ended in
      0 | 3 | 7) [ -z "$said" ] || { printf '%s\\n' "$said"; exit "$ended"; } ;;
    esac ;;
esac
exec "$@"`;

/**
 * A vector that says what `supervisorctl status` or `pid` of one name says, several times faster where supervisor listens on a socket. It
 * needs no right that supervisorctl does not need, but `sh` where sudo is to run it.
 */
export function quickSupervisorctl(
  { supervisorConf }: HostFacts,
  verb: 'status' | 'pid',
  name: string,
): readonly string[] {
  return ['sh', '-c', SCRIPT, 'look', OVER_THE_SOCKET, supervisorConf ?? '', verb, name];
}
