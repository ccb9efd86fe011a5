import type { ts } from '../../kernel/syntax.ts';
import { type Response, UNDEFINED, type Value } from './values.ts';

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
