import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { majorOf } from '../readers/version.ts';
import { respond } from '../trace/chain.ts';
import { atom } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { branch } from '../trace/path.ts';
import { makeResponse } from '../trace/responses.ts';
import { placeAt } from '../trace/source.ts';
import { attempt } from '../trace/tries.ts';
import {
  literal,
  literalOf,
  native,
  type Special,
  UNDEFINED,
  type Value,
} from '../trace/values.ts';
import { type Handler, handlers } from './tus/handlers.ts';
import { absent, type Said, type Upload } from './tus/protocol.ts';

/** @tus/server: one handler for each method of the protocol, which calls back as its options say. */
export const tus = {
  name: '@tus/server',
  from: /^@tus\/server$/,
  call: (machine, { name, args: [options = UNDEFINED], made }) =>
    made && name.split('.').at(-1) === 'Server' ? server(machine, options) : undefined,
} satisfies LibraryReader;

function server(machine: Machine, options: Value): Special {
  const handle = (args: readonly Value[], node: ts.Node): Value => {
    const [request = UNDEFINED, response = UNDEFINED] = args;
    handled(machine, { options, request, response, node, web: isWeb(machine) });
    return UNDEFINED;
  };
  return {
    kind: 'special',
    name: 'tus.Server',
    get: (name) => (name === 'handle' ? native('tus.handle', handle) : undefined),
    invoke: (method, args, node) => {
      if (/^handle(Web)?$/.test(method)) return handle(args, node);
      return /^(on|once|off|get|listen)$/.test(method) ? UNDEFINED : undefined;
    },
  };
}

function isWeb(machine: Machine): boolean {
  return (majorOf(machine, '@tus/server') ?? 2) >= 2;
}

/** What is asked of every request, then its method's handler; whatever that throws is answered here. */
function handled(machine: Machine, upload: Upload): void {
  const { node } = upload;
  const { method } = machine.endpoint;
  const handler = handlers[method];
  const versioned = () => {
    if (method === 'OPTIONS') return run(machine, upload, handler);
    const at = placeAt(node);
    const path = ['tus-resumable'];
    const invalid = atom({ kind: 'input', is: 'invalid', at, from: 'headers', path });
    return branch(machine, invalid, {
      yes: () => answer(machine, { status: literal(400), body: literal('Invalid') }, node),
      no: () => run(machine, upload, handler),
    });
  };
  if (method === 'OPTIONS' || method === 'GET') {
    versioned();
    return;
  }
  branch(machine, absent(machine, 'tus-resumable', node), {
    yes: () =>
      answer(machine, { status: literal(412), body: literal('Tus-Resumable Required\n') }, node),
    no: versioned,
  });
}

function run(machine: Machine, upload: Upload, handler: Handler | undefined): void {
  const { node } = upload;
  if (!handler) {
    answer(machine, { status: literal(404), body: literal('Not found\n') }, node);
    return;
  }
  attempt(machine, {
    work: () => {
      answer(machine, handler(machine, upload), node);
      return UNDEFINED;
    },
    handle: (error, at) => {
      answer(machine, mapped(machine, upload, error), at);
      return UNDEFINED;
    },
  });
}

/** What is answered to an error: what `onResponseError` makes of it, else what it says itself. */
function mapped(machine: Machine, upload: Upload, error: Value): Said {
  const { options, request, response, node } = upload;
  const own = machine.get(options, 'onResponseError', node);
  const args = upload.web ? [request, error] : [request, response, error];
  const made = own.kind === 'closure' ? machine.settle(machine.call(own, args, node), node) : null;
  const from = made && made.kind !== 'undefined' ? made : error;
  const status = machine.get(from, 'status_code', node);
  const known = typeof literalOf(status) === 'number' || status.kind === 'choice';
  return { status: known ? status : literal(500), body: machine.get(from, 'body', node) };
}

function answer(machine: Machine, { status, body }: Said, node: ts.Node): void {
  respond(machine, makeResponse(node, { status, body }), node);
}
