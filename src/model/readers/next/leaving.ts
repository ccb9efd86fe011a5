import { builtIn } from '../../trace/classes.ts';
import { literal, literalOf, type Value } from '../../trace/values.ts';

/** What `redirect` and its kin throw to leave whatever runs. */
export function left(kind: 'redirect' | 'notFound', fields: readonly [string, Value][]): Value {
  const name = kind === 'redirect' ? 'NextRedirect' : 'NextHttpError';
  return builtIn([name, 'Error'], [['message', literal(name)], ...fields]);
}

/** Where a thrown value leads to, if it was thrown to leave; undefined for errors. */
export function leads(value: Value): { status: number; location: Value | undefined } | undefined {
  if (value.kind !== 'instance' || !LEAVING.test(value.ancestry[0] ?? '')) return undefined;
  const status = literalOf(value.fields.value.get('status'));
  const location = value.fields.value.get('location');
  return { status: typeof status === 'number' ? status : 307, location };
}

/** What is thrown so that a request is answered with a body, whatever runs. */
export function answering(body: Value): Value {
  return builtIn([ANSWERING, 'Error'], [['body', body]]);
}

/** The body that a thrown value answers with, if it was thrown to. */
export function answeredWith(value: Value): Value | undefined {
  if (value.kind !== 'instance' || value.ancestry[0] !== ANSWERING) return undefined;
  return value.fields.value.get('body');
}

const ANSWERING = 'NextAnswer';

const LEAVING = /^(NextRedirect|NextHttpError)$/;
