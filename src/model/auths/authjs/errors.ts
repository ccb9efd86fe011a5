import { builtIn } from '../../trace/classes.ts';
import { literal, type Value } from '../../trace/values.ts';

/** An error of Auth.js, as code tells it from others: by its class or by its `type`. */
export function authError(
  type: string,
  { kinds = [], fields = [] }: { kinds?: readonly string[]; fields?: [string, Value][] } = {},
): Value {
  return builtIn(
    [type, ...kinds, 'AuthError', 'Error'],
    [
      ['name', literal(type)],
      ['type', literal(type)],
      ['message', literal(`Read more at https://errors.authjs.dev#${type.toLowerCase()}`)],
      ...fields,
    ],
  );
}
