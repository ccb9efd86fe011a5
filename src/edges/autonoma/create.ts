import type { Table } from '../../db/db.ts';
import type { App, Model } from '../../model/model.ts';
import type { Plan, PlannedRow, Value } from '../../plan/plan.ts';
import { badBody } from './refusal.ts';
import { PLANNED } from './schema.ts';
import { resolved } from './tokens.ts';

type Fields = Readonly<Record<string, unknown>>;
/** What to create, by the name of the model. */
export type Create = Readonly<Record<string, readonly Fields[]>>;

/** The planned state a `create` names; null where it lists rows. */
export function plannedIn(create: Create): string | null {
  const [first, ...more] = create[PLANNED] ?? [];
  if (!first) return null;
  if (more.length > 0 || Object.keys(create).length > 1) {
    throw badBody(`One ${PLANNED} stands alone: it brings its own rows.`);
  }
  if (typeof first['ending'] !== 'string') throw badBody(`${PLANNED} needs the id of an ending.`);
  return first['ending'];
}

interface Listed {
  readonly model: string;
  readonly table: Table;
  readonly fields: Fields;
  /** Of its model, from 0. */
  readonly index: number;
}

/** Rows that were listed, as a plan whose rows are called by the models' names and numbers. */
export function planOf(
  create: Create,
  { model, testRunId }: { model: Model; testRunId: string },
): Plan {
  const names = Object.keys(create);
  const app = model.apps.find(({ tables }) =>
    names.every((name) => tables.some(({ id }) => id === name)),
  );
  if (!app) throw badBody(`No app of the repo has all of these tables: ${names.join(', ')}.`);
  const records = new Map(recordsOf(create, app));
  const aliases = aliasesIn(records);
  const rows = [...records].map(([name, record]): [string, PlannedRow] => [
    name,
    { table: record.table.id, set: valuesOf(record, { records, aliases, testRunId }) },
  ]);
  return {
    ...{ version: 1, id: `create ${testRunId}`, title: 'Rows that were listed', variantOf: null },
    given: {
      rows: Object.fromEntries(rows),
      absent: [],
      personas: personasOf(records, app),
      env: {},
    },
    when: [{ as: null, method: 'GET', path: '/' }],
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format; it is data, never awaited
    then: { status: 200, text: { present: [], absent: [] } },
    evidence: [],
    planner: { kind: 'hand', version: '1' },
    digests: { code: '', schema: '', prompt: null },
  };
}

function recordsOf(create: Create, { tables }: App): [string, Listed][] {
  return Object.entries(create).flatMap(([model, list]) => {
    const table = tables.find(({ id }) => id === model);
    if (!table) return [];
    return list.map((fields, index): [string, Listed] => [
      `${model.replaceAll('.', '_')}_${index}`,
      { model, table, fields, index },
    ]);
  });
}

/** The first row of the table that users are in is somebody, as the protocol has it. */
function personasOf(
  records: ReadonlyMap<string, Listed>,
  { auth }: App,
): Plan['given']['personas'] {
  const [found] = [...records].find(([, { table }]) => table.id === auth?.actor) ?? [];
  return found === undefined ? {} : { user: { row: found } };
}

function aliasesIn(records: ReadonlyMap<string, Listed>): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const [name, { fields }] of records) {
    const alias = fields['_alias'];
    if (alias === undefined || alias === null) continue;
    if (typeof alias !== 'string') throw badBody('"_alias" must be a text.');
    if (aliases.has(alias)) throw badBody(`The alias "${alias}" is given twice.`);
    aliases.set(alias, name);
  }
  return aliases;
}

interface Naming {
  readonly records: ReadonlyMap<string, Listed>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly testRunId: string;
}

function valuesOf(record: Listed, naming: Naming): Record<string, Value> {
  const { fields, table, model } = record;
  const given = Object.entries(fields).filter(([name]) => name !== '_alias');
  const unknown = given.find(([name]) => !table.columns.some((column) => column.name === name));
  if (unknown) throw badBody(`${model} has no field "${unknown[0]}".`);
  return Object.fromEntries(
    given.map(([name, value]) => [name, plannedValue(name, value, { record, naming })]),
  );
}

function plannedValue(
  column: string,
  value: unknown,
  { record, naming }: { record: Listed; naming: Naming },
): Value {
  const alias = aliasOf(value);
  if (alias === null) return literal(resolved(value, { ...naming, index: record.index }));
  const name = naming.aliases.get(alias);
  const target = name === undefined ? undefined : naming.records.get(name)?.table;
  if (!target) throw badBody(`${record.model} refers to "${alias}", which no record is called.`);
  return { ref: `${name}.${keyOf(column, record.table, target)}` };
}

function literal(value: unknown): Value {
  const isPlain = typeof value !== 'object' || value === null;
  return isPlain ? (value as string | number | boolean | null) : { json: value as never };
}

function aliasOf(value: unknown): string | null {
  const ref = typeof value === 'object' && value !== null && '_ref' in value ? value._ref : null;
  return typeof ref === 'string' ? ref : null;
}

/** The column that a reference holds: as the foreign key says, else the target's only key. */
function keyOf(column: string, { foreignKeys }: Table, target: Table): string {
  const key = foreignKeys.find(
    ({ columns, table }) => table === target.id && columns.includes(column),
  );
  const named = key?.references[key.columns.indexOf(column)];
  const [only, ...more] = target.primaryKey;
  if (named) return named;
  if (only !== undefined && more.length === 0) return only;
  throw badBody(`A row of ${target.id} is not known by one column: give "${column}" its value.`);
}
