import { FAULTS } from './faults.ts';
import { atStatement, hooked } from './hook.ts';
import { openCommand } from './scene.ts';

/** A command that dies at its n-th statement. */
const [, , fault = '', at = '0', url = '', database = '', handle = ''] = process.argv;
const strike = FAULTS.find(({ name }) => name === fault)?.strike({
  name: '',
  url,
  database,
  disk: null,
});
if (!strike) throw new Error(`No fault is called "${fault}".`);
const { hook } = atStatement(Number(at), strike);
await using command = await openCommand(hooked(hook), { url, database });
if (handle) await command.down(handle);
else await command.up();
