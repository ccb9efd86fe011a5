import type { Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import { all, either, FALSE, type Formula } from './formula.ts';
import type { Machine } from './machine.ts';
import { isRequired, propertySchema } from './schema-parts.ts';
import { compareValues, isThere } from './truth.ts';
import { literal, type Value } from './values.ts';

/**
 * When JSON that a column holds is what a schema says: it is there, has what the schema asks for, and the words that it
 * names. Undefined for anything else, and where the schema is no object's.
 */
export function storedFits(
  machine: Machine,
  schema: JsonSchema | null,
  { value, node }: { readonly value: Value; readonly node: ts.Node },
): Formula | undefined {
  if (value.kind === 'undefined') return FALSE;
  if (value.kind === 'choice') {
    const [yes, no] = [value.yes, value.no].map((side) =>
      storedFits(machine, schema, { value: side, node }),
    );
    return yes && no && either(value.when, yes, no);
  }
  if (value.kind !== 'term' || !isStored(value.term) || value.type.base !== 'unknown')
    return undefined;
  const properties = schema?.['properties'];
  if (typeof properties !== 'object' || properties === null) return undefined;
  const asked = Object.keys(properties).filter((name) => isRequired(schema, name));
  const fields = asked.map((name) => {
    const field = machine.get(value, name, node);
    const word = propertySchema(schema, name)?.['const'];
    if (!isWord(word)) return isThere(field, node);
    return compareValues({ left: field, op: '=', right: literal(word) }, node);
  });
  return all([isThere(value, node), ...fields]);
}

function isStored(term: Term): boolean {
  return term.kind === 'column' || (term.kind === 'call' && term.fn === 'field');
}

function isWord(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
