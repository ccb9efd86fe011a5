import type { HandlerSemantics, Raised, Step } from '../../reader.ts';
import { callStep, specialStep } from '../../trace/chain.ts';
import { builtIn } from '../../trace/classes.ts';
import { enter } from '../../trace/closures.ts';
import { declareInput } from '../../trace/declared-input.ts';
import { htmlParts } from '../../trace/jsx.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { jsonSchemaOf } from '../../trace/schemas.ts';
import { literal, native, type Response, UNDEFINED, type Value } from '../../trace/values.ts';
import { contextOf, honoCall } from './context.ts';
import { validated } from './middleware.ts';

/** Hono's handlers: `(c, next)`, answered by what they return; errors go to `onError`. */
export const handlers: HandlerSemantics = {
  from: /^(?:jsr:)?@?hono(?:-openapi)?(\/|$)/,
  call: (machine, { name, args, node, made }) =>
    made ? exception(machine, { name, args, node }) : honoCall(machine, { name, args, node }),
  template: (machine, { name, texts, values, node }) =>
    name === 'html'
      ? htmlParts(
          texts,
          values.map((value) => machine.settle(value, node)),
        )
      : undefined,
  step: (machine, step, then) => {
    if (step.last) declaredParts(machine, 0, () => runStep(machine, step, then));
    else runStep(machine, step, then);
  },
  recover: (machine, handler, { value, node }) => {
    const fn = machine.standing(handler);
    if (fn.kind !== 'closure') return null;
    return enter(machine, fn, { args: [value, contextOf(machine)], node }).returns;
  },
  bodiless: () => 'invalid',
  unhandled: (_, { value, node }) => (isHttp(value) ? answerOf(value, node) : undefined),
};

function runStep(machine: Machine, { registered, last }: Step, then: () => void): void {
  const context = contextOf(machine);
  const value = machine.standing(registered);
  const args = (next: Value) => [context, next];
  callStep(machine, { value, args, node: registered.expression }, { last, then });
}

/** The schemas an OpenAPI route declares are checked one by one before its handler. */
function declaredParts(machine: Machine, part: number, then: () => void): void {
  const { declared } = machine.endpoint;
  const next = declared?.parts[part];
  const schema = next && machine.standing(next.schema);
  if (!declared || !next) {
    then();
  } else if (schema?.kind !== 'schema') {
    declaredParts(machine, part + 1, then);
  } else {
    declareInput(machine, next.from, jsonSchemaOf(machine, schema));
    const hook = declared.onInvalid ? machine.standing(declared.onInvalid) : null;
    const node = next.schema.expression;
    const call = (goOn: Value) => {
      const target = TARGETS[next.from];
      const going = { c: contextOf(machine), next: goOn, node };
      return validated(machine, { target, schema, hook }, going);
    };
    specialStep(machine, { call, node, last: false }, () => declaredParts(machine, part + 1, then));
  }
}

const TARGETS = {
  body: 'json',
  query: 'query',
  params: 'param',
  headers: 'header',
  cookies: 'cookie',
};

/** `new HTTPException(status, { message, res, cause })`. */
function exception(
  machine: Machine,
  { name, args, node }: { name: string; args: readonly Value[]; node: Raised['node'] },
): Value | undefined {
  if (!/HTTPException$/.test(name)) return undefined;
  const [status, options] = args;
  const option = (key: string) => (options ? machine.get(options, key, node) : UNDEFINED);
  const fields = [
    ['name', literal('Error')],
    ['status', status ?? literal(500)],
    ['message', option('message')],
    ['res', option('res')],
    ['cause', option('cause')],
  ] as const;
  const getResponse = native('getResponse', (_, at) => answering(new Map(fields), at));
  return builtIn(['HTTPException', 'Error'], [...fields, ['getResponse', getResponse]]);
}

function isHttp(value: Value): value is Value & { kind: 'instance' } {
  return value.kind === 'instance' && value.ancestry.includes('HTTPException');
}

function answerOf({ fields }: Value & { kind: 'instance' }, node: Raised['node']): Response {
  return answering(fields.value, node).response;
}

function answering(fields: ReadonlyMap<string, Value>, node: Raised['node']) {
  const own = fields.get('res');
  if (own?.kind === 'response') return own;
  return makeResponse(node, {
    status: fields.get('status') ?? literal(500),
    body: fields.get('message') ?? literal(''),
  });
}
