import type { Condition, Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Outcome } from '../model.ts';
import { all, type Formula, isFalse, not, plainest, some, toConditions } from './formula.ts';
import { viewsOf } from './jsx-views.ts';
import type { Ending, Machine } from './machine.ts';
import { placeAt } from './source.ts';
import { toTerm } from './terms.ts';
import { literalOf, type Response, stringOf, type Value } from './values.ts';

/** An outcome before it has its id, with the formula it comes about under. */
export interface Found {
  readonly outcome: Omit<Outcome, 'id' | 'when'>;
  readonly when: Formula;
  readonly order: number;
  /** Equal for endings of the same place reached through the same calls. */
  readonly place: string;
}

/** The outcomes of all endings, in the order the code gets to them; one for each distinct answer. */
export function outcomesOf(machine: Machine): readonly Found[] {
  const found = machine.endings.flatMap((ending) => answersOf(machine, ending));
  const together = new Map<string, Found>();
  for (const each of found) {
    if (isFalse(each.when) || isMishap(each)) continue;
    const { status, code, message, text, location } = each.outcome;
    const key = JSON.stringify([each.place, status, code, message, text, location]);
    const before = together.get(key);
    together.set(key, before ? { ...before, when: some([before.when, each.when]) } : each);
  }
  return [...together.values()].sort((a, b) => a.order - b.order);
}

/** A server error because code we can't see into failed: no state of the data leads there. */
function isMishap({ outcome, when }: Found): boolean {
  if ((outcome.status ?? 0) < 500) return false;
  const parts = when.kind === 'all' ? when.of : [when];
  return parts.some(
    (part) =>
      part.kind === 'atom' &&
      part.condition.kind === 'opaque' &&
      part.condition.holds &&
      part.condition.text.endsWith(' throws'),
  );
}

interface Answer {
  readonly response: Response | null;
  readonly when: Formula;
}

function answersOf(machine: Machine, ending: Ending): Found[] {
  const base = all(ending.exit.facts);
  return sides(ending.exit.value, base).flatMap(({ value, when }) => {
    const response = value.kind === 'response' ? value.response : null;
    return statuses({ response, when }).flatMap((answer) => fromAnswer(machine, ending, answer));
  });
}

/** What a value may be, each with the formula under which it is that. */
export function sides(value: Value, when: Formula): { value: Value; when: Formula }[] {
  if (isFalse(when)) return [];
  if (value.kind !== 'choice') return [{ value, when }];
  return [
    ...sides(value.yes, all([when, value.when])),
    ...sides(value.no, all([when, not(value.when)])),
  ];
}

/** An answer whose status or code depends on data is several. */
function statuses({ response, when }: Answer): Answer[] {
  if (!response) return [{ response, when }];
  const one = response;
  return each(one.status, when).flatMap(({ value: status, when: under }) =>
    each(one.location, under).flatMap(({ value: location, when: within }) =>
      bodies(one.body, within).map(({ value: body, when: last }) => ({
        response: { ...one, status, location, body },
        when: last,
      })),
    ),
  );
}

function each(value: Value | null, when: Formula): { value: Value | null; when: Formula }[] {
  return value ? sides(value, when) : [{ value, when }];
}

function bodies(body: Value | null, when: Formula): { value: Value; when: Formula }[] {
  const whole = sides(body ?? { kind: 'undefined' }, when);
  return whole.flatMap((side) => codeSides(side.value, side.when));
}

const CODES: readonly (readonly string[])[] = [
  ['error', 'code'],
  ['code'],
  ['errorCode'],
  ['error'],
  ['error', 'type'],
  ['type'],
  ['reason'],
];
const MESSAGES: readonly (readonly string[])[] = [
  ['message'],
  ['error', 'message'],
  ['error'],
  ['detail'],
  ['title'],
  ['errors', '0'],
];

/** Splits on a code that is a choice of literals. */
function codeSides(body: Value, when: Formula): { value: Value; when: Formula }[] {
  for (const path of [...CODES, ['message'], ['status']]) {
    const at = fieldAt(body, path);
    if (at?.kind !== 'choice' || !sides(at, when).some((side) => stringOf(side.value))) continue;
    return sides(at, when).map((side) => ({
      value: withField(body, path, side.value),
      when: side.when,
    }));
  }
  return [{ value: body, when }];
}

function fieldAt(value: Value | null, path: readonly string[]): Value | undefined {
  let at: Value | undefined = value ?? undefined;
  for (const name of path) {
    if (at?.kind === 'array') at = at.items.value[Number(name)]?.value;
    else
      at = at?.kind === 'object' || at?.kind === 'instance' ? at.fields.value.get(name) : undefined;
  }
  return at;
}

function withField(body: Value, [name, ...rest]: readonly string[], value: Value): Value {
  if (name === undefined) return value;
  if (body.kind !== 'object') return body;
  const inner = body.fields.value.get(name);
  const replaced = rest.length > 0 && inner ? withField(inner, rest, value) : value;
  return {
    ...body,
    fields: { ...body.fields, value: new Map([...body.fields.value, [name, replaced]]) },
  };
}

function fromAnswer(machine: Machine, ending: Ending, { response, when }: Answer): Found[] {
  const { exit, thrown } = ending;
  const node: ts.Node = thrown?.node ?? response?.node ?? exit.node;
  const place = JSON.stringify([
    [node, ...(thrown ? [response?.node ?? exit.node] : []), ...exit.sites].map((each) => [
      each.getSourceFile().fileName,
      each.getStart(),
    ]),
  ]);
  const said = thrown && !response ? fromError(thrown.value) : fromResponse(response);
  const error = errorClass(thrown?.value);
  const outcome = {
    ...said,
    kind: thrown ? ('throw' as const) : (response?.kind ?? ('respond' as const)),
    error,
    message: said.message ?? (error ? messageOf(thrown?.value) : null),
    location: response?.location ? toTerm(response.location) : null,
    text: [] as string[],
    writes: [...exit.done],
    at: placeAt(node),
  };
  const base: Found = { outcome, when, order: exit.order, place };
  if (response?.kind !== 'render') return [base];
  return viewsOf(machine, response.text, { when, at: placeAt(response.node) }).map((view) => ({
    ...base,
    when: view.when,
    outcome: { ...outcome, text: [...view.text] },
  }));
}

function errorClass(value: Value | undefined): string | null {
  return value?.kind === 'instance' ? (value.ancestry[0] ?? null) : null;
}

function messageOf(value: Value | undefined): string | null {
  return value?.kind === 'instance' ? (stringOf(value.fields.value.get('message')) ?? null) : null;
}

interface Said {
  readonly status: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly body: { path: string[]; value: Term }[];
}

/** What Hono answers to an error nobody handles. */
function fromError(value: Value): Said {
  const http = value.kind === 'instance' && value.ancestry.includes('HTTPException');
  if (!http) return { status: 500, code: null, message: null, body: [] };
  const own = value.fields.value.get('res');
  if (own?.kind === 'response') return fromResponse(own.response);
  const status = literalOf(value.fields.value.get('status'));
  return {
    status: typeof status === 'number' ? status : 500,
    code: null,
    message: messageOf(value),
    body: [],
  };
}

function fromResponse(response: Response | null): Said {
  if (!response) return { status: 200, code: null, message: null, body: [] };
  const status = response.status
    ? literalOf(response.status)
    : response.kind === 'redirect'
      ? 302
      : 200;
  const { body } = response;
  const code = firstLiteral(body, CODES, (text) => /^[\w.:/#-]+$/.test(text));
  const text = stringOf(body ?? undefined);
  const message = text ?? firstLiteral(body, MESSAGES, (each) => each !== code);
  return { status: typeof status === 'number' ? status : null, code, message, body: facts(body) };
}

function firstLiteral(
  body: Value | null,
  paths: readonly (readonly string[])[],
  fits: (text: string) => boolean,
): string | null {
  for (const path of paths) {
    const said = stringOf(fieldAt(body, path));
    if (said !== undefined && fits(said)) return said;
  }
  return null;
}

/** The responded object as paths to literals and columns. */
function facts(
  body: Value | null,
  path: readonly string[] = [],
): { path: string[]; value: Term }[] {
  if (!body || path.length > 4) return [];
  if (body.kind === 'object') {
    return [...body.fields.value]
      .flatMap(([name, value]) => facts(value, [...path, name]))
      .slice(0, 40);
  }
  if (body.kind === 'array') {
    return body.items.value
      .slice(0, 3)
      .flatMap((item, index) => (item.when ? [] : facts(item.value, [...path, String(index)])));
  }
  if (body.kind !== 'term') return [];
  const plain = ['literal', 'column', 'input', 'aggregate'].includes(body.term.kind);
  return plain && path.length > 0 ? [{ path: [...path], value: body.term }] : [];
}

export function conditionsOf(found: Found): Condition[] {
  return toConditions(plainest(found.when, 40));
}
