import { expect, test } from 'vitest';
import { readCatalog } from '../../src/db/catalog.ts';
import { compileState } from '../../src/state/compile.ts';
import type { State } from '../../src/state/state.ts';
import { freshDatabase } from '../setup/database.ts';
import { databaseOf } from './on-database.ts';
import { clinicApp, fullSlot, planOf } from './plans.ts';

const sqlOf = (state: State) =>
  state.steps.map((step) => (step.kind === 'call' ? step.request.path : step.sql));
const values = (state: State) =>
  state.steps.flatMap((step) =>
    step.kind === 'call'
      ? []
      : step.params.map((param) =>
          param.kind === 'value'
            ? param.value
            : param.kind === 'unique'
              ? param.text
              : param.kind === 'now'
                ? param.ms
                : param,
        ),
  );

const ENTRY = (shape: unknown, lists: string, run: number) =>
  `insert into "statewright"."made" ("run", "kind", "shape", "rows") select $${run}, 'insert', '${JSON.stringify(shape)}', json_build_array(${lists}) returning "rows"::text as "rows"`;
const returning = (...columns: string[]) =>
  `returning ${columns.map((name) => `"${name}" as "${name}"`).join(', ')}`;

test('neighbouring rows are one statement, parents before children, ids from the parent', async () => {
  const { compile } = await databaseOf();
  const plan = planOf({
    booking: {
      table: 'appointments',
      set: {
        slot_id: { ref: 'slot.id' },
        patient_id: { ref: 'patient.id' },
        booked_by: { ref: 'clerk.id' },
      },
    },
    slot: { table: 'slots', set: { department_code: 'gp', starts_at: { now: 'PT36H' } } },
    patient: { table: 'patients', set: { name: 'Ada', born_on: '1990-01-01', deleted_at: null } },
    clerk: { table: 'staff', set: { email: 'kim@example.test', password_hash: 'x' } },
  });
  const { state, findings } = await compile(plan);
  expect(findings).toEqual([]);
  // What the database makes or writes in a form of its own; the rest is known as it was sent.
  const listed = {
    slot: ['id', 'status', 'capacity'],
    patient: ['id', 'born_on'],
    clerk: ['id', 'role'],
    booking: ['id'],
  };
  // Moments are the same in all rows, and told once.
  const after = (n: number) =>
    `(now() - interval '0.5 ms')::timestamptz(3) + $${n}::float8 * interval '1 ms'`;
  const moments = [after(9), 'now()'].map((each) => `cast(${each} as timestamp with time zone)`);
  const lists = Object.entries(listed).flatMap(([cte, columns]) =>
    columns.map((name) => `array(select "${name}" from "${cte}")`),
  );
  const shape = [
    { table: 'slots', count: 1, lists: listed.slot },
    { table: 'patients', count: 1, lists: listed.patient },
    { table: 'staff', count: 1, lists: listed.clerk },
    { table: 'appointments', count: 1, lists: listed.booking },
  ];
  expect(sqlOf(state)).toEqual([
    [
      `with "slot" as (insert into "slots" ("department_code", "starts_at") values ($1, ${after(2)}) ${returning(...listed.slot)})`,
      `"patient" as (insert into "patients" ("name", "born_on", "deleted_at") values ($3, $4, $5) ${returning(...listed.patient)})`,
      `"clerk" as (insert into "staff" ("email", "password_hash") values ($6, $7) ${returning(...listed.clerk)})`,
      `"booking" as (insert into "appointments" ("slot_id", "patient_id", "booked_by") values ((select "id" from "slot"), (select "id" from "patient"), (select "id" from "clerk")) ${returning(...listed.booking)}) ${ENTRY(shape, [...lists, ...moments].join(', '), 8)}`,
    ].join(', '),
  ]);
  expect(values(state)).toEqual([
    'gp',
    129_600_000,
    'Ada',
    '1990-01-01',
    null,
    'kim@example.test',
    'x',
    { kind: 'run' },
    129_600_000,
  ]);
});

test('the same plan, seed and catalog give the same bytes; another seed gives other values', async () => {
  const { compile } = await databaseOf();
  const [first, again, other] = [
    await compile(fullSlot),
    await compile(fullSlot),
    await compile(fullSlot, '2'),
  ];
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  expect(other.state.digest).not.toBe(first.state.digest);
  expect(sqlOf(other.state)).toEqual(sqlOf(first.state));
});

test('adding a column or a row leaves all other values as they were', async () => {
  const { database, compile } = await databaseOf();
  const before = (await compile(planOf({ ann: { table: 'patients', set: {} } }))).state;
  await database.session((sql) => sql.query('alter table patients add column phone text not null'));
  const after = (
    await compile(
      planOf({ bob: { table: 'patients', set: {} }, ann: { table: 'patients', set: {} } }),
    )
  ).state;
  const [name, bornOn] = values(before);
  expect(values(after)).toContain(name);
  expect(values(after)).toContain(bornOn);
});

test('a matched row comes before what refers to it, a changed one is changed under lock', async () => {
  const { compile } = await databaseOf();
  const { state } = await compile(
    planOf({
      slot: {
        table: 'slots',
        set: { department_code: { ref: 'gp.code' }, starts_at: { now: 'P1D' } },
      },
      gp: {
        table: 'departments',
        match: { code: 'gp', name: 'General practice' },
        update: { name: 'Closed' },
      },
    }),
  );
  expect(state.steps.map(({ kind }) => kind)).toEqual(['match', 'adjust', 'statement']);
  expect(sqlOf(state)[0]).toBe(
    'select row_to_json(r.*)::text as "row" from "departments" as "r" where "r"."code" = $1 and "r"."name" = $2 limit 2',
  );
  expect(sqlOf(state)[1]).toBe(
    `with "changed" as (update "departments" set "name" = $1 from (select * from "departments" as "r" where "r"."code" = $2 for update) as "statewright before" where "departments"."code" = "statewright before"."code" returning row_to_json("statewright before".*) as "old", row_to_json("departments".*) as "new") insert into "statewright"."made" ("run", "kind", "shape", "rows") select $3, 'adjust', '[{"table":"departments","key":["code"],"count":1,"columns":["name"]}]', json_build_array(json_build_object('old', "old", 'new', "new")) from "changed" returning ("rows" -> 0 -> 'new')::text as "row"`,
  );
});

test('says where the live database differs before anything is written', async () => {
  const { database } = await databaseOf();
  const tables = [...(await database.session(readCatalog)).tables];
  await database.session((sql) =>
    sql.query(`alter table slots drop column capacity; alter table slots add column room text not null;
      alter table patients alter column deleted_at set not null; drop table sessions cascade`),
  );
  const catalog = await database.session(readCatalog);
  const plan = planOf({
    slot: { table: 'slots', set: { capacity: 1 } },
    patient: { table: 'patients', set: {} },
    session: { table: 'sessions', set: {} },
  });
  const { state, findings } = compileState(plan, {
    app: { ...clinicApp, tables },
    catalog,
    seed: '1',
  });
  expect(state.steps).toEqual([]);
  expect(
    findings.map(({ code, severity, facts }) => [code, severity, ...Object.values(facts)]),
  ).toEqual([
    ['schema.drift', 'error', 'slots', 'capacity', 'missing column'],
    ['schema.drift', 'warning', 'slots', 'capacity', 'not in the database'],
    ['schema.drift', 'warning', 'slots', 'room', 'required, not in the code'],
    [
      'schema.drift',
      'warning',
      'patients',
      'deleted_at',
      'not null in the database, nullable in the code',
    ],
    ['schema.drift', 'error', 'sessions', 'missing table'],
  ]);
});

test.each([
  ['state.personaNeedsApp', { a: { row: 'clerk' } }, false],
  ['state.personaIsNoActor', { a: { row: 'patient' } }, true],
  ['state.personaNotMade', { a: { row: 'bound' } }, true],
])('%s', async (code, personas, running) => {
  const database = await freshDatabase();
  const catalog = await database.session(readCatalog);
  const plan = planOf(
    {
      clerk: { table: 'staff', set: {} },
      patient: { table: 'patients', set: {} },
      bound: { table: 'staff', match: { email: 'x' } },
    },
    { personas },
  );
  const { state, findings } = compileState(plan, { app: clinicApp, catalog, seed: '1', running });
  expect(findings.map((finding) => finding.code)).toEqual([code]);
  expect(state.steps).toEqual([]);
});

test('a persona cannot sign in where nobody can sign up', async () => {
  const database = await freshDatabase();
  const catalog = await database.session(readCatalog);
  const plan = planOf(
    { clerk: { table: 'staff', set: {} } },
    { personas: { a: { row: 'clerk' } } },
  );
  const auth = clinicApp.auth && { ...clinicApp.auth, signUp: null };
  const { findings } = compileState(plan, { app: { ...clinicApp, auth }, catalog, seed: '1' });
  expect(findings.map((finding) => finding.code)).toEqual(['state.personaWithoutSignUp']);
});

test('a reference to a row that the plan does not have is an error', async () => {
  const { compile } = await databaseOf();
  const { findings } = await compile(
    planOf({ s: { table: 'slots', set: { department_code: { ref: 'no.code' } } } }),
  );
  expect(findings.map(({ code, facts }) => [code, facts['ref']])).toEqual([
    ['state.unknownRef', 'no.code'],
  ]);
});

test.each(['in its conditions', 'in the look-up of the actor'])(
  'what a sign-in would not let in (%s) is set after it, all else before',
  async (where) => {
    const database = await freshDatabase();
    const catalog = await database.session(readCatalog);
    const at = { file: 'a', line: 1, symbol: 's', hash: 'h' };
    const column = (name: string) => ({ kind: 'column', row: 'staff', column: name }) as const;
    const literal = (value: null) => ({ kind: 'literal', value }) as const;
    const free = {
      kind: 'compare' as const,
      at,
      left: column('suspended_at'),
      op: '=' as const,
      right: literal(null),
    };
    const route = {
      id: 'POST /sessions',
      method: 'POST',
      path: '/sessions',
      kind: 'http' as const,
      at,
      input: { params: null, query: null, headers: null, cookies: null, body: null },
      guards: [],
      writes: [],
      creates: ['sessions'],
      reads: [
        {
          id: 'staff',
          table: 'staff',
          many: false,
          where: where === 'in its conditions' ? [] : [free],
          joins: [],
          of: null,
          limit: null,
          offset: null,
          at,
        },
      ],
      outcomes: [
        {
          id: 'ok',
          kind: 'respond' as const,
          status: 201,
          code: null,
          error: null,
          message: null,
          location: null,
          body: [],
          text: [],
          reads: [],
          writes: [],
          at,
          when:
            where === 'in its conditions'
              ? [free]
              : [{ kind: 'exists' as const, query: 'staff', at }],
        },
      ],
    };
    const plan = planOf(
      { clerk: { table: 'staff', set: { suspended_at: { now: '-P1D' }, role: 'physician' } } },
      { personas: { clerk: { row: 'clerk' } } },
    );
    const { state } = compileState(plan, {
      app: { ...clinicApp, routes: [route] },
      catalog,
      seed: '1',
    });
    const told = state.steps.map((step) =>
      step.kind === 'call' ? step.request.path : /set "(\w+)"/.exec(step.sql)?.[1],
    );
    expect(told).toEqual(['/staff', 'role', '/sessions', 'suspended_at']);
  },
);

test('who is signed in by signing up does not sign in again', async () => {
  const database = await freshDatabase();
  const catalog = await database.session(readCatalog);
  const at = { file: 'a', line: 1, symbol: 's', hash: 'h' };
  const signUp = {
    id: 'POST /staff',
    method: 'POST',
    path: '/staff',
    kind: 'http' as const,
    at,
    input: { params: null, query: null, headers: null, cookies: null, body: null },
    guards: [],
    reads: [],
    creates: ['staff', 'sessions'],
    writes: [{ id: 'opened', kind: 'insert' as const, table: 'sessions', set: {}, where: [], at }],
    outcomes: [
      {
        ...{ id: 'ok', kind: 'respond' as const, status: 201, code: null, error: null },
        ...{ message: null, location: null, body: [], text: [], when: [], reads: [], at },
        writes: ['opened'],
      },
    ],
  };
  const plan = planOf(
    { clerk: { table: 'staff', set: {} } },
    { personas: { clerk: { row: 'clerk' } } },
  );
  const app = { ...clinicApp, routes: [signUp] };
  const { state } = compileState(plan, { app, catalog, seed: '1' });
  const calls = state.steps.flatMap((step) => (step.kind === 'call' ? [step] : []));
  expect(calls.map(({ request }) => request.path)).toEqual(['/staff']);
  expect(calls[0]).toMatchObject({ personas: ['clerk'], carrier: { name: 'clinic_session' } });
});
