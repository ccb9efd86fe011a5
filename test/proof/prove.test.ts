import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import type { Event } from '../../src/kernel/events.ts';
import { finding } from '../../src/kernel/finding.ts';
import { type ProcessId, processStart } from '../../src/kernel/process.ts';
import type { Outcome } from '../../src/model/model.ts';
import { Plan, type When } from '../../src/plan/plan.ts';
import { type RunningApp, startApp } from '../../src/proof/app.ts';
import type { Setting } from '../../src/proof/attempt.ts';
import type { Ending } from '../../src/proof/diverge.ts';
import { Proof, summarize } from '../../src/proof/proof.ts';
import { type ProvePorts, prove } from '../../src/proof/prove.ts';
import type { Run } from '../../src/run/run.ts';
import { freshDatabase } from '../setup/database.ts';
import { serverOn, type ThrowawayApp, throwawayApp } from './throwaway-app.ts';

const schema = `
  create table tiers (name text primary key);
  insert into tiers values ('gold');
  create table items (id int primary key, name text not null, hidden boolean not null default false);
  create table visits (id serial primary key, path text not null)`;

/** A shelf of items; each path but the first two misbehaves in its own way. */
const shelf = serverOn(
  'process.env.DATABASE_URL',
  `
  const send = (status, body) => { response.writeHead(status, { 'content-type': 'application/json' }); response.end(JSON.stringify(body)); };
  const path = request.url;
  if (path === '/') { await pool.query('select 1'); return send(200, {}); }
  globalThis.asked = (globalThis.asked ?? 0) + 1;
  globalThis.atOnce = (globalThis.atOnce ?? 0) + 1;
  response.on('finish', () => (globalThis.atOnce -= 1));
  if (globalThis.atOnce > 1) return send(500, { error: 'two_at_once' });
  const item = /^\\/items\\/(\\d+)/.exec(path);
  if (item && request.method === 'GET') {
    await pool.query('insert into visits (path) values ($1)', [path]);
    const { rows } = await pool.query('select * from items where id = $1', [item[1]]);
    if (!rows[0]) return send(404, { error: 'no_item' });
    if (rows[0].hidden) return send(403, { error: 'hidden' });
    return send(200, rows[0]);
  }
  if (path === '/flag') return send(200, { flag: process.env.FLAG ?? null });
  if (path === '/boom') { console.error('Error: the shelf fell'); return send(500, { error: 'internal' }); }
  if (path === '/exit') process.exit(9);
  if (path === '/hang') return;
  if (path === '/basket') { response.setHeader('set-cookie', 'basket=b1; Path=/'); return send(201, {}); }
  if (path === '/basket/end') { response.setHeader('set-cookie', 'basket=; Max-Age=0'); return send(200, {}); }
  if (path === '/cookies') return send(200, { cookie: request.headers.cookie ?? null });
  if (path === '/table') { await pool.query('create table if not exists extra (id int)'); return send(200, {}); }
  if (path === '/cached') { globalThis.cache ??= { first: true }; const body = { ...globalThis.cache }; globalThis.cache.first = false; return send(200, body); }
  if (path === '/moody') {
    const fs = await import('node:fs');
    if (fs.existsSync('asked-before')) return send(200, { ok: true });
    fs.writeFileSync('asked-before', '');
    return send(409, { error: 'moody' });
  }
  if (path === '/pay') {
    try { await fetch('https://pay.example.com/charge'); } catch { return send(502, { error: 'payment_unavailable' }); }
  }
  send(404, { error: 'no_such_route' });`,
);

interface Told {
  readonly setUp?: string;
  readonly given?: Partial<Plan['given']>;
  readonly when?: Partial<When>[];
  readonly expected?: Partial<Plan['then']>;
}

function plan(id: string, { given, when = [{}], expected }: Told): Plan {
  const path = id.split(' ')[1] ?? '/';
  return Plan.parse({
    version: 1,
    id,
    title: id,
    variantOf: null,
    given: { rows: {}, absent: [], personas: {}, env: {}, ...given },
    when: when.map((request) => ({ as: null, method: 'GET', path, ...request })),
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format
    then: { status: 200, text: { present: [], absent: [] }, ...expected },
    evidence: [],
    planner: { kind: 'hand', version: '1' },
    digests: { code: '', schema: '', prompt: null },
  });
}

const at = { file: 'server.mjs', line: 1, symbol: 'x', hash: '0' };
const ending = (id: string, status: number, code: string | null): Ending => ({
  scenario: {
    id,
    title: id,
    route: id.split(' › ')[0] ?? id,
    outcome: id,
    when: [],
    feasibility: 'solvable',
    reason: null,
    priority: 'high',
    variants: [],
  },
  outcome: {
    id,
    kind: 'respond',
    status,
    code,
    error: null,
    message: null,
    location: null,
    body: [],
    text: [],
    when: [],
    reads: [],
    writes: [],
    at,
  } satisfies Outcome,
});

/** Proves plans on the shelf; `setUps` maps a plan's id to the SQL that sets it up. */
async function proveOn(
  app: ThrowawayApp,
  told: Record<string, Told>,
  { workers = 1, ports = {}, endings = [] as Ending[], signal = new AbortController().signal } = {},
) {
  const seen = {
    events: [] as Event[],
    recorded: [] as ProcessId[],
    lent: [] as Database[],
    closed: 0,
    fired: [] as string[],
  };
  const plans = Object.entries(told).map(([id, about]) => plan(id, about));
  const all: ProvePorts = {
    emit: (event) => void seen.events.push(event),
    clock: { now: () => new Date() },
    openBrowser: async () => ({ kind: 'missing', reason: 'no browser here' }),
    async lend() {
      const database = await freshDatabase(schema);
      seen.lent.push(database);
      const close = async () => {
        seen.closed += 1;
        await database.close();
      };
      return { ...database, close };
    },
    start: (database, { env, signal: stop }): Promise<RunningApp> =>
      startApp({
        ...app,
        database,
        env,
        signal: stop,
        hostEnv: { PATH: process.env.PATH },
        runId: `t${seen.lent.length}`,
        record: async (id) => {
          seen.recorded.push(id);
          return async () => undefined;
        },
      }),
    compile: async (given) => ({
      state: { plan: given.id, seed: '1', steps: [], expects: [], digest: '' },
      findings: [],
    }),
    async setUp(state, { database }) {
      const rows = await database.session((sql) =>
        sql.query(told[state.plan]?.setUp ?? 'select 1'),
      );
      return { run: runOf(state.plan, database, rows[0]), recalled: false };
    },
    bind: (when) => {
      seen.fired.push(when.path);
      return when;
    },
    ...ports,
  };
  const proving = prove(plans, { ports: all, endings, workers, seed: '1', signal });
  const proofs = await proving.catch((error: unknown) => ({ error }));
  expect(seen.closed).toBe(seen.lent.length);
  await expect
    .poll(() => seen.recorded.filter(({ pid, start }) => processStart(pid) === start))
    .toEqual([]);
  if ('error' in proofs) throw proofs.error;
  for (const proof of proofs) Proof.parse(proof);
  return { proofs, seen, verdicts: proofs.map((proof) => proof.verdict) };
}

function runOf(id: string, database: Database, row: object | undefined): Run {
  return {
    id: 'r',
    plan: id,
    environment: 'test',
    refs: row ? { item: JSON.parse(JSON.stringify(row)) } : {},
    personas: {},
    hold: 'held',
    expiresAt: null,
    handle: '',
    database: { name: database.name, url: database.url },
    app: null,
  };
}

const tea = `insert into items values (1, 'tea') returning id, name`;

describe('prove', () => {
  it('proves plans one after another on one app, each from the same content', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs, seen } = await proveOn(app, {
      'GET /items/1 › ok': { setUp: tea, expected: { body: { name: { ref: 'item.name' } } } },
      'GET /items/1 › no_item': { expected: { status: 404, body: { error: 'no_item' } } },
      'GET /items/1 › hidden': {
        setUp: `insert into items values (1, 'tea', true)`,
        expected: { status: 403, body: { error: 'hidden' } },
      },
    });
    expect(summarize(proofs)).toEqual({
      scenarios: 3,
      plans: 3,
      verdicts: { proven: 3 },
      residue: 0,
    });
    expect(proofs.map((proof) => proof.plan)).toEqual([
      'GET /items/1 › ok',
      'GET /items/1 › no_item',
      'GET /items/1 › hidden',
    ]);
    expect(proofs[1]).toMatchObject({
      route: 'GET /items/1',
      observed: { status: 404, body: { error: 'no_item' }, text: null },
      residue: [],
    });
    expect(proofs.every(({ timings }) => timings.requestMs > 0 && timings.resetMs > 0)).toBe(true);
    expect(seen.lent).toHaveLength(1);
    // All three are in the sample: each was fired twice.
    expect(seen.fired).toHaveLength(6);
    expect(seen.events.filter((event) => event.kind === 'progress')).toHaveLength(3);
  });

  it('names the ending that came instead, after a second try in a fresh process', async () => {
    await using app = await throwawayApp(shelf);
    const endings = [
      ending('GET /items/1 › ok', 200, null),
      ending('GET /items/1 › no_item', 404, 'no_item'),
      ending('GET /items/1 › gone', 404, 'gone'),
      ending('GET /items/2 › no_item', 404, 'no_item'),
    ];
    const told = { 'GET /items/1 › ok': { expected: { body: { name: 'tea' } } } };
    const { proofs, seen } = await proveOn(app, told, { endings });
    expect(proofs[0]).toMatchObject({
      verdict: 'diverted',
      divergedAt: ['GET /items/1 › no_item'],
    });
    expect(proofs[0]?.reason).toContain('status: expected 200, got 404');
    expect(seen.recorded).toHaveLength(2);
    expect(seen.lent).toHaveLength(2);
  });

  it('starts processes an environment, with the variables of the plans', async () => {
    await using app = await throwawayApp(shelf);
    const flag = (value: string | null) => ({
      given: value === null ? {} : { env: { FLAG: value } },
      when: [{ path: '/flag' }],
      expected: { body: { flag: value } },
    });
    const { verdicts, seen } = await proveOn(app, {
      'GET /a › on': flag('on'),
      'GET /b › none': flag(null),
      'GET /c › on': flag('on'),
    });
    expect(verdicts).toEqual(['proven', 'proven', 'proven']);
    expect(seen.recorded).toHaveLength(2);
  });

  const called = {
    ...{ name: 'ann', reason: 'she signs in', personas: [], carrier: null, made: null },
    request: { as: null, method: 'GET', path: '/flag' },
    expect: { min: 200, max: 399 },
  };
  /** Every state has a call; how it comes about is told by the test. */
  const calling = {
    compile: async ({ id }: Plan) => ({
      state: {
        ...{ plan: id, seed: '1', expects: [], digest: '' },
        steps: [{ kind: 'call' as const, ...called }],
      },
      findings: [],
    }),
  };

  it('lets people in through an app of its own where the variables of a plan keep them out', async () => {
    await using app = await throwawayApp(shelf);
    const doors: unknown[] = [];
    const ports = {
      ...calling,
      setUp: async (state: { plan: string }, { database, door }: Setting) => {
        const { flag } = (await (await fetch(`${door.url}/flag`)).json()) as { flag: unknown };
        doors.push(flag);
        await database.session((sql) => sql.query("insert into items values (1, 'half')"));
        if (flag === 'closed') throw new StatewrightError('run.callFailed', 'closed', { hint: '' });
        return { run: runOf(state.plan, database, undefined), recalled: false };
      },
    };
    const plans = (flag: string) => ({
      given: { env: { FLAG: flag } },
      when: [{ path: '/flag' }],
      expected: { body: { flag } },
    });
    const { verdicts, seen } = await proveOn(
      app,
      { 'GET /a › a': plans('closed'), 'GET /b › b': plans('closed'), 'GET /c › c': plans('open') },
      { ports },
    );
    expect(verdicts).toEqual(['proven', 'proven', 'proven']);
    expect(doors.slice(0, 3)).toEqual(['closed', null, null]);
    expect(doors).toContain('open');
    expect(seen.recorded).toHaveLength(3);
  });

  it('fires what a shortcut did not prove by the real way, before it says anything of it', async () => {
    await using app = await throwawayApp(shelf);
    const ways: boolean[] = [];
    const ports = {
      ...calling,
      setUp: async (state: { plan: string }, { database, recall }: Setting) => {
        ways.push(recall);
        const rows = recall ? [] : await database.session((sql) => sql.query(tea));
        return { run: runOf(state.plan, database, rows[0]), recalled: recall };
      },
    };
    const { verdicts, seen } = await proveOn(app, { 'GET /items/1 › ok': {} }, { ports });
    expect(verdicts).toEqual(['proven']);
    // Quickly, and as that failed twice by the real way in a fresh process.
    expect(ways).toEqual([true, false, false]);
    expect(seen.recorded).toHaveLength(2);
    ways.length = 0;
    const other = await proveOn(app, { 'GET /items/2 › ok': {} }, { ports });
    expect(other.verdicts).toEqual(['diverted']);
    expect(ways).toEqual([true, false]);
  });

  it('fires a sample without shortcuts, so that one that proves what is not so is found', async () => {
    await using app = await throwawayApp(shelf);
    const ports = {
      ...calling,
      setUp: async (state: { plan: string }, { database, recall }: Setting) => {
        const rows = recall ? await database.session((sql) => sql.query(tea)) : [];
        return { run: runOf(state.plan, database, rows[0]), recalled: recall };
      },
    };
    const { verdicts } = await proveOn(app, { 'GET /items/1 › ok': {} }, { ports });
    expect(verdicts).toEqual(['unstable']);
  });

  it('goes on with a fresh process after one that failed or died', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs, verdicts } = await proveOn(app, {
      'GET /boom › ok': {},
      'GET /exit › ok': {},
      'GET /items/1 › ok': { setUp: tea },
    });
    expect(verdicts).toEqual(['crashed', 'crashed', 'proven']);
    expect(proofs[0]?.reason).toContain('Error: the shelf fell');
    expect(proofs[1]?.reason).toContain('exit code 9');
    expect(proofs[1]?.observed).toBeNull();
  });

  it('takes a failure that was expected for proven', async () => {
    await using app = await throwawayApp(shelf);
    const { verdicts } = await proveOn(app, { 'GET /boom › boom': { expected: { status: 500 } } });
    expect(verdicts).toEqual(['proven']);
  });

  it('judges the last request, but no failure of one before', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs } = await proveOn(app, {
      'GET /items/1 › ok': { setUp: tea, when: [{ path: '/items/7' }, {}] },
      'GET /items/2 › ok': { setUp: tea, when: [{ path: '/boom' }, { path: '/items/1' }] },
    });
    expect(proofs.map((proof) => proof.verdict)).toEqual(['proven', 'crashed']);
    expect(proofs[1]?.reason).toContain('request 1 of 2 ended in status 500');
  });

  it('keeps the cookies that answers set for the requests after them', async () => {
    await using app = await throwawayApp(shelf);
    const [fill, end] = [{ path: '/basket' }, { path: '/basket/end' }];
    const { verdicts } = await proveOn(app, {
      'GET /cookies › kept': { when: [fill, {}], expected: { body: { cookie: 'basket=b1' } } },
      'GET /cookies › ended': { when: [fill, end, {}], expected: { body: { cookie: null } } },
    });
    expect(verdicts).toEqual(['proven', 'proven']);
  });

  it('calls an answer unstable that a fresh process does not repeat', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs } = await proveOn(app, { 'GET /moody › ok': {} });
    expect(proofs[0]).toMatchObject({ verdict: 'unstable' });
    expect(proofs[0]?.reason).toMatch(/^first diverted .* in a fresh process proven$/);
    expect(existsSync(join(app.root, 'asked-before'))).toBe(true);
    await rm(join(app.root, 'asked-before'));
  });

  it('calls a proven answer unstable that changes when it is fired again', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs } = await proveOn(app, {
      'GET /cached › ok': { expected: { body: { first: true } } },
    });
    expect(proofs[0]).toMatchObject({ verdict: 'unstable', observed: { body: { first: false } } });
  });

  it('blames a host the app may not call, not the plan', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs, seen } = await proveOn(app, { 'GET /pay › ok': {} });
    expect(proofs[0]?.verdict).toBe('external');
    expect(proofs[0]?.reason).toContain('pay.example.com:443');
    expect(seen.recorded).toHaveLength(1);
  });

  it('takes a fresh database after the schema was changed', async () => {
    await using app = await throwawayApp(shelf);
    const { verdicts, seen } = await proveOn(app, {
      'GET /table › ok': {},
      'GET /items/1 › ok': { setUp: tea },
    });
    expect(verdicts).toEqual(['proven', 'proven']);
    expect(seen.lent.length).toBeGreaterThan(1);
  });

  it('says why a state could not be set up, and goes on', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs, verdicts } = await proveOn(
      app,
      {
        'GET /items/1 › ok': { setUp: `insert into items values (1, null)` },
        'GET /items/2 › ok': {},
        'GET /items/3 › as': { when: [{ as: 'ghost' }] },
        'GET /items/4 › ok': { setUp: `insert into items values (4, 'milk')` },
      },
      {
        ports: {
          compile: async (given: Plan) => ({
            state: { plan: given.id, seed: '1', steps: [], expects: [], digest: '' },
            findings: given.id.includes('/2')
              ? [finding('schema.drift', { severity: 'error' })]
              : [finding('state.note', { severity: 'note' })],
          }),
        },
      },
    );
    expect(verdicts).toEqual(['unsolved', 'unsolved', 'unsolved', 'proven']);
    expect(proofs[0]?.reason).toContain('null value in column "name"');
    expect(proofs[1]?.reason).toContain('schema.drift');
    expect(proofs[2]?.reason).toContain('no persona "ghost"');
  });

  it('tells what a reset left, and does not use that database again', async () => {
    await using app = await throwawayApp(shelf);
    let resets = 0;
    const left = { table: 'items', rows: 2 };
    const ports = {
      async lend() {
        const database = await freshDatabase(schema);
        const reset = async () => {
          const residue = await database.reset();
          resets += 1;
          return resets === 1 ? [...residue, left] : residue;
        };
        return { ...database, reset };
      },
    };
    const { proofs, seen } = await proveOn(
      app,
      { 'GET /items/1 › ok': { setUp: tea }, 'GET /items/1 › again': { setUp: tea } },
      { ports },
    );
    expect(proofs.map((proof) => proof.residue)).toEqual([[left], []]);
    expect(summarize(proofs)).toMatchObject({ verdicts: { proven: 2 }, residue: 2 });
    expect(seen.recorded).toHaveLength(2);
  });

  it('lets an error of our own escape', async () => {
    await using app = await throwawayApp(shelf);
    const ports = { setUp: () => Promise.reject(new TypeError('not a function')) };
    await expect(proveOn(app, { 'GET /items/1 › ok': {} }, { ports })).rejects.toThrow(
      'not a function',
    );
  });

  it('skips visits where there is no browser, with the reason', async () => {
    await using app = await throwawayApp(shelf);
    const { proofs } = await proveOn(app, { 'GET /page › ok': { when: [{ visit: true }] } });
    expect(proofs[0]).toMatchObject({
      verdict: 'skipped',
      reason: 'no browser here',
      observed: null,
    });
  });

  it('spreads many plans over the workers, one request at a time each', async () => {
    await using app = await throwawayApp(shelf);
    const many = Array.from({ length: 64 }, (_, index): [string, Told] => [
      `GET /items/${index} › ok`,
      { setUp: `insert into items values (${index}, 'x')` },
    ]);
    const { proofs, seen } = await proveOn(app, Object.fromEntries(many), { workers: 2 });
    expect(summarize(proofs)).toMatchObject({ verdicts: { proven: 64 }, residue: 0 });
    expect(seen.recorded).toHaveLength(2);
    // A tenth, three at least, were fired again.
    expect(seen.fired).toHaveLength(71);
  });

  it('ends the plans of an environment in which the app does not start, and no others', async () => {
    await using app = await throwawayApp(`if (process.env.FLAG) process.exit(5);${shelf}`);
    const env = { given: { env: { FLAG: 'on' } } };
    const { proofs, verdicts, seen } = await proveOn(app, {
      'GET /items/1 › a': env,
      'GET /items/2 › b': env,
      'GET /items/1 › ok': { setUp: tea },
    });
    expect(verdicts).toEqual(['crashed', 'crashed', 'proven']);
    expect(proofs[0]?.reason).toContain("does not start with the plan's FLAG");
    expect(seen.recorded.length).toBeLessThanOrEqual(4);
  });

  it('throws when the app starts for no plan', async () => {
    await using app = await throwawayApp('process.exit(5)');
    await expect(proveOn(app, { 'GET / › ok': {} })).rejects.toMatchObject({ code: 'app.exited' });
  });

  it('stops at once when the guard refuses', async () => {
    await using app = await throwawayApp(shelf);
    const refusal = new StatewrightError('guard.noStamp', 'no stamp', {
      hint: '',
      ending: 'refused',
    });
    const ports = { setUp: () => Promise.reject(refusal) };
    const told = { 'GET /items/1 › ok': {}, 'GET /items/2 › ok': {} };
    await expect(proveOn(app, told, { ports, workers: 2 })).rejects.toBe(refusal);
  });

  it('leaves no app and no database when it is stopped in the middle of a request', async () => {
    await using app = await throwawayApp(shelf);
    const stopping = new AbortController();
    const told = { 'GET /hang › ok': {}, 'GET /items/1 › ok': {} };
    const ports = {
      bind: (when: When) => {
        setTimeout(() => stopping.abort(new Error('Ctrl-C')), 100);
        return when;
      },
    };
    const stopped = proveOn(app, told, { ports, signal: stopping.signal });
    await expect(stopped).rejects.toThrow('Ctrl-C');
  });
});
