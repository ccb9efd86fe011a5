import { all, FALSE, type Formula, isFalse, not, some, TRUE } from './formula.ts';
import { ranUnder, type Steps } from './steps.ts';
import { literal, literalOf, type Response, stringOf, type Value } from './values.ts';

export interface Answer {
  readonly response: Response | null;
  readonly when: Formula;
  /** What the body says outright: it tells this answer from another of the same place. */
  readonly flags: readonly (readonly [string, string | boolean | null])[];
}

/** The answers a returned value stands for: one for each status, code and place to go. */
export function answers(value: Value, when: Formula): Answer[] {
  return sides(value, when).flatMap((side) => {
    const response = side.value.kind === 'response' ? side.value.response : null;
    return statuses(response, side.when);
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
function statuses(response: Response | null, when: Formula): Answer[] {
  if (!response) return [{ response, when, flags: [] }];
  const one = response;
  return each(one.status, when).flatMap(({ value: status, when: under }) =>
    each(one.location, under).flatMap(({ value: location, when: within }) =>
      bodies(one.body, within).map(({ value: body, when: last }) => ({
        response: { ...one, status: status?.kind === 'undefined' ? null : status, location, body },
        when: last,
        flags: outright(body),
      })),
    ),
  );
}

function outright(body: Value, path = ''): Answer['flags'] {
  if (isNothing(body)) return [[path, null]];
  const said = literalOf(body);
  if (path && (typeof said === 'boolean' || typeof said === 'string')) return [[path, said]];
  if (body.kind !== 'object' || path.includes('.')) return [];
  return [...body.fields.value].flatMap(([name, value]) =>
    outright(value, path ? `${path}.${name}` : name),
  );
}

/** Null, or not there at all. */
export function isNothing(value: Value): boolean {
  return value.kind === 'undefined' || literalOf(value) === null;
}

function each(value: Value | null, when: Formula): { value: Value | null; when: Formula }[] {
  return value ? sides(value, when) : [{ value, when }];
}

function bodies(body: Value | null, when: Formula): { value: Value; when: Formula }[] {
  const whole = sides(body ?? { kind: 'undefined' }, when);
  return whole.flatMap((side) => codeSides(side.value, side.when));
}

/** Where a body may say its machine code. */
export const CODES: readonly (readonly string[])[] = [
  ['error', 'code'],
  ['code'],
  ['errorCode'],
  ['error'],
  ['error', 'type'],
  ['error', 'data', 'code'],
  ['error', 'json', 'data', 'code'],
  ['type'],
  ['reason'],
  ['serverError'],
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

/** What a body holds at a path. */
export function fieldAt(value: Value | null, path: readonly string[]): Value | undefined {
  let at: Value | undefined = value ?? undefined;
  for (const name of path) {
    if (at?.kind === 'array') at = at.items.value[Number(name)]?.value;
    else
      at = at?.kind === 'object' || at?.kind === 'instance' ? at.fields.value.get(name) : undefined;
  }
  return at;
}

/** A body with another value at a path. */
export function withField(body: Value, [name, ...rest]: readonly string[], value: Value): Value {
  if (name === undefined) return value;
  if (body.kind !== 'object') return body;
  const inner = body.fields.value.get(name);
  const replaced = rest.length > 0 && inner ? withField(inner, rest, value) : value;
  return {
    ...body,
    fields: { ...body.fields, value: new Map([...body.fields.value, [name, replaced]]) },
  };
}

/** An answer whose flag says what has been written is two. */
export function flagged(answer: Answer, writes: Steps): Answer[] {
  const { response, when } = answer;
  const body = response?.body;
  if (!response || body?.kind !== 'object' || writes.size === 0) return [answer];
  for (const [name, value] of body.fields.value) {
    const flag = formulaOf(value);
    if (!flag || answer.flags.some(([known]) => known === name)) continue;
    const ways = [true, false].map((said) => {
      const under = all([when, said ? flag : not(flag)]);
      return { said, when: under, ran: ranUnder(writes, under).join() };
    });
    if (ways.some((way) => isFalse(way.when)) || new Set(ways.map(({ ran }) => ran)).size < 2)
      continue;
    return ways.flatMap((way) => {
      const told = { ...response, body: withField(body, [name], literal(way.said)) };
      const flags = [...answer.flags, [name, way.said] as const];
      return flagged({ response: told, when: way.when, flags }, writes);
    });
  }
  return [answer];
}

/** When a true-or-false value is true; undefined for any other value. */
function formulaOf(value: Value): Formula | undefined {
  if (value.kind === 'test') return value.formula;
  const said = literalOf(value);
  if (typeof said === 'boolean') return said ? TRUE : FALSE;
  if (value.kind !== 'choice') return undefined;
  const yes = formulaOf(value.yes);
  const no = formulaOf(value.no);
  return yes && no && some([all([value.when, yes]), all([not(value.when), no])]);
}
