import { STATUS_CODES } from 'node:http';
import type { Condition } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Outcome } from '../model.ts';
import type { Raised } from '../reader.ts';
import { rowsApart } from './answered-rows.ts';
import { type Answer, answers, CODES, fieldAt, flagged } from './answers.ts';
import { apartFrom } from './apart-from.ts';
import { bodyFacts } from './body-facts.ts';
import { type Branch, branchesOf } from './branches.ts';
import { toConditions } from './conditions.ts';
import { all, type Formula, isFalse, some, TRUE } from './formula.ts';
import { viewsOf } from './jsx-views.ts';
import { keyOf } from './keys.ts';
import type { Ending, Machine } from './machine.ts';
import { told } from './plainest.ts';
import { placeAt } from './source.ts';
import { mergeSteps, ranUnder, type Steps } from './steps.ts';
import { endsOf, toTerm } from './terms.ts';
import { literalOf, type Response, stringOf, UNDEFINED, type Value } from './values.ts';

/** An outcome before it has its id, with the formula it comes about under. */
export interface Found {
  readonly outcome: Omit<Outcome, 'id' | 'when'>;
  readonly when: Formula;
  readonly order: number;
  /** Equal for endings of the same place reached through the same calls. */
  readonly place: string;
  /** Of a success: the branches on the way whose sides it may have taken either of. */
  readonly branches: readonly Branch[];
  /** What ran on the way, and under what. */
  readonly done: Steps;
  /** Its body as a value; null where there is none, or several. */
  readonly answer: Value | null;
}

/** The outcomes of all endings, in the order the code gets to them; one for each distinct answer. */
export function outcomesOf(machine: Machine): readonly Found[] {
  const found = machine.endings.flatMap((ending) => answersOf(machine, ending));
  const together = new Map<string, Found>();
  for (const raw of found) {
    const each = { ...raw, when: withoutDoubts(raw.when) };
    if (isFalse(each.when) || isMishap(each)) continue;
    const { status, code, error, message, text, location } = each.outcome;
    const key = JSON.stringify([each.place, status, code, error, message, text, location]);
    const before = together.get(key);
    together.set(key, before ? either(before, each) : each);
  }
  return [...together.values()].sort((a, b) => a.order - b.order);
}

function either(one: Found, other: Found): Found {
  const union = (key: 'reads' | 'writes') => [
    ...new Set([...one.outcome[key], ...other.outcome[key]]),
  ];
  const said = new Set(other.outcome.body.map(keyOf));
  const body = one.outcome.body.filter((fact) => said.has(keyOf(fact)));
  return {
    ...one,
    outcome: { ...one.outcome, body, reads: union('reads'), writes: union('writes') },
    when: some([one.when, other.when]),
    branches: [...between(one, other), ...one.branches, ...other.branches],
    done: mergeSteps(one.when, one.done, other.done),
    answer: one.answer === other.answer ? one.answer : null,
  };
}

/** What tells two ways to the same ending apart, where they do not do the same. */
function between(one: Found, other: Found): Branch[] {
  const does = ({ outcome: { reads, writes, body } }: Found) => keyOf([reads, writes, body]);
  return does(one) === does(other) ? [] : [{ when: apartFrom(one, [other]) }];
}

/** A server error because code we can't see into failed: no state of the data leads there. */
function isMishap({ outcome, when }: Found): boolean {
  if ((outcome.status ?? 0) < 500) return false;
  const parts = when.kind === 'all' ? when.of : [when];
  return parts.some((part) => isDoubt(part, true));
}

/** That code we can't see into did not fail is no condition of what comes after it. */
export function withoutDoubts(when: Formula): Formula {
  if (isDoubt(when, false)) return TRUE;
  if (when.kind === 'atom') return when;
  const parts = when.of.map(withoutDoubts);
  if (parts.every((part, at) => part === when.of[at])) return when;
  return when.kind === 'all' ? all(parts) : some(parts);
}

function isDoubt(part: Formula, holds: boolean): boolean {
  if (part.kind !== 'atom' || part.condition.kind !== 'opaque') return false;
  return part.condition.holds === holds && part.condition.text.endsWith(' throws');
}

function answersOf(machine: Machine, ending: Ending): Found[] {
  const base = all(ending.exit.facts);
  const { done } = ending.exit;
  const writes: Steps = new Map([...done].filter(([id]) => isWrite(machine, id)));
  return answers(ending.exit.value, base)
    .flatMap((answer) => rowsApart(machine, answer))
    .flatMap((answer) => flagged(answer, writes))
    .flatMap((answer) => fromAnswer(machine, ending, answer));
}

function isWrite(machine: Machine, id: string): boolean {
  return machine.writes.some((write) => write.id === id);
}

const MESSAGES: readonly (readonly string[])[] = [
  ['message'],
  ['error', 'message'],
  ['error', 'json', 'message'],
  ['error'],
  ['detail'],
  ['title'],
  ['errors', '0'],
];

function fromAnswer(machine: Machine, ending: Ending, { response, when, flags }: Answer): Found[] {
  const { exit, thrown } = ending;
  const node: ts.Node = thrown?.node ?? response?.node ?? exit.node;
  const place = JSON.stringify([
    [node, ...(thrown ? [response?.node ?? exit.node] : []), exit.node, ...exit.sites].map(
      (each) => [each.getSourceFile().fileName, each.getStart()],
    ),
    flags,
  ]);
  const said =
    thrown && !response
      ? fromError(machine, { ...thrown, status: exit.status })
      : fromResponse(response);
  const error = errorClass(thrown?.value);
  const ran = [...ranUnder(exit.done, when), ...loaded(machine, response?.body ?? UNDEFINED)];
  const outcome = {
    ...said,
    kind: thrown ? ('throw' as const) : (response?.kind ?? ('respond' as const)),
    error,
    message: said.message ?? (error ? messageOf(thrown?.value) : null),
    location: response?.location ? toTerm(response.location) : null,
    text: (response?.kind === 'respond' ? response.text : []).flatMap(
      (each) => stringOf(each) ?? [],
    ),
    ...(response?.inBrowser ? { inBrowser: true } : {}),
    reads: ran.filter((id) => machine.reads.some((read) => read.id === id)),
    writes: ran.filter((id) => isWrite(machine, id)),
    at: placeAt(node),
  };
  const answer = response?.kind === 'respond' ? response.body : null;
  const { done } = exit;
  const { reads, writes } = outcome;
  // What a page shows are endings of their own.
  const isSuccess = (outcome.status ?? 200) < 400 && response?.kind !== 'render';
  const branches = isSuccess ? branchesOf(machine, { done, reads, writes, body: answer }) : [];
  const base: Found = { outcome, when, order: exit.order, place, branches, done, answer };
  if (response?.kind !== 'render') return [base];
  return viewsOf(machine, response.text, { when, at: placeAt(response.node) }).map((view) => ({
    ...base,
    when: view.when,
    outcome: { ...outcome, text: [...view.text] },
  }));
}

/** The reads of what rows in the answer bring along. */
function loaded(machine: Machine, body: Value): string[] {
  const before = machine.reads.length;
  load(body, 0);
  return machine.reads.slice(before).map(({ id }) => id);
}

function load(value: Value, depth: number): void {
  if (depth > 4) return;
  if (value.kind === 'list') value.load?.();
  if (value.kind === 'object')
    for (const each of value.fields.value.values()) load(each, depth + 1);
  if (value.kind === 'row') for (const each of value.fields.values()) load(each, depth + 1);
}

function errorClass(value: Value | undefined): string | null {
  const error = value && endsOf(value).at(-1);
  return error?.kind === 'instance' ? (error.ancestry[0] ?? null) : null;
}

function messageOf(value: Value | undefined): string | null {
  return value?.kind === 'instance' ? (stringOf(value.fields.value.get('message')) ?? null) : null;
}

interface Said {
  readonly status: number | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly body: Outcome['body'];
}

/** What the framework answers to an error nobody handles. */
function fromError(machine: Machine, thrown: Raised): Said {
  const own = machine.endpoint.semantics.unhandled?.(machine, thrown);
  return own ? fromResponse(own) : { status: 500, code: null, message: null, body: [] };
}

function fromResponse(response: Response | null): Said {
  if (!response) return { status: 200, code: null, message: null, body: [] };
  const status = response.status
    ? literalOf(response.status)
    : response.kind === 'redirect'
      ? 302
      : 200;
  const { body } = response;
  const phrase = typeof status === 'number' ? STATUS_CODES[status] : undefined;
  const code = firstLiteral(body, CODES, (text) => /^[\w.:/#-]+$/.test(text) && text !== phrase);
  const text = stringOf(body ?? undefined);
  const message = text ?? firstLiteral(body, MESSAGES, (each) => each !== code);
  return {
    status: typeof status === 'number' ? status : null,
    code,
    message,
    body: bodyFacts(body),
  };
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

/** What an ending asks for in its plainest ways; null where it turns out that there is none. */
export function conditionsOf(found: Found): Condition[] | null {
  const when = told(found.when, 40, (found.outcome.status ?? 0) >= 400);
  return isFalse(when) ? null : toConditions(when);
}
