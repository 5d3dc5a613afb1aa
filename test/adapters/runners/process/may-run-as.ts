import { findUser, whyNotAs } from '../../../../src/adapters/runners/process/isolation.ts';

const found = await findUser(process.argv[2] ?? '');
process.stdout.write('refused' in found ? found.refused : ((await whyNotAs(found)) ?? ''));
