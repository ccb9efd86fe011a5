import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { concat } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { overChoice } from '../../trace/terms.ts';
import { addressText } from '../../trace/urls.ts';
import {
  type Fields,
  literal,
  literalOf,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';

/** `redirect({ to, params, search, href, statusCode })`: a response to throw or return (`router-core`, `redirect.ts`). */
export function redirectTo(
  machine: Machine,
  [options = UNDEFINED]: readonly Value[],
  node: ts.Node,
): Value {
  const fields = fieldsOf(options);
  const status = fields.get('statusCode') ?? fields.get('code') ?? literal(307);
  const location = addressOf(machine, fields, node);
  const value = makeResponse(node, { kind: 'redirect', status, location });
  if (literalOf(fields.get('throw')) === true) machine.throwValue(value, node);
  return value;
}

function fieldsOf(value: Value | undefined): Fields {
  return value?.kind === 'object' ? value.fields.value : new Map();
}

function addressOf(machine: Machine, fields: Fields, node: ts.Node): Value {
  const href = fields.get('href');
  if (href && href.kind !== 'undefined') return addressText(href);
  return overChoice(fields.get('to') ?? unknown('redirect.to'), (to) =>
    concat([pathTo(machine, to, { params: fields.get('params'), node }), ...searchIn(fields)]),
  );
}

function pathTo(
  machine: Machine,
  to: Value,
  { params, node }: { params: Value | undefined; node: ts.Node },
): Value {
  const said = stringOf(to);
  if (said === undefined || !params) return to;
  const parts = said.split(/(\$\w*)/).map((part) => {
    if (!part.startsWith('$')) return literal(part);
    return machine.get(params, part === '$' ? '_splat' : part.slice(1), node);
  });
  return concat(parts.filter((part) => stringOf(part) !== ''));
}

/** What is written of the query; what is not there is left out. */
function searchIn(fields: Fields): Value[] {
  const said = [...fieldsOf(fields.get('search'))].filter(
    ([, value]) => value.kind !== 'undefined',
  );
  return said.flatMap(([name, value], at) => {
    const text = stringOf(value);
    const start = literal(`${at === 0 ? '?' : '&'}${encodeURIComponent(name)}=`);
    return [start, text === undefined ? value : literal(encodeURIComponent(text))];
  });
}

const NOT_FOUND = 'NotFound';

/** `notFound({ data, routeId })`: an object to throw or return. */
export function notFoundOf(
  machine: Machine,
  [options = UNDEFINED]: readonly Value[],
  node: ts.Node,
): Value {
  const fields = fieldsOf(options);
  const value = builtIn([NOT_FOUND], [['isNotFound', literal(true)], ...fields]);
  if (literalOf(fields.get('throw')) === true) machine.throwValue(value, node);
  return value;
}

export function isNotFound(value: Value): boolean {
  return value.kind === 'instance' && value.ancestry[0] === NOT_FOUND;
}

export function isRedirect(value: Value): boolean {
  return value.kind === 'response' && value.response.kind === 'redirect';
}
