import type { InputPart } from '../../condition/condition.ts';
import type { BodyValue } from '../plan.ts';
import { isPlainObject, withAt, withoutAt } from '../request/body.ts';
import { refusedBy } from '../request/sample.ts';
import { isRequired, propertiesOf, requiredOf, type Schema, schemaAt } from '../request/schema.ts';
import { faultsOf } from '../request/valid.ts';

/**
 * A valid part of a request with exactly one field made invalid: a required one left out, else the
 * nearest value its schema refuses. Undefined where the schema refuses nothing that the part can carry:
 * only a body carries other than texts, and what stands in a path can't be left out.
 */
export function breakPart(
  schema: Schema,
  part: BodyValue,
  { from, path }: { from: InputPart; path: readonly string[] },
): BodyValue | undefined {
  const fields = path.length > 0 ? [path] : fieldsOf(schema);
  // A body that is one value alone is broken as a whole.
  if (fields.length === 0) {
    const refused = refusedBy(schema);
    if (refused !== undefined && !isPlainObject(part)) return refused as BodyValue;
  }
  const omitted = fields.filter((field) => from !== 'params' && isRequired(schema, field));
  const attempts = [
    ...omitted.map((field) => withoutAt(part, field)),
    ...fields.flatMap((field) => {
      const refused = refusedBy(schemaAt(schema, field) ?? {}, { text: from !== 'body' });
      return refused === undefined ? [] : [withAt(part, field, refused as BodyValue)];
    }),
  ];
  return attempts.find((attempt) => isPlainObject(attempt) && faultsOf(schema, attempt).length > 0);
}

function fieldsOf(schema: Schema): string[][] {
  const required = [...new Set(requiredOf(schema))].sort();
  const others = [...propertiesOf(schema).keys()].filter((name) => !required.includes(name)).sort();
  return [...required, ...others].map((name) => [name]);
}
