import { isMade, type Plan } from '../plan.ts';
import { hostsIn, isForeign } from './addresses.ts';
import { problem, type Rule } from './context.ts';
import { ownWords } from './own-words.ts';

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

/** Headers by which a request says it is another one than it is. */
const STEERING =
  /^(host|forwarded|via|upgrade|connection|transfer-encoding|content-length|proxy-\S+|x-forwarded-\S+|x-(original|rewrite)-\S+|x-(http-)?method(-override)?)$/i;

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
    const own = isActing(text) ? [...ownWords(app).texts].filter(isActing) : [];
    return isActing(own.reduce((rest, known) => rest.replaceAll(known, ''), text))
      ? [problem('actingText', path, { text })]
      : [];
  }),
);

/**
 * No text leads to somebody else: what an app finds in a row it may call, mail or send people to, and what it
 * is given as a variable it may ask.
 */
export const ownAddresses: Rule = ofModels(({ plan, app }) =>
  textsIn(plan).flatMap(({ text, path }) => {
    const foreign = hostsIn(text, keyOf(path)).filter((host) =>
      isForeign(host, ownWords(app).texts),
    );
    return foreign.map((host) => problem('foreignAddress', path, { host, text }));
  }),
);

/** No header says that the request is for another machine, path or method, unless the code reads it. */
export const plainHeaders: Rule = ofModels(({ plan, app }) =>
  plan.when.flatMap(({ headers = {} }, index) =>
    Object.keys(headers).flatMap((name) =>
      STEERING.test(name) && !ownWords(app).headers.has(name.toLowerCase())
        ? [problem('steeringHeader', `when.${index}.headers.${name}`, { name })]
        : [],
    ),
  ),
);

export const knownVariables: Rule = ofModels(({ plan, app }) =>
  Object.keys(plan.given.env).flatMap((name) =>
    ownWords(app).variables.has(name) && !RESERVED.test(name)
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

/** What a text at this path is called; the kind of its value says nothing. */
function keyOf(path: string): string {
  return path.split('.').findLast((part) => part !== 'unique') ?? '';
}

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
