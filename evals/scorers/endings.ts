import type { Condition, Term } from '../../src/condition/condition.ts';
import {
  type App,
  type Auth,
  findRoute,
  type Model,
  type Outcome,
  type Query,
  type Route,
  type Write,
} from '../../src/model/model.ts';
import { type Scenario, scenarioId, type Variant } from '../../src/scenarios/scenarios.ts';
import type { Key, KeyEnding } from '../endings/key.ts';

/** A scenario reduced to what a key can be compared with. */
interface Predicted {
  readonly scenario: string;
  readonly route: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly text: readonly string[];
  readonly tables: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
  /** Those of the whole outcome, of which the scenario is one way. */
  readonly whole: Pick<Predicted, 'tables' | 'columns'>;
}

export interface EndingScore {
  readonly recall: number;
  readonly precision: number;
  readonly found: number;
  readonly endings: number;
  readonly right: number;
  readonly predictions: number;
  /** Key endings no scenario matches, and scenarios no key ending matches. */
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
  /** The scenario paired with each key ending. */
  readonly pairs: readonly { readonly ending: KeyEnding; readonly scenario: string | null }[];
}

/**
 * Recall and precision against an answer key. A match is route, status, code (or page literal), and every
 * table and column the key names among those the scenario's conditions touch. Recall pairs one to one.
 * For precision a scenario is right when the outcome it is a way of matches some ending: the ways of one
 * ending are told apart by us, and each touches only a part of what the key names for it.
 */
export function scoreEndings(model: Model, scenarios: readonly Scenario[], key: Key): EndingScore {
  const predictions = scenarios.flatMap((scenario) => [
    predict(model, scenario, null),
    ...scenario.variants.map((variant) => predict(model, scenario, variant)),
  ]);
  const fits = key.endings.map((ending) =>
    predictions.flatMap((prediction, index) => (matches(prediction, ending) ? [index] : [])),
  );
  const pairing = pairUp(fits);
  const isRight = (prediction: Predicted): boolean =>
    key.endings.some((ending) => matches({ ...prediction, ...prediction.whole }, ending));
  const wrong = predictions.filter((prediction) => !isRight(prediction));
  const pairs = key.endings.map((ending, index) => {
    const paired = pairing.get(index);
    return {
      ending,
      scenario: paired === undefined ? null : (predictions[paired]?.scenario ?? null),
    };
  });
  return {
    recall: pairing.size / Math.max(1, key.endings.length),
    precision: 1 - wrong.length / Math.max(1, predictions.length),
    found: pairing.size,
    endings: key.endings.length,
    right: predictions.length - wrong.length,
    predictions: predictions.length,
    missed: pairs.flatMap(({ ending, scenario }) => (scenario ? [] : [describe(ending)])),
    wrong: wrong.map(({ scenario }) => scenario),
    pairs,
  };
}

/**
 * The share of the key's feasible endings that a proof run brought about: each is paired with a scenario
 * or variant of its own that was proven. Skipped, external, unsolved and unstable count as not proven.
 */
export function scoreProven(
  model: Model,
  scenarios: readonly Scenario[],
  about: { readonly key: Key; readonly proven: ReadonlySet<string> },
): { readonly proven: number; readonly feasible: number; readonly open: readonly string[] } {
  const predictions = scenarios
    .flatMap((scenario) => [
      predict(model, scenario, null),
      ...scenario.variants.map((variant) => predict(model, scenario, variant)),
    ])
    .filter(({ scenario }) => about.proven.has(scenario));
  const feasible = about.key.endings.filter((ending) => ending.feasible);
  const fits = feasible.map((ending) =>
    predictions.flatMap((prediction, index) => (matches(prediction, ending) ? [index] : [])),
  );
  const pairing = pairUp(fits);
  const open = feasible.filter((_, index) => !pairing.has(index)).map(describe);
  return { proven: pairing.size, feasible: feasible.length, open };
}

function matches(prediction: Predicted, ending: KeyEnding): boolean {
  if (prediction.route !== ending.route || prediction.status !== ending.status) return false;
  if (ending.text.length > 0) {
    return ending.text.every((literal) => prediction.text.some((shown) => shown.includes(literal)));
  }
  return (
    prediction.code === ending.code &&
    ending.tables.every((table) => prediction.tables.has(table)) &&
    ending.columns.every((column) => prediction.columns.has(column))
  );
}

/** A maximum bipartite matching by augmenting paths. */
function pairUp(fits: readonly (readonly number[])[]): Map<number, number> {
  const owner = new Map<number, number>();
  const place = (ending: number, tried: Set<number>): boolean =>
    (fits[ending] ?? []).some((prediction) => {
      if (tried.has(prediction)) return false;
      tried.add(prediction);
      const holder = owner.get(prediction);
      if (holder !== undefined && !place(holder, tried)) return false;
      owner.set(prediction, ending);
      return true;
    });
  for (const ending of fits.keys()) place(ending, new Set());
  return new Map([...owner].map(([prediction, ending]) => [ending, prediction]));
}

function predict(model: Model, scenario: Scenario, variant: Variant | null): Predicted {
  const found = findRoute(model, scenario.route);
  const outcome = found?.route.outcomes.find(({ id }) => id === (variant ?? scenario).outcome);
  const touch = (conditions: readonly Condition[]): Touched => {
    const reads = [...(found?.route.reads ?? []), ...(variant?.reads ?? [])];
    const touched = new Touched(reads, found?.route.writes ?? [], found?.app ?? null);
    for (const condition of conditions) touched.condition(condition);
    if (found && outcome) touched.effects(found.route, outcome);
    return touched;
  };
  const own = touch([...scenario.when, ...(variant?.when ?? [])]);
  return {
    scenario: variant ? scenarioId(scenario.id, variant.slug) : scenario.id,
    route: scenario.route,
    status: outcome?.status ?? null,
    code: outcome?.code ?? null,
    text: outcome?.text ?? [],
    tables: own.tables,
    columns: own.columns,
    whole: touch([...(outcome?.when ?? []), ...scenario.when, ...(variant?.when ?? [])]),
  };
}

function describe(ending: KeyEnding): string {
  return `${ending.route} › ${ending.status} ${ending.code ?? ''} (${ending.condition})`;
}

/** Collects the tables and columns that conditions touch, through the queries they name. */
class Touched {
  readonly tables = new Set<string>();
  readonly columns = new Set<string>();
  readonly #rows = new Map<string, { table: string; query: Query | null }>();
  readonly #seen = new Set<string>();

  readonly #writes: readonly Write[];
  readonly #auth: Auth | null;
  readonly #tables: App['tables'];

  constructor(reads: readonly Query[], writes: readonly Write[], app: App | null) {
    this.#writes = writes;
    this.#auth = app?.auth ?? null;
    this.#tables = app?.tables ?? [];
    for (const query of reads) {
      this.#rows.set(query.id, { table: query.table, query });
      for (const join of query.joins) this.#rows.set(join.id, { table: join.table, query });
    }
  }

  table(table: string, columns: readonly string[]): void {
    this.tables.add(table);
    for (const column of columns) this.columns.add(`${table}.${column}`);
  }

  /** What the outcome wrote, and for a success what it read. */
  effects(route: Route, outcome: Outcome): void {
    for (const write of route.writes) {
      if (outcome.writes.includes(write.id)) this.table(write.table, Object.keys(write.set));
    }
    if ((outcome.status ?? 500) >= 400) return;
    for (const query of route.reads.filter(({ id }) => outcome.reads.includes(id))) {
      for (const { table } of [query, ...query.joins]) this.table(table, []);
    }
  }

  condition(condition: Condition): void {
    switch (condition.kind) {
      case 'exists':
      case 'absent':
        this.#row(condition.query);
        return;
      case 'member':
        for (const term of [condition.term, ...condition.of]) this.term(term);
        return;
      case 'conflict': {
        this.#conflict(condition);
        return;
      }
      case 'actor':
        this.#actor(condition);
        return;
      case 'any':
        for (const item of condition.of.flat()) this.condition(item);
        return;
      case 'opaque':
        for (const term of condition.terms) this.term(term);
        return;
      default:
        this.#comparison(condition);
    }
  }

  /** A unique key has its own predicate; a foreign key is about the row it points at, or that points here. */
  #conflict({ write, columns, violates }: Condition & { kind: 'conflict' }): void {
    const record = this.#writes.find(({ id }) => id === write);
    const table = this.#tables.find(({ id }) => id === record?.table);
    if (!record || !table) return;
    this.table(table.id, columns);
    const same = (other: readonly string[]) => other.join() === columns.join();
    for (const { where } of table.uniques.filter((unique) => same(unique.columns))) {
      const named = table.columns.filter(({ name }) => where?.includes(name));
      this.table(
        table.id,
        named.map(({ name }) => name),
      );
    }
    if (violates !== 'foreignKey') return;
    for (const key of table.foreignKeys.filter((each) => same(each.columns)))
      this.table(key.table, key.references);
    if (record.kind !== 'delete') return;
    for (const { id, foreignKeys } of this.#tables) {
      const keys = foreignKeys.filter((key) => key.table === table.id && same(key.references));
      for (const key of keys) this.table(id, key.columns);
    }
  }

  #actor(condition: Condition & { kind: 'actor' }): void {
    const session = this.#auth?.session;
    if (session) this.table(session.table, [session.column]);
    if (this.#auth) this.tables.add(this.#auth.actor);
    this.#comparison(condition);
  }

  #comparison(condition: Condition): void {
    if (!('left' in condition)) return;
    this.term(condition.left);
    this.term(condition.right);
  }

  term(term: Term): void {
    switch (term.kind) {
      case 'column': {
        this.#row(term.row);
        const table = this.#rows.get(term.row)?.table;
        if (table) this.table(table, [term.column]);
        return;
      }
      case 'rows':
        this.#row(term.query);
        return;
      case 'aggregate':
        this.#row(term.query);
        if (term.of) this.term(term.of);
        return;
      case 'arith':
        this.term(term.left);
        this.term(term.right);
        return;
      case 'call':
        for (const argument of term.args) this.term(argument);
        return;
      case 'choice':
        for (const condition of term.when) this.condition(condition);
        this.term(term.yes);
        this.term(term.no);
        return;
      default:
    }
  }

  #row(id: string): void {
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    const row = this.#rows.get(id);
    if (!row) return;
    this.tables.add(row.table);
    if (!row.query) return;
    for (const condition of row.query.where) this.condition(condition);
    for (const join of row.query.joins) {
      this.tables.add(join.table);
      for (const condition of join.on) this.condition(condition);
    }
    if (row.query.of) this.#row(row.query.of);
  }
}
