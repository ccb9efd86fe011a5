import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { openMemory } from '../../src/run/memory.ts';
import type { Run } from '../../src/run/run.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';
import { startClinic } from './clinic-app.ts';
import { compiled, enrolled, up, upOptions } from './setup.ts';

const nowhere = { url: 'http://127.0.0.1:1', pid: 0 };
const NOBODY = '00000000-0000-4000-8000-000000000000';
const asStaff = { personas: { clerk: { row: 'clerk' } } };

const alone: Plan = {
  ...planOf({ clerk: { table: 'staff', set: { role: 'physician' } } }, asStaff),
  when: [{ as: 'clerk', method: 'GET', path: `/desk/patients/${NOBODY}` }],
};

/** A clerk in that role, and a patient beside. */
const desk = (role: string, name = 'Ada'): Plan => ({
  ...planOf(
    {
      clerk: { table: 'staff', set: { role } },
      patient: { table: 'patients', set: { name } },
    },
    asStaff,
  ),
  when: [{ as: 'clerk', method: 'GET', path: '/desk/patients/{patient.id}' }],
});

async function clinic() {
  const database = await enrolled(await freshDatabase());
  const app = await startClinic(database.url);
  await database.baseline();
  const memory = openMemory();
  const setUp = async (plan: Plan, door = app) => {
    const options = { app: door, own: true, memory };
    return up(await compiled(plan, database, true), upOptions(database, null, options));
  };
  return { database, app, memory, setUp };
}

/** The status of a patient's page for the clerk. */
async function fire(run: Run, url: string): Promise<number> {
  const cookies = Object.entries(run.personas['clerk']?.cookies ?? {});
  const cookie = cookies.map(([name, value]) => `${name}=${value}`).join('; ');
  const path = `/desk/patients/${run.refs['patient']?.['id'] ?? NOBODY}`;
  return (await fetch(new URL(path, url), { headers: { cookie } })).status;
}

test('a state that begins as an earlier one is brought about without asking the app', async () => {
  const { database, app, memory, setUp } = await clinic();
  const before = await database.checksums();
  const first = await setUp(alone);
  const made = await database.checksums();
  expect(memory.recalls).toBe(0);
  for (let round = 1; round < 3; round++) {
    expect(await database.reset()).toEqual([]);
    expect(await database.checksums()).toEqual(before);
    const next = await setUp(alone, nowhere);
    expect(memory.recalls).toBe(round);
    expect(next.refs).toEqual(first.refs);
    expect(next.personas).toEqual(first.personas);
    expect(await database.checksums()).toEqual(made);
    expect(await fire(next, app.url)).toBe(404);
    expect(await fire({ ...next, personas: {} }, app.url)).toBe(401);
  }
});

test('what differs from then on goes through the app', async () => {
  const { database, app, memory, setUp } = await clinic();
  await setUp(desk('physician'));
  await database.reset();
  await expect(setUp(desk('receptionist'), nowhere)).rejects.toMatchObject({
    code: 'run.appUnreachable',
    facts: { call: expect.stringContaining('sign in') },
  });
  await database.reset();
  const other = await setUp(desk('receptionist', 'Bob'));
  expect(memory.recalls).toBe(2);
  expect(other.refs).toMatchObject({ clerk: { role: 'receptionist' }, patient: { name: 'Bob' } });
  expect(await fire(other, app.url)).toBe(200);
});

test('what is older than a moment, or stands on another baseline, is made anew', async () => {
  const { database, memory, setUp } = await clinic();
  await setUp(desk('physician'));
  await database.reset();
  for (const [key, brought] of memory.steps) {
    memory.steps.set(key, { ...brought, at: brought.at - 21_000 });
  }
  await expect(setUp(desk('physician'), nowhere)).rejects.toMatchObject({
    code: 'run.appUnreachable',
  });
  await database.reset();
  await setUp(desk('physician'));
  await database.reset();
  await database.baseline();
  await setUp(desk('physician'));
  expect(memory.recalls).toBe(0);
});
