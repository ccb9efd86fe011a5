import type { App } from '../../model/model.ts';
import { isMade, type Plan } from '../plan.ts';
import { type Checked, problem, type Rule } from './context.ts';

/** More rows than a state that one request shows can need. */
const MOST_ROWS = 1_000;

/** What acts where it is read: statements, scripts, substitutions, what steers a terminal. */
const ACTING = [
  /\b(drop|truncate|alter)\s+(table|database|schema)\b/i,
  /;\s*(select\s[^;]*\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|(drop|grant|copy|create)\s)/i,
  /\bunion\s+(all\s+)?select\b|\bpg_\w+\s*\(|'\s*or\s+'?(\w+)'?\s*=\s*'?\2\b/i,
  /<script\b|\bjavascript:/i,
  /\b(require|import|eval|Function)\(/,
  /\$\{|\$\(/,
  /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u,
];

/** Variables that decide what is run and which database it meets: the run's own, whatever the code reads. */
const RESERVED =
  /^(NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|(LD|DYLD|STATEWRIGHT|npm_config)_\w+|BASH_ENV|PATH|HOME|SHELL|PG[A-Z]+|\w*(DATABASE|POSTGRES|DB)\w*_UR[IL])$/i;

/*
 * A person's plan is theirs to write, a model's may be what text in the repo told it: it says nothing that
 * acts, sets nothing that the code does not read, and stays small.
 */
const ofModels =
  (rule: Rule): Rule =>
  (checked) =>
    checked.plan.planner.kind === 'llm' ? rule(checked) : [];

/** No text is code or SQL, save what the app's own code says in the same words. */
export const inertTexts: Rule = ofModels(({ plan, app }) =>
  textsIn(plan).flatMap(({ text, path }) => {
    const own = isActing(text) ? wordsOf(app).acting : [];
    return isActing(own.reduce((rest, known) => rest.replaceAll(known, ''), text))
      ? [problem('actingText', path, { text })]
      : [];
  }),
);

export const knownVariables: Rule = ofModels(({ plan, app }) =>
  Object.keys(plan.given.env).flatMap((name) =>
    wordsOf(app).variables.has(name) && !RESERVED.test(name)
      ? []
      : [problem('unknownVariable', `given.env.${name}`, { name })],
  ),
);

export const boundedRows: Rule = ofModels(({ plan }) => {
  const rows = Object.values(plan.given.rows);
  const count = rows.reduce((sum, row) => sum + (isMade(row) ? (row.count ?? 1) : 1), 0);
  return count > MOST_ROWS
    ? [problem('tooManyRows', 'given.rows', { count, most: MOST_ROWS })]
    : [];
});

function isActing(text: string): boolean {
  return ACTING.some((one) => one.test(text));
}

function textsIn({ title, given, when, then }: Plan): { text: string; path: string }[] {
  const visit = (value: unknown, path: string): { text: string; path: string }[] => {
    if (typeof value === 'string') return [{ text: value, path }];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, item]) => [
      { text: key, path },
      ...visit(item, `${path}.${key}`),
    ]);
  };
  return Object.entries({ title, given, when, then }).flatMap(([at, part]) => visit(part, at));
}

interface Words {
  /** The app's own texts that look as if they acted. */
  readonly acting: readonly string[];
  readonly variables: ReadonlySet<string>;
}

const KNOWN = new WeakMap<Checked['app'], Words>();

function wordsOf(app: App): Words {
  const before = KNOWN.get(app);
  if (before) return before;
  const acting = new Set<string>();
  const variables = new Set(Object.keys(Object(app.variables?.['properties'])));
  const visit = (value: unknown): void => {
    if (typeof value === 'string' && isActing(value)) acting.add(value);
    if (typeof value !== 'object' || value === null) return;
    const { kind, name, text } = value as Readonly<Record<string, unknown>>;
    if (kind === 'env') variables.add(String(name));
    if (kind === 'opaque') {
      for (const [word] of String(text).matchAll(/\b[A-Z][A-Z0-9_]+\b/g)) variables.add(word);
    }
    Object.values(value).forEach(visit);
  };
  visit(app);
  const found = { acting: [...acting], variables };
  KNOWN.set(app, found);
  return found;
}
