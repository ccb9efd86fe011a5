import { createHash } from 'node:crypto';
import type { Table } from '../../db/db.ts';
import type { App } from '../../model/model.ts';
import { Plan, type Value } from '../../plan/plan.ts';
import { Refusal } from './wire.ts';

type Create = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** What `discover` tells of the tables: version 1's models. */
export function modelsOf(app: App) {
  return app.tables.map(({ id, name, columns, primaryKey }) => ({
    name: id,
    tableName: name,
    fields: columns.map((column) => ({
      name: column.name,
      type: column.type,
      isRequired: !column.nullable && column.default.kind === 'none',
      isId: primaryKey.includes(column.name),
      hasDefault: column.default.kind !== 'none',
    })),
  }));
}

/** A graph of version 1 (`_alias`, `_ref`) as a plan, and which of its rows belong to which model. */
export function planOf(
  create: Create,
  { app, testRunId }: { app: App; testRunId: string },
): { plan: Plan; models: ReadonlyMap<string, readonly string[]> } {
  const aliases = new Map<string, { name: string; table: Table }>();
  const models = new Map<string, readonly string[]>();
  const entries = Object.entries(create).flatMap(([model, records]) => {
    const table = tableNamed(app, model);
    const rows = records.map((record, index) => {
      const name = `${table.name}_${index + 1}`;
      const alias = record['_alias'];
      if (typeof alias === 'string') {
        if (aliases.has(alias)) throw invalid(`Two records have the alias "${alias}".`);
        aliases.set(alias, { name, table });
      }
      return { name, record, table };
    });
    models.set(
      model,
      rows.map(({ name }) => name),
    );
    return rows;
  });
  const filled = { aliases, testRunId };
  const rows = Object.fromEntries(
    entries.map(({ name, record, table }) => [
      name,
      { table: table.id, set: valuesOf(record, table, filled) },
    ]),
  );
  const actor = entries.find(({ table }) => table.id === app.auth?.actor)?.name;
  return { plan: planWith(rows, actor ?? null, app), models };
}

function planWith(rows: Plan['given']['rows'], actor: string | null, app: App): Plan {
  const path = app.routes.find((route) => !/[:*]/.test(route.path))?.path ?? '/';
  return Plan.parse({
    version: 1,
    id: 'autonoma › rows',
    title: 'Rows an Autonoma scenario asks for',
    variantOf: null,
    given: { rows, absent: [], personas: actor ? { user: { row: actor } } : {}, env: {} },
    when: [{ as: actor ? 'user' : null, method: 'GET', path }],
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format; it is data, never awaited
    then: { status: 200, text: { present: [], absent: [] } },
    evidence: [],
    planner: { kind: 'hand', version: '1' },
    digests: { code: '', schema: '', prompt: null },
  });
}

interface Filling {
  readonly aliases: ReadonlyMap<string, { name: string; table: Table }>;
  readonly testRunId: string;
}

function valuesOf(
  record: Readonly<Record<string, unknown>>,
  table: Table,
  filling: Filling,
): Record<string, Value> {
  const fields = Object.entries(record).filter(([name]) => name !== '_alias');
  const values = fields.map(([field, value]): [string, Value] => {
    const column = table.columns.find(({ name, property }) => name === field || property === field);
    if (!column) throw invalid(`${table.id} has no field "${field}".`);
    return [column.name, plannedValue(value, filling)];
  });
  return Object.fromEntries(values);
}

function plannedValue(value: unknown, { aliases, testRunId }: Filling): Value {
  if (typeof value === 'string') return withTokens(value, testRunId);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const ref = typeof value === 'object' && value !== null && '_ref' in value ? value._ref : null;
  if (typeof ref !== 'string') return { json: JSON.parse(JSON.stringify(value)) };
  const target = aliases.get(ref);
  if (!target) throw invalid(`No record has the alias "${ref}".`);
  const [key, ...more] = target.table.primaryKey;
  if (key === undefined || more.length > 0) {
    throw invalid(`"${ref}" is a row of ${target.table.id}, which has no key of one column.`);
  }
  return { ref: `${target.name}.${key}` };
}

function withTokens(text: string, testRunId: string): string {
  return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, token: string) => {
    if (token === 'testRunId') return testRunId;
    if (token === 'testRunShortId') {
      return createHash('sha256').update(testRunId).digest('hex').slice(0, 8);
    }
    throw new Refusal('UNRESOLVED_TOKEN', `Unknown token {{${token}}}.`);
  });
}

/** By its id, or as a class of that table is usually called: `User` for `users`. */
function tableNamed({ tables }: App, model: string): Table {
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '').replace(/s$/, '');
  const exact = tables.find(({ id }) => id === model);
  const like = tables.filter(
    ({ name, property }) => plain(name) === plain(model) || plain(property) === plain(model),
  );
  const [only, ...more] = like;
  const table = exact ?? (more.length === 0 ? only : undefined);
  if (!table) throw invalid(`There is no model "${model}".`);
  return table;
}

function invalid(message: string): Refusal {
  return new Refusal('INVALID_BODY', message);
}
