import { STATUS_CODES } from 'node:http';
import type { ts } from '../../../kernel/syntax.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { literal, literalOf, type Response, type Value } from '../../trace/values.ts';
import { statusAnswer } from '../http-errors.ts';

/** Fastify's own answer to an error with a status: `{ statusCode, code, error, message }`. */
export function errorAnswer(value: Value, node: ts.Node): Response | undefined {
  const plain = statusAnswer(value, node);
  if (!plain || value.kind !== 'instance') return undefined;
  const status = literalOf(plain.status ?? undefined);
  const fields = value.fields.value;
  const said = ['code', 'message'].flatMap((name): [string, Value][] => {
    const field = fields.get(name);
    return field && field.kind !== 'undefined' ? [[name, field]] : [];
  });
  const error = literal(STATUS_CODES[Number(status)] ?? 'Error');
  const body = object([['statusCode', literal(status ?? 500)], ['error', error], ...said]);
  return makeResponse(node, { status: plain.status, body }).response;
}
