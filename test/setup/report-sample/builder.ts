import type { Condition, Op, Place, Term } from '../../../src/condition/condition.ts';
import { digest } from '../../../src/kernel/digest.ts';
import type { Outcome, Page, Query, Route, Write } from '../../../src/model/model.ts';
import type { Plan, PlannedRow, When } from '../../../src/plan/plan.ts';
import type { Proof, Verdict } from '../../../src/proof/proof.ts';
import type { Scenario } from '../../../src/scenarios/scenarios.ts';
import { sources } from './sources.ts';

/** The place of the first line of a sample file that holds `needle`. */
export function place(file: string, needle: string): Place {
  const index = (sources.get(file) ?? '').split('\n').findIndex((line) => line.includes(needle));
  if (index < 0) throw new Error(`${file} has no line with ${needle}`);
  return { file, line: index + 1, symbol: 'handler', hash: digest(needle).slice(0, 12) };
}

export const lit = (value: string | number | boolean | null): Term => ({ kind: 'literal', value });
export const col = (path: string): Term => {
  const [row = '', column = ''] = path.split('.');
  return { kind: 'column', row, column };
};
export const input = (from: 'params' | 'query' | 'headers' | 'body', path: string): Term => ({
  kind: 'input',
  from,
  path: path.split('.'),
});
export const now: Term = { kind: 'now' };

export const compare = (at: Place, left: Term, op: Op, right: Term) => ({
  ...({ kind: 'compare', at, left, op, right } as const),
});
export const exists = (at: Place, query: string): Condition => ({ kind: 'exists', at, query });
export const absent = (at: Place, query: string): Condition => ({ kind: 'absent', at, query });

/** A read of `table` where each column equals the term. */
export function read(
  at: Place,
  id: string,
  about: [table: string, where: Record<string, Term>],
): Query {
  const [table, where] = about;
  return {
    ...{ id, table, at, joins: [], of: null, limit: null, offset: null },
    many: id === 'loan' || id === 'fine',
    where: Object.entries(where).map(([column, term]) =>
      compare(at, col(`${id}.${column}`), '=', term),
    ),
  };
}

/** One ending as the sample writes it down; variants share everything they don't change. */
export interface EndingSketch {
  readonly slug: string;
  readonly title: string;
  readonly status: number;
  readonly at: Place;
  readonly when?: readonly Condition[];
  readonly rows?: Record<string, PlannedRow>;
  readonly absent?: Plan['given']['absent'];
  readonly personas?: Record<string, { row: string }>;
  readonly env?: Record<string, string | null>;
  readonly request?: Partial<When>;
  readonly earlier?: readonly When[];
  readonly body?: Plan['then']['body'];
  readonly text?: Plan['then']['text'];
  readonly location?: string;
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly got?: Partial<NonNullable<Proof['observed']>>;
  readonly divergedAt?: readonly string[];
  readonly residue?: Proof['residue'];
  readonly feasibility?: Scenario['feasibility'];
  readonly variants?: readonly EndingSketch[];
}

export interface RouteSketch {
  readonly method: string;
  readonly path: string;
  readonly at: Place;
  readonly page?: boolean;
  readonly reads?: readonly Query[];
  readonly writes?: readonly Write[];
  readonly endings: readonly EndingSketch[];
}

/** What one sketched route adds to a report. */
export interface Built {
  readonly route: Route | Page;
  readonly scenarios: readonly Scenario[];
  readonly plans: readonly Plan[];
  readonly proofs: readonly Proof[];
}

export function build(sketch: RouteSketch): Built {
  const id = `${sketch.method} ${sketch.path}`;
  const each = sketch.endings.flatMap((ending) => {
    const scenario = `${id} › ${ending.slug}`;
    const main = { sketch, ending, id: scenario, scenario, variantOf: null };
    const variants = (ending.variants ?? []).map((variant) => ({
      ...{ sketch, scenario, variantOf: scenario, id: `${scenario} › ${variant.slug}` },
      ending: { ...ending, ...variant },
    }));
    return [main, ...variants];
  });
  const planned = each.filter(({ ending }) => ending.rows || ending.request || ending.body);
  return {
    route: route(sketch, id),
    scenarios: sketch.endings.map((ending) => scenarioOf(ending, id)),
    plans: planned.map(plan),
    proofs: each.map(proof),
  };
}

interface Part {
  readonly sketch: RouteSketch;
  readonly ending: EndingSketch;
  readonly id: string;
  readonly scenario: string;
  readonly variantOf: string | null;
}

function route(sketch: RouteSketch, id: string): Route | Page {
  const any = { params: null, query: null, headers: null, cookies: null, body: null };
  const bare: Route = {
    ...{ id, method: sketch.method, path: sketch.path, at: sketch.at, input: any, guards: [] },
    ...{ reads: [...(sketch.reads ?? [])], writes: [...(sketch.writes ?? [])], creates: [] },
    kind: sketch.page ? 'page' : 'http',
    outcomes: sketch.endings.map((ending) => outcome(ending)),
  };
  if (!sketch.page) return bare;
  return { ...bare, rendered: 'client', components: ['MyLoans'], calls: ['GET /loans/mine'] };
}

function outcome(ending: EndingSketch): Outcome {
  return {
    ...{ id: ending.slug, kind: 'respond', status: ending.status, at: ending.at },
    ...{ code: ending.slug, error: null, message: null, location: null, body: [] },
    ...{ reads: [], writes: [] },
    text: ending.text?.present ?? [],
    when: [...(ending.when ?? [])],
  };
}

function scenarioOf(ending: EndingSketch, route: string): Scenario {
  return {
    ...{ id: `${route} › ${ending.slug}`, title: ending.title, route, outcome: ending.slug },
    when: [...(ending.when ?? [])],
    feasibility: ending.feasibility ?? 'solvable',
    reason: ending.feasibility ? (ending.reason ?? null) : null,
    priority: 'medium',
    variants: (ending.variants ?? []).map((variant) => ({
      ...{ slug: variant.slug, title: variant.title, outcome: ending.slug, reads: [] },
      when: [...(variant.when ?? [])],
    })),
  };
}

function plan({ sketch, ending, id, variantOf }: Part): Plan {
  const as = Object.keys(ending.personas ?? {})[0] ?? null;
  return {
    ...{ version: 1, id, title: ending.title, variantOf },
    given: {
      ...{ rows: ending.rows ?? {}, absent: ending.absent ?? [] },
      ...{ personas: ending.personas ?? {}, env: ending.env ?? {} },
    },
    when: [
      ...(ending.earlier ?? []),
      {
        ...{ as, method: sketch.method, path: sketch.path },
        ...(sketch.page ? { visit: true } : {}),
        ...ending.request,
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format; it is data, never awaited
    then: {
      status: ending.status,
      ...(ending.body ? { body: ending.body } : {}),
      ...(ending.location ? { location: ending.location } : {}),
      text: ending.text ?? { present: [], absent: [] },
    },
    evidence: [],
    planner: { kind: 'solver', version: '1' },
    digests: { code: 'c0de', schema: '5c4e', prompt: null },
  };
}

const FIRED: ReadonlySet<Verdict> = new Set(['proven', 'diverted', 'unstable', 'crashed']);

function proof(part: Part): Proof {
  const { ending, id, scenario, sketch } = part;
  const expected = ending.rows || ending.request || ending.body ? plan(part).then : null;
  const fired = FIRED.has(ending.verdict);
  const answer = {
    ...{ status: ending.status, location: ending.location ?? null },
    body: ending.body
      ? (Object.fromEntries(Object.entries(ending.body)) as Record<string, string>)
      : null,
    text: ending.text ? ending.text.present.join('\n') : null,
  };
  return {
    ...{ plan: expected ? id : '', scenario, route: `${sketch.method} ${sketch.path}` },
    ...{ verdict: ending.verdict, reason: ending.reason ?? null, expected },
    observed: fired ? { ...answer, ...ending.got } : null,
    divergedAt: [...(ending.divergedAt ?? [])],
    residue: ending.residue ?? [],
    timings: fired
      ? { setUpMs: 3.4 + (id.length % 5), requestMs: 8.1 + (id.length % 23), resetMs: 5.2 }
      : { setUpMs: 0, requestMs: 0, resetMs: 0 },
  };
}
