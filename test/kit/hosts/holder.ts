import { scratchDir } from '../stack/guardian.ts';
import { startHosts } from './kit.ts';

// Holds a host until it is killed. Says once where it is.
const { path } = await scratchDir('held-host');
const { hosts } = await startHosts({ dir: path, hosts: [{ name: 'held', kind: 'web' }] });
process.stdout.write(`${JSON.stringify({ path, address: hosts[0]?.address })}\n`);
setInterval(() => undefined, 60_000);
