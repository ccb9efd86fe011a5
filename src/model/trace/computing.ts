import type { Term } from '../../condition/condition.ts';
import packages from './computing.json' with { type: 'json' };
import { neverThrows } from './errors.ts';
import type { Machine } from './machine.ts';
import { madeUp } from './made.ts';
import { partsOf } from './terms.ts';
import type { Value } from './values.ts';

const KINDS: readonly (readonly [kind: string, names: ReadonlySet<string>])[] = Object.entries(
  packages,
).map(([kind, names]) => [kind, new Set(names)]);

/** What a package computes where it reaches nothing outside of the process; undefined for any other. */
function computed(specifier: string): string | undefined {
  const path = specifier.replace(/^node:/, '').split('/');
  const name = path.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return KINDS.find(([, names]) => names.has(name) || names.has(`${path[0]}/*`))?.[0];
}

export function isComputing(specifier: string): boolean {
  return computed(specifier) !== undefined;
}

/** Functions that say whether something is so. */
const JUDGING = /^(is|has|verify|validate|check|compare|equals?|test|match(es)?)(?![a-z])/;

/**
 * A call of a package that computes alone, with nothing that a request or a table holds, or of one that takes
 * anything: nobody can make it fail.
 * Undefined for any other call; `null` where what it gives is not known.
 */
export function computedOfOwn(
  machine: Machine,
  fn: Value & { kind: 'package' },
  args: readonly Value[],
): Value | null | undefined {
  const kind = computed(fn.package);
  if (kind === undefined) return undefined;
  if (!isLenient(fn) && !args.every(kind === 'dates' ? isOwnDate : isOwn)) return undefined;
  neverThrows(machine);
  const isRandom = kind === 'cryptography' && (args.length === 0 || args.some(isMadeUp));
  return isRandom && !JUDGING.test(fn.name.split('.').at(-1) ?? '') ? madeUp() : null;
}

/**
 * What is no date is an invalid date to these; only a time zone that nobody knows is an error, and to luxon what is of
 * another type than it asks for.
 */
function isLenient(fn: Value & { kind: 'package' }): boolean {
  if (fn.package === 'luxon') return /\bDateTime\.from(ISO|SQL|HTTP|RFC2822|JSDate)$/.test(fn.name);
  return /^(moment|moment-timezone|dayjs)$/.test(fn.package) && !/\btz\b/.test(fn.name);
}

/** Whether the process or one of its tables has a value: what a column of times holds is one. */
function isOwnDate(value: Value): boolean {
  const isStored = value.kind === 'term' && value.term.kind === 'column';
  return (isStored && value.type.base === 'instant') || isOwn(value);
}

/** Whether the process has a value of its own: written out, its clock's, or made up by it. */
function isOwn(value: Value): boolean {
  if (value.kind === 'term') return partsOf(value.term).every(isOwnTerm);
  if (value.kind === 'choice') return isOwn(value.yes) && isOwn(value.no);
  if (value.kind === 'array') return value.items.value.every((item) => isOwn(item.value));
  if (value.kind === 'object')
    return !value.open.value && [...value.fields.value.values()].every(isOwn);
  return value.kind === 'undefined';
}

function isOwnTerm({ kind }: Term): boolean {
  return ['literal', 'now', 'env', 'call', 'arith', 'choice'].includes(kind);
}

/** Whether a term holds what a request carries, a table holds or a third party answers. */
export function isForeign(term: Term): boolean {
  return partsOf(term).some(({ kind }) => ['input', 'column', 'rows', 'external'].includes(kind));
}

function isMadeUp(value: Value): boolean {
  if (value.kind === 'choice') return isMadeUp(value.yes) || isMadeUp(value.no);
  if (value.kind !== 'term') return false;
  return partsOf(value.term).some((part) => part.kind === 'call' && part.fn === 'random');
}
