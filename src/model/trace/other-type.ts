import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { OWN_WORDS } from './error-words.ts';
import { bringAbout, mayThrow } from './errors.ts';
import { atom, type Formula, formulaKey, isFalse, some } from './formula.ts';
import type { Machine } from './machine.ts';
import { open } from './path.ts';
import { placeAt } from './source.ts';
import type { Value } from './values.ts';

type Sent = Value & { readonly kind: 'term'; readonly term: { readonly kind: 'input' } };

/** Methods of texts, of lists, and of both: what is neither has none of them. */
const METHODS =
  /^(trim(Start|End)?|to(Locale)?(Lower|Upper)Case|split|(starts|ends)With|replace(All)?|match(All)?|pad(Start|End)|char(Code)?At|normalize|localeCompare|substr(ing)?|search|repeat|map|flatMap|forEach|filter|some|every|find(Index)?|reduce|join|sort|includes|slice|indexOf|concat|at)$/;

/** A value in a body that nobody declares may be of another type than code takes it for: calling its method throws. */
export function methodOfOtherType(
  machine: Machine,
  receiver: Value,
  { name, node }: { readonly name: string; readonly node: ts.Node },
): void {
  if (METHODS.test(name) && isUndeclared(machine, receiver)) otherType(machine, receiver, node);
}

/** What is no list can't be gone through. */
export function listOfOtherType(machine: Machine, over: Value, node: ts.Node): void {
  if (isUndeclared(machine, over)) otherType(machine, over, node);
}

/** A property of a body that is nothing: JSON's null, or none sent where the framework makes nothing of it. */
export function propertyOfNoBody(machine: Machine, owner: Value, node: ts.Node): void {
  const is = machine.endpoint.semantics.bodiless?.(machine);
  if (!is || !isJson(owner) || owner.term.path.length > 0 || machine.inputs.has('body')) return;
  const about = { kind: 'input', at: placeAt(node), from: 'body', path: [] } as const;
  const nothing = atom({ ...about, is: 'missing' });
  if (!isFalse(open(machine, nothing))) throws(machine, atom({ ...about, is }), node);
}

/** Whether a value is one of a JSON body that nobody declares, so that it may be of any type. */
export function isUndeclared(machine: Machine, value: Value): value is Sent {
  return isJson(value) && value.term.path.length > 0 && !machine.inputs.has('body');
}

/** Values out of parsed JSON may be null: that tells them from a form's fields. */
function isJson(value: Value): value is Sent {
  if (value.kind !== 'term' || value.term.kind !== 'input' || value.term.from !== 'body')
    return false;
  const { base, nullable, schema } = value.type;
  return base === 'unknown' && nullable && schema === null;
}

/** When a value that is sent is of another type than the one it is taken for. */
export function ofOtherType({ term }: Sent, node: ts.Node): Formula {
  const about = {
    kind: 'input',
    at: placeAt(node),
    from: term.from,
    path: [...term.path],
  } as const;
  return atom({ ...about, is: 'invalid' });
}

function otherType(machine: Machine, value: Sent, node: ts.Node): void {
  throws(machine, ofOtherType(value, node), node);
}

function throws(machine: Machine, when: Formula, node: ts.Node): void {
  const error = builtIn(['TypeError', 'Error'], [['message', OWN_WORDS]]);
  raiseOnce(machine, { when: [when], error }, node);
}

/** Raises what a request alone brings about, unless code that ran before was stopped by the same. */
export function raiseOnce(
  machine: Machine,
  { when, error }: { readonly when: readonly Formula[]; readonly error: Value },
  node: ts.Node,
): void {
  if (machine.browser || machine.sent || machine.path.answered) return;
  const left = some(when.filter((each) => !isStopped(machine, each)));
  const still = open(machine, left);
  if (isFalse(still)) return;
  bringAbout(error);
  mayThrow(machine, { when: still, value: error }, node);
}

/** Whether code that ran before was stopped under the same condition; what asks is noted. */
function isStopped(machine: Machine, when: Formula): boolean {
  const key = formulaKey(when);
  const before = machine.raised.get(key) ?? [];
  if (before.some((facts) => facts.every((fact) => machine.path.facts.includes(fact)))) return true;
  machine.raised.set(key, [...before, machine.path.facts]);
  return false;
}
