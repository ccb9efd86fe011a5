import type { Table } from '../db/db.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import type { Cache, Package, Program } from '../repo/repo.ts';
import { withActing } from './acting.ts';
import { readAuth } from './auth.ts';
import { readComponents } from './components/read.ts';
import type { Crew, Helped, Share } from './crew.ts';
import { type Deployable, dependenciesOf } from './deployable.ts';
import { followAll, followSome, idOf, withoutRepeats } from './endpoints.ts';
import type { App, Route } from './model.ts';
import { readPages } from './pages/read.ts';
import type { Endpoint, JsonSchema, Schema, SchemaReader } from './reader.ts';
import { refusedAlways } from './refused-always.ts';
import { frameworks, inputs, libraries, migrations, queries, schemas } from './registry.ts';
import { completeTables, overlaidTables } from './schemas/complete.ts';
import { seededRows } from './schemas/sql/seeded.ts';
import type { TraceDeps, Traced } from './trace/trace-endpoint.ts';

/** What is read of one app: a package that answers requests. */
export interface ReadApp {
  readonly app: App;
  readonly findings: readonly Finding[];
  readonly unparsable: readonly Finding[];
}

export interface Noting {
  readonly noteCondition?: TraceDeps['noteCondition'] | undefined;
}

/** How an app is read. */
export interface How extends Noting {
  /** Who follows endpoints too, where that takes long. */
  readonly crew?: Crew | undefined;
}

interface About extends How {
  readonly tick: (note: string) => void;
  /** Whether it is the only app: its routes need not be told apart from another's. */
  readonly alone: boolean;
  readonly cache: Cache;
}

/** Follows an app's endpoints to every way they can end, and says what is around them. */
export function readApp(
  { owner, program, said, endpoints }: Deployable,
  { tick, alone, cache, noteCondition, crew }: About,
): ReadApp {
  const { described, known, schema } = tablesOf(program, owner);
  const depsFor = depsOf(schema, { noteCondition });
  const { first, repeated } = withoutRepeats(endpoints());
  const name = alone ? null : owner.name;
  const followed = followAll(first, { program, root: owner.root, cache, depsFor, tick, crew });
  const traced = followed.map(({ endpoint, traced }) => ({
    endpoint,
    route: routeOf(endpoint, traced, name),
    traced,
  }));
  const variables = followed.flatMap((each) => each.variables);
  const deps = depsFor(program, (said) => void variables.push(said));
  const routes = traced.map(({ route }) => route);
  const results = traced.map((each) => each.traced);
  const { components, unparsable } = readComponents(program, { root: owner.root, routes, cache });
  const auth = readAuth(routes, results, schema.tables);
  const actors = { auth, tables: schema.tables };
  const shown = readPages(traced, { program, root: owner.root, deps, components });
  const seeded = seededRows(program, owner.root, schema.tables);
  const app: App = {
    name: owner.name,
    root: owner.root,
    frameworks: [...said.frameworks],
    orms: known
      .filter(({ reader, schema }) => !migrations.includes(reader) || schema.tables.length > 0)
      .map(({ reader }) => reader.name),
    routes: shown.routes.map((route) => withActing(route, actors)),
    pages: shown.pages.map((page) => withActing(page, actors)),
    components,
    tables: [...schema.tables],
    ...(seeded.length > 0 && { seeded }),
    auth,
    variables: together(variables),
  };
  return {
    app,
    findings: [
      ...schema.findings,
      ...untold(schema, described, owner),
      ...repeated,
      ...results.flatMap((one) => one.findings),
      ...routes.flatMap(withoutEndings),
      ...refusedAlways(routes),
      ...shown.findings,
    ],
    unparsable: [
      ...program.findings(),
      ...followed.flatMap((each) => each.unparsable),
      ...unparsable,
    ],
  };
}

/** Follows some of an app's endpoints, for another thread that reads all of it. */
export function followSomeOf(
  { owner, program, endpoints }: Deployable,
  next: Share['next'],
): Iterable<Helped> {
  const { schema } = tablesOf(program, owner);
  const { first } = withoutRepeats(endpoints());
  return followSome(first, { program, depsFor: depsOf(schema, {}) }, next);
}

function depsOf(schema: Schema, { noteCondition }: Pick<Noting, 'noteCondition'>) {
  return (view: Program, noteVariables: TraceDeps['noteVariables']): TraceDeps => ({
    program: view,
    schema,
    queries,
    libraries,
    inputSchema: (file, expression) =>
      inputs.map((reader) => reader.read(view, file, expression)).find(Boolean) ?? null,
    noteVariables,
    ...(noteCondition ? { noteCondition } : {}),
    frameworks,
  });
}

/** The tables of an app: those its ORMs describe, else those its migrations make. */
function tablesOf(program: Program, owner: Package) {
  const uses = reachOf(program, owner);
  const described = schemas
    .filter(({ packages }) => packages.some((name) => uses.has(name)))
    .map((reader) => ({ reader, schema: reader.read(program, owner.root) }));
  const migrated = migratedIn(program, owner, uses);
  const known = described.some(({ schema }) => schema.tables.length > 0)
    ? described
    : [...described, ...(migrated ? [migrated] : [])];
  const all = known.map(({ schema }) => schema);
  const isUnder = known.some(({ reader }) => reader.underMigrations);
  const complete = isUnder ? overlaidTables : completeTables;
  return {
    described,
    known,
    schema: combined(all, (tables) => complete(tables, migrated?.schema.tables ?? [])),
  };
}

/** What migrations make, by the first of their readers that finds tables; else what the last has to say. */
function migratedIn(program: Program, owner: Package, uses: ReadonlySet<string>) {
  const read: { reader: SchemaReader; schema: Schema }[] = [];
  for (const reader of migrations) {
    const { packages } = reader;
    if (packages.length > 0 && !packages.some((name) => uses.has(name))) continue;
    const schema = reader.read(program, owner.root);
    read.push({ reader, schema });
    if (schema.tables.length > 0) break;
  }
  return read.at(-1);
}

/** A route that is read, and of which nothing is known to come. */
function withoutEndings({ id, at: { file, line }, outcomes }: Route): Finding[] {
  if (outcomes.length > 0) return [];
  return [finding('model.noEndings', { severity: 'warning', file, line, facts: { route: id } })];
}

/** An ORM whose tables are nowhere to be seen. */
function untold(
  { tables }: Schema,
  described: readonly { readonly reader: SchemaReader }[],
  { root }: Package,
): Finding[] {
  if (described.length === 0 || tables.length > 0) return [];
  const facts = { orms: described.map(({ reader }) => reader.name) };
  return [finding('model.noTables', { severity: 'warning', path: root, facts })];
}

/** One schema of all variables that schemas speak of; null where none does. */
function together(schemas: readonly JsonSchema[]): JsonSchema | null {
  if (schemas.length === 0) return null;
  const properties = schemas.flatMap((schema) => Object.entries(schema['properties'] ?? {}));
  const required = schemas.flatMap((schema) => (schema['required'] ?? []) as string[]);
  const byName = properties.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type: 'object',
    properties: Object.fromEntries(byName),
    required: [...new Set(required)].sort(),
  };
}

/** What the readers found as one; `complete` adds what migrations say of their tables. */
function combined(
  all: readonly Schema[],
  complete: (tables: readonly Table[]) => readonly Table[],
): Schema {
  const tables = complete(all.flatMap((one) => one.tables));
  const byId = new Map(tables.map((table) => [table.id, table]));
  const first = <T>(values: readonly (T | undefined)[]) =>
    values.find((value) => value !== undefined);
  return {
    tables,
    tableAt: (node) => byId.get(first(all.map((one) => one.tableAt(node)))?.id ?? ''),
    enumAt: (node) => first(all.map((one) => one.enumAt(node))),
    labelOf: (type, label) => first(all.map((one) => one.labelOf?.(type, label))),
    hiddenBy: (table) => first(all.map((one) => one.hiddenBy?.(table))),
    classOf: (table) => first(all.map((one) => one.classOf?.(table))),
    relations: (table) => all.flatMap((one) => one.relations(table)),
    findings: all.flatMap(({ findings }) => findings),
  };
}

function routeOf(endpoint: Endpoint, traced: Traced, app: string | null): Route {
  const { method, path, at, kind = 'http', action } = endpoint;
  const { input, guards, reads, writes, outcomes } = traced;
  const kept = new Set(
    outcomes.filter(({ status }) => (status ?? 500) < 400).flatMap((one) => one.writes),
  );
  const inserts = writes.filter((write) => write.kind === 'insert' && kept.has(write.id));
  const creates = [...new Set(inserts.map(({ table }) => table))].sort();
  const id = idOf(endpoint, app);
  const told = { id, method, path, kind, ...(action ? { action } : {}), at };
  return { ...told, input, guards, reads, writes, creates, outcomes };
}

/** What a package imports itself or through the workspace's packages it depends on, and what its scripts run. */
function reachOf(program: Program, owner: Package): ReadonlySet<string> {
  const run = Object.values(owner.scripts).flatMap((script) => script.split(/\s+/));
  const reached = new Set([...dependenciesOf(program, owner), ...run]);
  for (const name of reached) {
    const inside = program.repo.packages.find((one) => one.name === name);
    for (const each of inside?.dependencies ?? []) reached.add(each);
  }
  return reached;
}
