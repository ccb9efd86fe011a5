import * as z from 'zod';
import { readCatalog } from '../db/catalog.ts';
import { release } from '../db/holds.ts';
import { defineOperation } from '../kernel/operation.ts';
import { type Down, down } from '../run/down.ts';
import type { ControlLedger } from '../run/ledger.ts';
import type { Place } from './place.ts';
import { driver, openOwnLedger, openWorkshop } from './workshop.ts';

export const tearDown = defineOperation({
  name: 'down',
  summary: 'Take a state down by the handle `up` gave: exactly what it made, nothing else',
  needs: 'database',
  input: z.object({
    handle: z.string().meta({ positional: true, description: 'The handle that `up` printed' }),
    db: z.string().optional().describe('The database `up` was given with --db'),
  }),
  output: z.object({
    run: z.string(),
    already: z.boolean(),
    removed: z.number().int(),
    restored: z.number().int(),
    appRows: z.array(z.object({ table: z.string(), rows: z.number().int() })),
    changedSince: z.array(z.object({ table: z.string(), key: z.record(z.string(), z.json()) })),
    leftSince: z.array(z.object({ table: z.string(), rows: z.number().int() })),
  }),
  run: async ({ handle, db }, { home, emit }: Place) => {
    if (db !== undefined) {
      await using ledger = await openOwnLedger(db);
      return shown(await down(handle, { ledger, driver, readCatalog }));
    }
    await using workshop = await openWorkshop(home, { emit });
    const { ledger } = workshop;
    return shown(await down(handle, { ledger, driver, readCatalog, release: dropClones(ledger) }));
  },
});

function dropClones(ledger: ControlLedger): (run: string) => Promise<void> {
  return async (run) => {
    const names = await ledger.sql.query(
      `select name from statewright.resource where run = $1 and kind = 'database'`,
      [run],
    );
    for (const { name } of names) {
      await ledger.sql.query(`drop database if exists "${String(name)}" with (force)`);
      await ledger.sql.query(
        `delete from statewright.resource where run = $1 and kind = 'database' and name = $2`,
        [run, name],
      );
    }
    await release(ledger.sql, run);
  };
}

function shown(done: Down) {
  return {
    ...done,
    appRows: [...done.appRows],
    leftSince: [...done.leftSince],
    changedSince: done.changedSince.map(({ table, key }) => ({
      table,
      key: JSON.parse(JSON.stringify(key)),
    })),
  };
}
