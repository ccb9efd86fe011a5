import { expect, test } from 'vitest';
import { assertShareable } from '../../src/branch/shareable.ts';
import type { Condition, Term } from '../../src/condition/condition.ts';
import { readCatalog } from '../../src/db/catalog.ts';
import type { Query } from '../../src/model/model.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';

test('what needs whole tables is refused by name, what is tied to the run or names one row is not', async () => {
  const database = await freshDatabase();
  const catalog = await database.session(readCatalog);
  const slot = { slot: { table: 'slots', set: {} } };
  const check = (...absent: Plan['given']['absent']) =>
    assertShareable(planOf(slot, { absent }), catalog, { when: [], reads: [] });
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

const at = { file: 'src/desk.ts', line: 1, symbol: 'book', hash: '' };
const column = (row: string, name: string): Term => ({ kind: 'column', row, column: name });
const three: Term = { kind: 'literal', value: 3 };

function reading(table: string, where: readonly Condition[]): Query {
  const rest = { many: true, joins: [], of: null, limit: null, offset: null, at };
  return { id: 'counted', table, where: [...where], ...rest };
}

test('an ending that counts everybody’s rows is refused by name, one of a row’s own is not', async () => {
  const database = await freshDatabase();
  const catalog = await database.session(readCatalog);
  const equal = (name: string, right: Term): Condition => ({
    ...{ kind: 'compare', op: '=', left: column('counted', name), right, at },
  });
  const check = (query: Query, op: '=' | '<' | '>=', how: 'count' | 'sum' = 'count') => {
    const left: Term = { kind: 'aggregate', op: how, query: 'counted', of: null };
    const kind = how === 'count' ? 'count' : 'aggregate';
    const when: Condition[] = [{ kind, left, op, right: three, at }];
    assertShareable(planOf({}), catalog, { when, reads: [query] });
  };
  const open = reading('slots', [equal('status', { kind: 'literal', value: 'open' })]);
  expect(() => check(open, '=')).toThrow(
    expect.objectContaining({
      code: 'branch.notShareable',
      message: expect.stringContaining('needs a number of all rows in slots'),
      facts: expect.objectContaining({ tables: ['slots'] }),
    }),
  );
  expect(() => check(open, '<')).toThrow('a number of all rows in slots');
  expect(() => check(open, '>=', 'sum')).toThrow('a number of all rows in slots');
  expect(() => check(open, '>=')).not.toThrow();
  const own = reading('appointments', [equal('slot_id', column('slot', 'id'))]);
  expect(() => check(own, '=')).not.toThrow();
  const named: Term = { kind: 'input', from: 'body', path: ['slot'] };
  expect(() => check(reading('appointments', [equal('slot_id', named)]), '=')).not.toThrow();
  expect(() => check(reading('slots', [equal('status', named)]), '=')).toThrow();
});
