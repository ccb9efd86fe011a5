import type { Table } from '../../db/db.ts';
import { type Finding, finding } from '../../kernel/finding.ts';
import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { reachedFiles } from '../files.ts';
import { placeOf } from '../place.ts';
import type { Schema, SchemaReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { nativeOf } from '../static/value.ts';
import { casingOf } from './drizzle/casing.ts';
import { isDrizzle, type TableNative } from './drizzle/natives.ts';
import { relationSemantics, relationsByTable } from './drizzle/relations.ts';
import { createDrizzle, type DrizzleRun } from './drizzle/semantics.ts';
import { finishTable } from './drizzle/tables.ts';

/** Reads Drizzle's PostgreSQL schemas by running the modules that describe them in the abstract. */
export const drizzle = {
  name: 'drizzle',
  packages: ['drizzle-orm'],
  read(program, root): Schema {
    const run = createDrizzle();
    const machine = createMachine(program, [run.semantics, relationSemantics]);
    const files = schemaFiles(program, root);
    for (const file of files) machine.run(file);
    const naming = { machine, casing: casingOf(program, files) };
    const finished = new Map<TableNative, Table>();
    for (const table of latest(run.tables)) {
      finished.set(table, finishTable(table, propertyOf(table.node) ?? table.name, naming));
    }
    const relations = relationsByTable(run.relations, naming);
    const nativeAt = (node: ts.Node) => {
      const found = nativeOf(machine.held(node, null));
      return isDrizzle(found) ? found : undefined;
    };
    return {
      tables: [...finished.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      tableAt: (node) => {
        const found = nativeAt(node);
        return found?.type === 'drizzle.table' ? finished.get(found) : undefined;
      },
      enumAt: (node) => {
        const found = nativeAt(node);
        return found?.type === 'drizzle.enum' ? found.values : undefined;
      },
      relations: (table) => relations.get(table) ?? [],
      findings: findingsOf(run),
    };
  },
} satisfies SchemaReader;

/** The package's files, and those they import from others, that use Drizzle. */
function schemaFiles(program: Program, root: string): string[] {
  return reachedFiles(program, root).filter((file) =>
    program.imports(file).some((specifier) => /^drizzle-orm(?:\/|$)/.test(specifier)),
  );
}

/** A table of the same id described twice is the one described last. */
function latest(tables: readonly TableNative[]): TableNative[] {
  return [...new Map(tables.map((one) => [`${one.schema}.${one.name}`, one])).values()];
}

/** What the code calls the table: the variable or property it is kept in. */
function propertyOf(node: ts.Node): string | undefined {
  let at = node;
  while (
    at.parent &&
    (ts.isPropertyAccessExpression(at.parent) || ts.isCallExpression(at.parent))
  ) {
    at = at.parent;
  }
  const { parent } = at;
  const named = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent);
  return named && ts.isIdentifier(parent.name) ? parent.name.text : undefined;
}

function findingsOf(run: DrizzleRun): Finding[] {
  const partial = run.tables
    .filter((table) => table.partial)
    .map(({ node, name }) => ({ node, reason: `some columns of ${name} are not known` }));
  return [...run.failed, ...partial].map(({ node, reason }) => {
    const { file, line } = placeOf(node);
    const text = node.getText().replace(/\s+/g, ' ').slice(0, 80);
    const facts = { reason, text };
    return finding('model.unresolvedSchema', { severity: 'warning', file, line, facts });
  });
}
