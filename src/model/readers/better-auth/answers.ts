import type { ts } from '../../../kernel/syntax.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { literal, unknown, type Value } from '../../trace/values.ts';

/** A refusal as better-auth words it. */
export function refusal(node: ts.Node, status: number, code: string | null): Value {
  const said = code === null ? unknown('code') : literal(code);
  const body = object([
    ['code', said],
    ['message', unknown('message')],
  ]);
  return makeResponse(node, { status: literal(status), body });
}
