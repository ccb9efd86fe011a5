import type { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { sides } from '../../trace/answers.ts';
import { exitHere } from '../../trace/closures.ts';
import { all, type Formula, not, some, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { assume } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { choose, object } from '../../trace/terms.ts';
import { addressText } from '../../trace/urls.ts';
import { literal, literalOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { responseOf } from '../express/response.ts';
import { partOf } from '../request-parts.ts';
import { apiRequest, mergedQuery } from './asked.ts';

/** What a page is given by `getServerSideProps` or `getStaticProps`; a redirect or nothing found ends the request. */
export function propsOf(
  machine: Machine,
  registered: Registered,
  { notFound, onRequest }: { notFound: () => Value; onRequest: boolean },
): Value {
  const node = registered.expression;
  const value = machine.standing(registered);
  if (value.kind !== 'closure') return unknown('props');
  const got = machine.settle(machine.call(value, [contextOf(machine, onRequest)], node), node);
  if (machine.path.dead) return UNDEFINED;
  const away = sides(got, TRUE).flatMap(({ value: side, when }) => {
    const answer = leaves(machine, side, { node, notFound });
    if (answer) end(machine, answer, when);
    return answer ? [when] : [];
  });
  if (away.length > 0) assume(machine, not(some(away)));
  return machine.path.dead ? UNDEFINED : props(machine, got, node);
}

function contextOf(machine: Machine, onRequest: boolean): Value {
  const own: [string, Value][] = onRequest
    ? [
        ['req', apiRequest(machine)],
        ['res', responseOf(machine, 307)],
        ['query', mergedQuery(machine)],
        ['resolvedUrl', unknown('resolvedUrl')],
      ]
    : [];
  return object([['params', partOf(machine, 'params')], ...own]);
}

function leaves(
  machine: Machine,
  side: Value,
  { node, notFound }: { node: ts.Node; notFound: () => Value },
): Value | undefined {
  const fields = side.kind === 'object' ? side.fields.value : new Map<string, Value>();
  if (literalOf(fields.get('notFound')) === true)
    return makeResponse(node, { kind: 'render', status: literal(404), text: [notFound()] });
  const to = fields.get('redirect');
  if (!to) return undefined;
  const said = machine.get(to, 'statusCode', node);
  const lasting = literalOf(machine.get(to, 'permanent', node)) === true;
  const status = said.kind === 'undefined' ? literal(lasting ? 308 : 307) : said;
  const location = addressText(machine.get(to, 'destination', node));
  return makeResponse(node, { kind: 'redirect', location, status });
}

function end(machine: Machine, answer: Value, when: Formula): void {
  const node = answer.kind === 'response' ? answer.response.node : undefined;
  if (!node) return;
  const exit = exitHere(machine, answer, { node, mark: 0 });
  const facts = [...exit.facts, ...(when.kind === 'all' ? when.of : [when])];
  const ended = { ...exit, facts, when: all([exit.when, when]) };
  machine.endings.push({ exit: ended, thrown: null, step: machine.current });
  machine.stopped.add(machine.current);
}

function props(machine: Machine, value: Value, node: ts.Node): Value {
  if (value.kind !== 'choice') return machine.get(value, 'props', node);
  const [yes, no] = [props(machine, value.yes, node), props(machine, value.no, node)];
  if (yes.kind === 'undefined') return no;
  return no.kind === 'undefined' ? yes : choose(value.when, yes, no);
}
