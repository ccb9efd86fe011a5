import type { Condition, Term } from '../../condition/condition.ts';
import type { Outcome } from '../model.ts';
import { keyOf } from './keys.ts';

type Unnamed = Omit<Outcome, 'id'>;

/**
 * Gives each outcome an id unique in its route: the machine code in the body, else the error class,
 * else the message, else the status; those that tie get the condition that sets them apart.
 */
export function withIds(outcomes: readonly Unnamed[]): Outcome[] {
  const named = outcomes.map((outcome) => ({ outcome, base: baseOf(outcome) }));
  const taken = new Set<string>();
  return named.map(({ outcome, base }) => {
    const tied = named.filter((each) => each.base === base && each.outcome !== outcome);
    const suffix =
      tied.length > 0
        ? separating(
            outcome,
            tied.map((each) => each.outcome),
          )
        : null;
    const wanted = suffix ? `${base}~${suffix}` : base;
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted}~${number}`;
    taken.add(id);
    return { id, ...outcome };
  });
}

function baseOf(outcome: Unnamed): string {
  if (outcome.code) return outcome.code;
  const status = outcome.status ?? 200;
  if (outcome.kind === 'redirect') return String(status);
  if (outcome.kind === 'render' && outcome.text[0]) return slug(outcome.text[0]);
  const named =
    outcome.error && !/^(Error|HTTP(Exception|Error))$/i.test(outcome.error) ? outcome.error : null;
  if (named) return named;
  return status >= 400 && outcome.message ? slug(outcome.message) : String(status);
}

function slug(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-|-$/g, '');
  return words.slice(0, 48).replace(/-$/, '') || 'empty';
}

/** The last condition (the guard's own) that none of the others has. */
function separating(outcome: Unnamed, others: readonly Unnamed[]): string | null {
  const keys = others.map((other) => new Set(other.when.map(keyOf)));
  const among = (condition: Condition) => keys.filter((each) => each.has(keyOf(condition)));
  const own = outcome.when.filter((condition) => among(condition).length === 0);
  const partly = outcome.when.filter((condition) => among(condition).length < keys.length);
  const last = own.at(-1) ?? partly.at(-1);
  return last
    ? say(last)
        .replace(/[^\w.=<>!#-]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 60)
    : null;
}

/** A condition in a few words, fit for an id. */
export function say(condition: Condition): string {
  switch (condition.kind) {
    case 'exists':
      return condition.query;
    case 'absent':
      return `no-${condition.query}`;
    case 'compare':
    case 'count':
    case 'aggregate':
    case 'environment':
      return `${sayTerm(condition.left)}${condition.op.replace(' ', '-')}${sayTerm(condition.right)}`;
    case 'member':
      return `${sayTerm(condition.term)}-${condition.holds ? 'in' : 'not-in'}-${condition.of.map(sayTerm).join('-')}`.slice(
        0,
        60,
      );
    case 'input':
      return condition.is === 'compare'
        ? `${sayTerm(condition.left)}${condition.op.replace(' ', '-')}${sayTerm(condition.right)}`
        : `${condition.is}-${[condition.from, ...condition.path].join('.')}`;
    case 'actor':
      return condition.is === 'role' || condition.is === 'owner'
        ? `${condition.is}${condition.op}${sayTerm(condition.right)}`
        : condition.is;
    case 'conflict':
      return `${condition.holds ? '' : 'no-'}conflict-${condition.columns.join('-')}`;
    case 'external':
      return `${condition.holds ? '' : 'not-'}${slug(condition.name)}`;
    case 'opaque':
      return `${condition.holds ? '' : 'not-'}${slug(condition.text)}`;
    case 'any':
      return `any-${condition.of.flatMap((each) => each.map(say)).join('-or-')}`.slice(0, 60);
  }
}

function sayTerm(term: Term): string {
  switch (term.kind) {
    case 'literal':
      return typeof term.value === 'string' ? term.value.slice(0, 24) : JSON.stringify(term.value);
    case 'input':
      return term.path.join('.') || term.from;
    case 'column':
      return `${term.row}.${term.column}`;
    case 'rows':
      return term.query;
    case 'aggregate':
      return `${term.op}-${term.query}`;
    case 'env':
      return term.name;
    case 'external':
      return slug(term.name);
    case 'arith':
      return `${sayTerm(term.left)}${term.op}${sayTerm(term.right)}`;
    case 'call':
      return `${term.fn}-${term.args.map(sayTerm).join('-')}`.slice(0, 40);
    default:
      return term.kind;
  }
}
