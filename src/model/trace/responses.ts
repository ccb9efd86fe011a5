import type { ts } from '../../kernel/syntax.ts';
import { overChoice } from './terms.ts';
import {
  literal,
  literalOf,
  native,
  type Response,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** A response value, answered from where `node` stands. */
export function makeResponse(
  node: ts.Node,
  said: Partial<Omit<Response, 'node'>>,
): Value & { kind: 'response' } {
  const response: Response = {
    kind: said.kind ?? 'respond',
    status: said.status ?? null,
    body: said.body ?? UNDEFINED,
    text: said.text ?? [],
    location: said.location ?? null,
    ...(said.inBrowser ? { inBrowser: true } : {}),
    node,
  };
  return { kind: 'response', response };
}

/** The status in `{ status }` options. */
export function statusOf(init: Value | undefined): { status?: Value } {
  const status = init?.kind === 'object' ? init.fields.value.get('status') : undefined;
  return status ? { status } : {};
}

/** A property of a response that is looked at before it is sent. */
export function responseField(response: Response, name: string): Value | undefined {
  if (name === 'status') return response.status ?? literal(200);
  if (name === 'ok') return isOk(response.status ?? literal(200));
  if (name === 'json' || name === 'text') return native(name, () => response.body ?? UNDEFINED);
  if (name === 'headers') return { kind: 'special', name, invoke: () => UNDEFINED };
  return name === 'clone' ? native(name, () => ({ kind: 'response', response })) : undefined;
}

function isOk(status: Value): Value {
  return overChoice(status, (each) => {
    const said = literalOf(each);
    return typeof said === 'number' ? literal(said >= 200 && said < 300) : unknown('response.ok');
  });
}
