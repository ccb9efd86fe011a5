import type { Comparison, Condition, Term } from '../../condition/condition.ts';
import type { JsonSchema } from '../reader.ts';
import type { Formula } from './formula.ts';
import type { Machine } from './machine.ts';
import { isRequired, propertySchema } from './schema-parts.ts';
import { partsOf } from './terms.ts';

type InputTerm = Term & { readonly kind: 'input' };

/** The schema of a value of the request, empty where nothing declares it; `none` where it can't be known. */
export function declaredFor(machine: Machine, term: InputTerm): JsonSchema | 'none' {
  const whole = machine.inputs.get(term.from);
  if (!whole) return {};
  if (term.path.length > 0 && propertySchema(whole, String(term.path[0])) === null) return 'none';
  let at: JsonSchema | null = whole;
  for (const name of term.path) at = at && (isOpen(at) ? {} : propertySchema(at, name));
  return at ?? 'none';
}

/** A schema that says nothing of what stands inside. */
function isOpen(schema: JsonSchema): boolean {
  return Object.keys(schema).every((key) => key === 'description' || key === 'title');
}

/** Whether a request can't come this far without a value there. */
export function isSent(machine: Machine, term: InputTerm): boolean {
  if (term.from === 'params' || term.path.length === 0 || isHost(term)) return true;
  let at: JsonSchema | null = machine.inputs.get(term.from) ?? null;
  if (!at) return isChecked(machine, term);
  for (const [index, name] of term.path.entries()) {
    const part: JsonSchema | null = at && propertySchema(at, name);
    if (!part || isOpen(part)) return true;
    // What is asked of a part is asked of one that is there.
    const isLast = index === term.path.length - 1;
    if (isLast && !isRequired(at, name) && !('default' in part)) return false;
    at = part;
  }
  return true;
}

/** Every request says whom it is for, or the server answers before the app does. */
function isHost({ from, path: [name] }: InputTerm): boolean {
  return from === 'headers' && name === 'host';
}

/** Whether the way here has looked at what the request carries there, in a way no schema tells of. */
export function isChecked(machine: Machine, term: InputTerm): boolean {
  const parts = machine.path.facts.flatMap(atomsOf);
  return parts.some((condition) => {
    if (condition.kind === 'opaque') return condition.terms.some((each) => has(each, term));
    if ('left' in condition) return compares(condition, term);
    if (condition.kind === 'member') return condition.holds && has(condition.term, term);
    if (condition.kind !== 'input') return false;
    if (condition.is !== 'valid' || condition.from !== term.from) return false;
    const covers = condition.path.every((name, index) => term.path[index] === name);
    return covers && declaredFor(machine, term) !== 'none' && !machine.inputs.has(term.from);
  });
}

/** The character that no text in PostgreSQL holds, as a pattern. */
export const NUL = '\u0000';

/** Whether a comparison bounds the value or says its form. */
function compares({ left, op, right }: Comparison, term: InputTerm): boolean {
  if (op === '!=' || op.endsWith('like')) return false;
  if (right.kind === 'literal' && right.value === NUL) return false;
  return (has(left, term) || has(right, term)) && !isNull(left) && !isNull(right);
}

function isNull(term: Term): boolean {
  return term.kind === 'literal' && term.value === null;
}

/** The conditions a formula is made of. */
export function atomsOf(formula: Formula): Condition[] {
  return formula.kind === 'atom' ? [formula.condition] : formula.of.flatMap(atomsOf);
}

function has(whole: Term, wanted: InputTerm): boolean {
  return partsOf(whole).some(
    (part) =>
      part.kind === 'input' &&
      part.from === wanted.from &&
      part.path.join('.') === wanted.path.join('.'),
  );
}

/** Whether servers read a body for the method of a route. */
export function takesBody({ endpoint }: Pick<Machine, 'endpoint'>): boolean {
  return !/^(GET|HEAD)$/.test(endpoint.method);
}
