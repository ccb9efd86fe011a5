import { ts } from '../../kernel/syntax.ts';
import { choicesIn } from './body-facts.ts';
import { builtIn } from './classes.ts';
import { isLeftToItself } from './dropped.ts';
import { ANY_WORDS } from './error-words.ts';
import { bringAbout, mayThrow } from './errors.ts';
import { atom } from './formula.ts';
import { keyOf } from './keys.ts';
import type { Asked, Machine } from './machine.ts';
import { set } from './path.ts';
import { placeAt, textOf } from './source.ts';
import { withStep } from './steps.ts';
import { partsOf } from './terms.ts';
import { term, type Value } from './values.ts';

interface Asking {
  readonly name: string;
  readonly node: ts.Node;
  /** What it is asked with, where that is known. */
  readonly args?: readonly Value[];
}

/** What a third party answers; it may also fail. */
export function outside(machine: Machine, about: Asking): Value {
  const { node } = about;
  const name = callNamed(machine, about);
  if (isWaitedFor(node)) pose(machine, name, about.args ?? []);
  const when = atom({ kind: 'external', at: placeAt(node), name, holds: false });
  const value = builtIn(['Error'], [['message', ANY_WORDS]]);
  if (isFailure(machine, about)) bringAbout(value);
  if (!isLeftToItself(node)) mayThrow(machine, { when, value }, node);
  return term({ kind: 'external', name });
}

/** Something that a package makes, of which nothing is known. */
export function thirdParty({ package: from, name }: Value & { kind: 'package' }): Value {
  return term({ kind: 'external', name: `${from}.${name}` });
}

/** Keeps what it depends on what a third party is asked. */
function pose(machine: Machine, name: string, args: readonly Value[]): void {
  const choices = args.flatMap((each) => choicesIn(each));
  if (choices.length === 0) return;
  const step = `asked ${name}`;
  machine.posed.set(step, choices);
  set(machine, machine.done, withStep(machine.done.value, step));
}

/** What an app stands on: that its stores, queues, mail and logs are there is not asked of each request. */
const OWN =
  /supabase|trigger\.dev|inngest|redis|valkey|memcache|bull|kafka|amqp|rabbit|mail|resend|sendgrid|postmark|posthog|sentry|segment|mixpanel|datadog|pino|winston|telemetry|prisma|typeorm|knex|postgres|mongo|clickhouse|elasticsearch|opensearch|sql\b/i;

/** What runs in the app's own process, though it is waited for. */
const INSIDE =
  /^(node:|next\b|react\b|@nestjs\/|@trpc\/|@hono\/|@tanstack\/|@casl\/|(fs|path|util|timers|stream|crypto|os|events)\b)|intl|i18n/;

/** Whether it is an ending of its own that a third party fails: one that the request waits for. */
function isFailure(machine: Machine, { name, node }: { name: string; node: ts.Node }): boolean {
  if (machine.browser || machine.endpoint.kind === 'page' || OWN.test(name)) return false;
  if (INSIDE.test(name)) return false;
  return isWaitedFor(node);
}

function isWaitedFor(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isAwaitExpression(parent) || ts.isReturnStatement(parent)) return true;
  if (ts.isArrowFunction(parent)) return parent.body === node;
  if (ts.isArrayLiteralExpression(parent)) return isWaitedFor(parent);
  const isReceiver = ts.isPropertyAccessExpression(parent) && parent.expression === node;
  const isAll =
    ts.isCallExpression(parent) &&
    (parent.expression === node || /^Promise\.all$/.test(parent.expression.getText()));
  const isBare = ts.isParenthesizedExpression(parent) || ts.isNonNullExpression(parent);
  return (isReceiver || isAll || isBare || ts.isAsExpression(parent)) && isWaitedFor(parent);
}

/**
 * Calls that say the same are told apart by where they stand: `fetch`, then `fetch#2`; but who looks at the request
 * alone, or asks for the same again, finds there what was found before.
 */
function callNamed(machine: Machine, { name, node, args = [] }: Asking): string {
  const stack = isOfRequest(name, args) ? [] : [node, ...machine.sites];
  return nthName(name, turnOf(machine, name, { stack, key: keyOfAsking(name, args) }));
}

/** What a method of a third party's answer gives: the same where it is asked the same, as the code writes it. */
export function answerAsked(machine: Machine, name: string, node: ts.Node): Value {
  const args = ts.isCallExpression(node) ? node.arguments : [];
  if (args.length === 0) return term({ kind: 'external', name });
  const key = args.map((each) => textOf(each)).join();
  const turn = turnOf(machine, `${name}(…)`, { stack: [...args], key });
  return term({ kind: 'external', name: nthName(name, turn) });
}

/** Which of the calls noted under a name one is: the first that is the same, else one more. */
function turnOf(machine: Machine, name: string, asked: Asked): number {
  const calls = machine.asked.get(name) ?? [];
  const known = calls.findIndex((other, at) => isSame(machine, asked, { ...other, name, at }));
  if (known < 0) machine.asked.set(name, [...calls, asked]);
  return known < 0 ? calls.length : known;
}

function nthName(name: string, turn: number): string {
  return turn === 0 ? name : `${name}#${turn + 1}`;
}

function isSame(
  machine: Machine,
  { stack, key }: Asked,
  other: Asked & { readonly name: string; readonly at: number },
): boolean {
  if (key !== undefined && key === other.key) return !hasFailed(machine, other);
  return (
    other.stack.length === stack.length && other.stack.every((each, index) => each === stack[index])
  );
}

/** Who was asked in vain is asked again for another answer. */
function hasFailed(machine: Machine, { name, at }: { name: string; at: number }): boolean {
  const said = nthName(name, at);
  return machine.path.facts.some(
    (fact) =>
      fact.kind === 'atom' &&
      fact.condition.kind === 'external' &&
      fact.condition.name === said &&
      !fact.condition.holds,
  );
}

/** Calls that bring about something each time. */
const DOING =
  /^(create|insert|add|append|send|post|put|charge|publish|emit|push|enqueue|dispatch|incr|decr|consume|limit|update|delete|remove|del|next|pop|shift|take|random|generate|start|run|write)(?![a-z])/i;

/** What a call asks, where the same answers it alike: all that it is given is known, and it does nothing. */
function keyOfAsking(name: string, args: readonly Value[]): string | undefined {
  if (args.length === 0 || DOING.test(name.split('.').at(-1) ?? '')) return undefined;
  const parts = args.map(keyOfValue);
  return parts.includes(undefined) ? undefined : parts.join();
}

function keyOfValue(value: Value): string | undefined {
  if (value.kind === 'undefined') return 'undefined';
  if (value.kind === 'special' && REQUEST.test(value.name)) return value.name;
  if (value.kind === 'object') {
    const fields = [...value.fields.value].map(([name, field]) => [name, keyOfValue(field)]);
    const isKnown = !value.open.value && fields.every(([, key]) => key !== undefined);
    return isKnown ? `{${fields.map((pair) => pair.join(':')).sort()}}` : undefined;
  }
  if (value.kind !== 'term') return undefined;
  const isChanging = partsOf(value.term).some(
    (part) =>
      part.kind === 'opaque' ||
      part.kind === 'now' ||
      (part.kind === 'call' && part.fn === 'random'),
  );
  return isChanging ? undefined : keyOf(value.term);
}

const REQUEST = /^(request|req|c|ctx(\.request)?|headers|cookies)$/;
const LOOKING =
  /^(is|has|get|find|read|load|verify|validate|check|authenticate|auth|identify|current)(?![a-z])/;

/** Whether a call looks at the request, and at nothing else. */
function isOfRequest(name: string, args: readonly Value[]): boolean {
  const isRequest = (value: Value) => value.kind === 'special' && REQUEST.test(value.name);
  if (!args.some(isRequest) || !LOOKING.test(name.split('.').at(-1) ?? '')) return false;
  return args.every((value) => isRequest(value) || value.kind === 'undefined');
}
