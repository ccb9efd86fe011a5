import { expect, test } from 'vitest';
import { assertShareable } from '../../src/branch/shareable.ts';
import { readCatalog } from '../../src/db/catalog.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';

test('what needs whole tables is refused by name, what is tied to the run or names one row is not', async () => {
  const database = await freshDatabase();
  const catalog = await database.session(readCatalog);
  const slot = { slot: { table: 'slots', set: {} } };
  const check = (...absent: Plan['given']['absent']) =>
    assertShareable(planOf(slot, { absent }), catalog);
  expect(() => check({ table: 'staff', where: {} })).toThrow(
    expect.objectContaining({
      code: 'branch.notShareable',
      message: expect.stringContaining(
        '"POST /desk/appointments › slot_full" needs no row at all in staff',
      ),
    }),
  );
  expect(() => check({ table: 'slots', where: { status: 'open' } })).toThrow(
    'no row of anybody in slots with that status',
  );
  const mine = { table: 'appointments', where: { slot_id: { ref: 'slot.id' } } };
  const nobody = { table: 'staff', where: { email: { unique: 'a@example.test' } } };
  expect(() => check(mine, nobody)).not.toThrow();
  expect(() => check({ table: 'departments', where: { code: 'ent' } })).not.toThrow();
  expect(() => check(mine, { table: 'staff', where: {} })).toThrow();
});
