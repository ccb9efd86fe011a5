import type { Condition, Term } from '../../src/condition/condition.ts';
import type { FrameworkReader } from '../../src/model/reader.ts';
import { hono } from '../../src/model/readers/hono.ts';
import {
  frameworks,
  inputs,
  libraries,
  migrations,
  queries,
  schemas,
} from '../../src/model/registry.ts';
import { drizzle } from '../../src/model/schemas/drizzle.ts';
import {
  type TraceDeps,
  type Traced,
  traceEndpoint,
} from '../../src/model/trace/trace-endpoint.ts';
import { programOf } from './code.ts';
import { isRefused } from './refused.ts';

const DB = `
import { drizzle } from 'drizzle-orm/node-postgres';
export const db = drizzle(process.env.DATABASE_URL);
`;

const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { hono: '4', 'drizzle-orm': '0.45', zod: '4' },
});

/**
 * Traces the app's route `METHOD /path`; `db.ts` and a manifest are there already. What the database refuses whatever
 * the app does is left out.
 */
export function trace(...asked: Parameters<typeof traceAll>): Traced {
  const traced = traceAll(...asked);
  return { ...traced, outcomes: traced.outcomes.filter((each) => !isRefused(each)) };
}

/** The same, with what the database refuses. */
export function traceAll(
  texts: Readonly<Record<string, string>>,
  route: string,
  framework: FrameworkReader = hono,
): Traced {
  const program = programOf({ 'package.json': MANIFEST, 'db.ts': DB, ...texts });
  const { endpoints } = framework.read(program, '.');
  const endpoint = endpoints.find((each) => `${each.method} ${each.path}` === route);
  if (!endpoint) {
    const known = endpoints.map((each) => `${each.method} ${each.path}`);
    throw new Error(`no route ${route} among ${known.join(', ')}`);
  }
  const described = [...schemas, ...migrations].map((reader) => reader.read(program, '.'));
  const schema = described.find(({ tables }) => tables.length > 0) ?? drizzle.read(program, '.');
  const inputSchema: TraceDeps['inputSchema'] = (file, node) =>
    inputs.map((reader) => reader.read(program, file, node)).find(Boolean) ?? null;
  const noteVariables = () => undefined;
  return traceEndpoint(endpoint, {
    program,
    schema,
    queries,
    frameworks,
    libraries,
    inputSchema,
    noteVariables,
  });
}

/** Each outcome as `id status: conditions`, in the order of the code. */
export function outcomes(traced: Traced): string[] {
  return traced.outcomes.map(
    (each) => `${each.id} ${each.status}: ${each.when.map(conditionText).join(' & ')}`,
  );
}

/** Each read as `id[*] of table: conditions`; `*` marks many rows. */
export function reads(traced: Pick<Traced, 'reads'>): string[] {
  return traced.reads.map((read) => {
    const joins = read.joins.map(
      (join) => ` ${join.inner ? 'join' : 'left join'} ${join.id} on ${join.on.map(conditionText)}`,
    );
    const of = read.of ? ` < ${read.of}` : '';
    const where = read.where.map(conditionText).join(' & ');
    return `${read.id}${read.many ? '*' : ''}${of}${joins.join('')}: ${where}`;
  });
}

export function termText(term: Term): string {
  switch (term.kind) {
    case 'literal':
      return JSON.stringify(term.value);
    case 'input':
      return [term.from, ...term.path].join('.');
    case 'column':
      return `${term.row}.${term.column}`;
    case 'rows':
      return `rows ${term.query}`;
    case 'aggregate':
      return `${term.op}(${term.query}${term.of ? `, ${termText(term.of)}` : ''})`;
    case 'now':
      return 'now';
    case 'env':
      return `env.${term.name}`;
    case 'arith':
      return `(${termText(term.left)} ${term.op} ${termText(term.right)})`;
    case 'call':
      return `${term.fn}(${term.args.map(termText).join(', ')})`;
    case 'choice':
      return `(${term.when.map(conditionText).join(' & ')} ? ${termText(term.yes)} : ${termText(term.no)})`;
    case 'external':
      return `<${term.name}>`;
    case 'opaque':
      return `[${term.text}]`;
  }
}

export function conditionText(condition: Condition): string {
  const not = 'holds' in condition && !condition.holds ? 'not ' : '';
  switch (condition.kind) {
    case 'exists':
    case 'absent':
      return `${condition.kind} ${condition.query}`;
    case 'member':
      return `${not}${termText(condition.term)} in (${condition.of.map(termText).join(', ')})`;
    case 'input':
      return condition.is === 'compare'
        ? comparison(condition)
        : `${condition.is} ${[condition.from, ...condition.path].join('.')}`;
    case 'actor':
      return condition.is === 'role' || condition.is === 'owner'
        ? `${condition.is} ${comparison(condition)}`
        : condition.is;
    case 'conflict':
      return `${not}conflict ${condition.write}(${condition.columns.join(', ')})`;
    case 'external':
      return `${not}<${condition.name}>`;
    case 'opaque':
      return `${not}[${condition.text}]`;
    case 'any':
      return `(${condition.of.map((each) => each.map(conditionText).join(' & ')).join(' | ')})`;
    default:
      return comparison(condition);
  }
}

function comparison({ left, op, right }: { left: Term; op: string; right: Term }): string {
  return `${termText(left)} ${op} ${termText(right)}`;
}

/** Each case of the outcomes as `outcome: conditions -> what does not run, and what it says`. */
export function cases(traced: Pick<Traced, 'outcomes'>): string[] {
  return traced.outcomes.flatMap(({ id, cases: all = [] }) =>
    all.map(({ when, without, body }) => {
      const says = body.map(({ path, value }) => `${path.join('.')} ${termText(value)}`);
      const does = [...without.map((each) => `no ${each}`), ...says];
      const told = does.length > 0 ? ` (${does.join(', ')})` : '';
      return `${id}: ${when.map(conditionText).join(' & ')}${told}`;
    }),
  );
}
