import type { Condition, InputPart } from '../../condition/condition.ts';
import { propertiesOf, schemaOf } from '../../kernel/json-schema.ts';
import type { Route } from '../../model/model.ts';
import { type BodyValue, Value } from '../plan.ts';
import { isPlainObject } from '../request/body.ts';

/** Whether a part of the request is to be what nobody can parse. */
export function isMalformed(when: readonly Condition[], part: InputPart): boolean {
  return malformedIn(when).some(({ from }) => from === part);
}

function malformedIn(when: readonly Condition[]) {
  return when.flatMap((condition) =>
    condition.kind === 'input' && condition.is === 'malformed' ? [condition] : [],
  );
}

/** What travels as JSON in a query: objects and lists do anyway, any other value says so. */
export function asJsonTexts({ input }: Route, query: BodyValue): BodyValue {
  if (!isPlainObject(query)) return query;
  const schemas = propertiesOf(schemaOf(input.query));
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const json = schemas.get(name)?.['x-json'] === true;
      return [name, json && Value.safeParse(value).success ? { jsonText: value } : value];
    }),
  );
}

/** A query whose JSON can't be parsed. */
export function malformedQuery(when: readonly Condition[], query: BodyValue): BodyValue {
  const broken = malformedIn(when).flatMap(({ from, path: [name] }) =>
    from === 'query' && name !== undefined ? [[name, '{'] as const] : [],
  );
  if (broken.length === 0) return query;
  return { ...(isPlainObject(query) ? query : {}), ...Object.fromEntries(broken) };
}
