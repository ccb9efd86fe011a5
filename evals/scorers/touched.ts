import type { Condition, Term } from '../../src/condition/condition.ts';
import type { App, Auth, Outcome, Query, Route, Write } from '../../src/model/model.ts';

/** Collects the tables and columns that conditions touch, through the queries they name. */
export class Touched {
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
    if (!session && condition.is === 'authenticated') this.#lookUp();
    this.#comparison(condition);
  }

  /** Where the carried token is stored nowhere: what the row it names is looked up by. */
  #lookUp(): void {
    const carrier = this.#auth?.carrier;
    for (const [id, { query }] of this.#rows) {
      const said = JSON.stringify(query?.where ?? []);
      const carried = JSON.stringify({ kind: 'input', from: carrier?.from, path: [carrier?.name] });
      if (carrier && said.includes(carried)) this.#row(id);
    }
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
