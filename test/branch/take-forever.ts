import { openClones } from '../../src/branch/clone.ts';
import { connect, openSession } from '../../src/db/pg.ts';

// Takes a clone on the server given, says its name, and holds it until it is killed.
const nothing = async () => undefined;
const pool = await openClones({
  url: process.argv[2] ?? '',
  template: { key: 'held forever', build: nothing },
  driver: { open: openSession, connect },
  ledger: { record: nothing, strike: nothing },
  workers: 0,
});
console.log((await pool.take()).name);
setInterval(() => undefined, 1000);
