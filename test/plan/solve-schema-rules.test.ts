import { describe, expect, it } from 'vitest';
import type { Outcome, Query, Write } from '../../src/model/model.ts';
import { isMade } from '../../src/plan/plan.ts';
import {
  absent,
  actor,
  answer,
  arith,
  body,
  call,
  col,
  column,
  compare,
  conflict,
  environment,
  eq,
  exists,
  input,
  inputCompare,
  insert,
  join,
  lit,
  modelOf,
  param,
  query,
  refusal,
  route,
  sum,
  table,
  totalled,
  uuidKey,
} from '../setup/model-builders.ts';
import { planned } from '../setup/planning.ts';

const ID = 'POST /parcels/:id';
const depots = table('depots', [uuidKey, column('name', 'text')]);
const parcels = table(
  'parcels',
  [
    uuidKey,
    column('country', 'character(2)', { maxLength: 2 }),
    column('status', 'text', { default: { kind: 'literal', value: 'open' } }),
    column('decided_at', 'timestamp with time zone', { nullable: true }),
    column('depot_id', 'uuid', { nullable: true }),
    column('weight', 'integer'),
  ],
  {
    refers: { depot_id: 'depots.id' },
    checks: ["(status = 'open') = (decided_at IS NULL)"],
  },
);
const parcel = query('parcel', 'parcels', [eq(col('parcel.id'), param('id'))]);

interface Parts {
  outcomes: Outcome[];
  reads?: Query[];
  writes?: Write[];
  variables?: Record<string, unknown>;
  body?: object;
}

function solved({ outcomes, reads = [parcel], writes = [], variables, ...rest }: Parts) {
  const model = modelOf(
    [depots, parcels],
    [route('POST', '/parcels/:id', { reads, writes, outcomes, ...rest })],
  );
  const apps = model.apps.map((app) => ({ ...app, variables: variables ?? null }));
  return planned({ ...model, apps });
}

function setOf(plan: ReturnType<ReturnType<typeof solved>['plan']>, name: string) {
  const row = plan.given.rows[name];
  return row && isMade(row) ? row.set : undefined;
}

describe('what a schema asks of a state', () => {
  it('gives an element that is made for one of its parts the others it needs', () => {
    const line = {
      type: 'object',
      properties: { name: { type: 'string' }, count: { type: 'integer', minimum: 1 } },
      required: ['name', 'count'],
    };
    const schema = { type: 'object', properties: { lines: { type: 'array', items: line } } };
    const refused = refusal(409, 'sold_out', [
      inputCompare(body('lines', '0', 'name'), '=', lit('map')),
    ]);
    const { plan } = solved({ outcomes: [refused], body: schema });
    expect(plan(`${ID} › sold_out`).when[0]?.body).toEqual({
      lines: [{ name: 'map', count: expect.any(Number) }],
    });
  });

  it('fills a column of fixed width, which would come back with blanks', () => {
    const outcomes = [
      answer(200, [exists('parcel'), compare(col('parcel.country'), '>', lit('a'))]),
    ];
    const { plan } = solved({ outcomes });
    expect(setOf(plan(`${ID} › 200`), 'parcel')?.['country']).toMatch(/^..$/);
  });

  it('keeps a CHECK that asks whether a column is null', () => {
    const outcomes = [
      refusal(409, 'decided', [
        exists('parcel'),
        compare(col('parcel.status'), '=', lit('refused')),
      ]),
    ];
    expect(setOf(solved({ outcomes }).plan(`${ID} › decided`), 'parcel')).toMatchObject({
      status: 'refused',
      decided_at: { now: expect.any(String) },
    });
  });

  it('points at no row where the database must refuse a foreign key', () => {
    const write = insert('copy', 'parcels', { depot_id: body('depot'), country: lit('de') });
    const violated = { ...conflict('copy', ['depot_id'], true), violates: 'foreignKey' };
    const outcomes = [
      refusal(422, 'unknown_depot', [violated as Outcome['when'][number]]),
      answer(201, [], ['copy']),
    ];
    const schema = { type: 'object', properties: { depot: { type: 'string', format: 'uuid' } } };
    const { plan } = solved({ outcomes, reads: [], writes: [write], body: schema });
    const unknown = plan(`${ID} › unknown_depot`);
    expect(unknown.when[0]?.body).toEqual({ depot: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(Object.values(unknown.given.rows).map((row) => row.table)).not.toContain('depots');
  });

  it('says that a key drawn at random is not met twice', () => {
    const write = insert('copy', 'parcels', { id: call('random'), country: lit('de') });
    const outcomes = [refusal(409, 'taken', [conflict('copy', ['id'], true)])];
    expect(() => solved({ outcomes, writes: [write] }).plan(`${ID} › taken`)).toThrow(
      'needs `copy.id`, which is drawn at random, twice',
    );
  });
});

describe('what the environment takes', () => {
  it('sets a number that its schema takes, and no other', () => {
    const limit = { kind: 'env', name: 'LIMIT' } as const;
    const heavy = environment(limit, '<', col('parcel.weight'));
    const variables = {
      type: 'object',
      properties: { LIMIT: { type: 'integer', 'x-coerce': true, minimum: 40 } },
      required: ['LIMIT'],
    };
    const outcomes = [refusal(422, 'heavy', [exists('parcel'), heavy])];
    const { given } = solved({ outcomes, variables }).plan(`${ID} › heavy`);
    expect(Number(given.env['LIMIT'])).toBeGreaterThanOrEqual(40);
  });
});

describe('what is looked up for each row of a sum', () => {
  it('is there, so that there is something to add', () => {
    const lines = query('line', 'parcels', [eq(col('line.depot_id'), param('id'))], { many: true });
    const twin = query('twin', 'parcels', [eq(col('twin.id'), col('line.id'))]);
    const total = sum('line', arith(col('twin.weight'), '*', lit(2)));
    const outcomes = [refusal(422, 'too_heavy', [totalled(total, '>=', lit(500))])];
    const { plan } = solved({ outcomes, reads: [lines, twin] });
    const weights = Object.values(plan(`${ID} › too_heavy`).given.rows).flatMap((row) =>
      isMade(row) && typeof row.set['weight'] === 'number' ? [row.set['weight']] : [],
    );
    expect(Math.max(...weights)).toBeGreaterThanOrEqual(250);
  });
});

describe('near misses of a joined row', () => {
  it('have a plan of their own', () => {
    const found = query(
      'found',
      'parcels',
      [eq(col('found.id'), param('id')), eq(col('depot.name'), lit('north'))],
      { joins: [join('depot', 'depots', eq(col('depot.id'), col('found.depot_id')))] },
    );
    const outcomes = [
      refusal(404, 'parcel_not_found', [absent('found')]),
      answer(200, [exists('found')]),
    ];
    const { plan } = solved({ outcomes, reads: [found] });
    const near = plan(`${ID} › parcel_not_found › near: depot.name is not north`);
    expect(Object.values(near.given.rows).map((row) => row.table)).toEqual(
      expect.arrayContaining(['depots', 'parcels']),
    );
  });
});

describe('where the config signs people in', () => {
  it('sends the request as somebody, though no route of the app signs in', () => {
    const people = table('people', [uuidKey, column('name', 'text')]);
    const auth = {
      carrier: { from: 'headers', name: 'authorization' },
      session: null,
      actor: 'people',
      signIn: null,
      signUp: null,
      passwordColumn: null,
      handed: true,
    } as const;
    const outcomes = [answer(200, [actor('authenticated')])];
    const model = modelOf([people], [route('GET', '/me', { outcomes })], auth);
    const { given, when } = planned(model).plan('GET /me › 200');
    expect(when[0]?.as).toBe(Object.keys(given.personas)[0]);
    expect(when[0]?.as).toEqual(expect.any(String));
  });
});

describe('what makes a request invalid', () => {
  it('is a text in a path, where nothing can be left out', () => {
    const params = { type: 'object', properties: { id: { type: 'string', maxLength: 4 } } };
    const outcomes = [refusal(400, 'invalid', [input('invalid', 'params')])];
    const model = modelOf(
      [parcels],
      [route('GET', '/parcels/:id', { outcomes, params: { ...params, required: ['id'] } })],
    );
    expect(planned(model).plan('GET /parcels/:id › invalid').when[0]?.path).toBe(
      '/parcels/not-valid',
    );
  });
});
