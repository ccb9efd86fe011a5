import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { AppConfig } from '../../src/config/config.ts';
import { readCatalog } from '../../src/db/catalog.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { startApp } from '../../src/proof/app.ts';
import { summarize } from '../../src/proof/proof.ts';
import { type ProvePorts, prove } from '../../src/proof/prove.ts';
import { enroll } from '../../src/run/guard.ts';
import { up } from '../../src/run/up.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { compileState } from '../../src/state/compile.ts';
import { freshDatabase } from '../setup/database.ts';
import { clinicApp, planOf } from '../state/plans.ts';

const root = fileURLToPath(new URL('../../fixtures/apps/clinic', import.meta.url));
const config = AppConfig.parse({ start: ['node', 'src/server.ts'], ready: '/healthz' });

const asClerk = { personas: { clerk: { row: 'clerk' } } };
const clerk = { table: 'staff', set: {} };
const book = (body: object): Plan['when'] => [
  { as: 'clerk', method: 'POST', path: '/desk/appointments', body: body as Record<string, string> },
];
const refs = { slotId: { ref: 'slot.id' }, patientId: { ref: 'patient.id' } };
const patient = { table: 'patients', set: { deleted_at: null } };
const slot = (set: object) => ({
  table: 'slots',
  set: { starts_at: { now: 'P7D' }, status: 'open', capacity: 1, ...set },
});

type Expected = Pick<Plan, 'when'> & { given: Plan['given']; status: number; error?: string };

const told: Record<string, Expected> = {
  'POST /desk/appointments › created': {
    given: planOf({ clerk, patient, slot: slot({}) }, asClerk).given,
    when: book(refs),
    status: 201,
  },
  'POST /desk/appointments › slot_blocked': {
    given: planOf({ clerk, patient, slot: slot({ status: 'blocked' }) }, asClerk).given,
    when: book(refs),
    status: 409,
    error: 'slot_blocked',
  },
  'POST /desk/appointments › slot_full': {
    given: planOf(
      {
        clerk,
        patient,
        slot: slot({}),
        taken: {
          table: 'appointments',
          set: { slot_id: { ref: 'slot.id' }, booked_by: { ref: 'clerk.id' }, cancelled_at: null },
        },
      },
      asClerk,
    ).given,
    when: book(refs),
    status: 409,
    error: 'slot_full',
  },
  'GET /desk/patients/:id › sign_in_required': {
    given: planOf({ patient }).given,
    when: [{ as: null, method: 'GET', path: '/desk/patients/{patient.id}' }],
    status: 401,
    error: 'sign_in_required',
  },
  'POST /desk/appointments › too_late': {
    // Wrong on purpose: a week ahead is not too late.
    given: planOf({ clerk, patient, slot: slot({}) }, asClerk).given,
    when: book(refs),
    status: 422,
    error: 'too_late',
  },
};

const plans = Object.entries(told).map(([id, { given, when, status, error }]): Plan => {
  const body = error === undefined ? {} : { body: { error } };
  const then = { status, text: { present: [], absent: [] }, ...body };
  return { ...planOf({}), id, title: id, given, when, then };
});

it('proves the endings of the clinic, names the one that is planned wrong, and leaves no row', async () => {
  const catalog = await (await freshDatabase()).session(readCatalog);
  let lent = 0;
  const ports: ProvePorts = {
    emit: () => undefined,
    clock: { now: () => new Date() },
    openBrowser: async () => ({ kind: 'missing', reason: 'not needed' }),
    async lend() {
      lent += 1;
      const database = await freshDatabase();
      await database.session((sql) =>
        enroll(sql, { environment: 'clone', address: null, days: null }),
      );
      return database;
    },
    start: (database, { env, signal }) =>
      startApp({
        config,
        root,
        database,
        env,
        signal,
        hostEnv: process.env,
        runId: `clinic-${lent}`,
        record: async () => async () => undefined,
      }),
    compile: async (plan) => compileState(plan, { app: clinicApp, catalog, seed: '1' }),
    setUp: async (state, { database, door, signal }) => {
      const run = await up(state, {
        database,
        own: true,
        app: door,
        ledger: null,
        term: { hold: 'held' },
        bind: (when, known) => bindRequest(when, { ...known, now: new Date() }),
        readCatalog,
        signal,
      });
      return { run, recalled: false };
    },
    bind: (when, { refs: known }) =>
      bindRequest(when, { refs: known, now: new Date(), namespace: '', seed: '1' }),
  };
  const signal = new AbortController().signal;
  const proofs = await prove(plans, { ports, endings: [], workers: 2, seed: '1', signal });
  const reasons = proofs.map(({ verdict, reason }) => ({ verdict, reason }));
  expect(reasons.slice(0, 4)).toEqual(Array(4).fill({ verdict: 'proven', reason: null }));
  expect(proofs[4]).toMatchObject({ verdict: 'diverted', observed: { status: 201 } });
  expect(summarize(proofs)).toMatchObject({ plans: 5, residue: 0 });
});
