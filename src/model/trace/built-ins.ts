import type { ts } from '../../kernel/syntax.ts';
import { readAddress } from './addresses.ts';
import { bytesOf } from './bytes.ts';
import { builtIn } from './classes.ts';
import type { Machine } from './machine.ts';
import { headersFrom, requestFrom } from './made-requests.ts';
import { mapFrom } from './maps.ts';
import { promised } from './promises.ts';
import { proxied } from './proxies.ts';
import { regexp } from './regexps.ts';
import { makeResponse, statusOf } from './responses.ts';
import { setOf } from './sets.ts';
import { textOf } from './source.ts';
import { termsIn } from './terms.ts';
import { urlFrom } from './urls.ts';
import { literal, stringOf, UNDEFINED, unknown, type Value } from './values.ts';

/** `new Name(…)` of a built-in class. */
export function globalConstructor(
  machine: Machine,
  name: string,
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value {
  const [one = UNDEFINED, two] = args;
  if (/Error$/.test(name)) return errorOf(name, { message: one, options: two });
  if (name === 'Set') return setOf(one, node);
  if (name === 'Map') return mapFrom(machine, one, node);
  if (name === 'Response') return makeResponse(node, { body: one, ...statusOf(two) });
  if (name === 'RegExp' && stringOf(one) !== undefined) {
    return regexp(`/${stringOf(one)}/${stringOf(two) ?? ''}`);
  }
  if (name === 'Uint8Array' && one.kind === 'term' && !two) return bytesOf(one);
  if (name === 'Headers') return headersFrom(machine, { args, node });
  if (name === 'Request') return requestFrom(machine, { args, node });
  if (/^Text(En|De)coder$/.test(name)) return coder(name);
  if (name === 'Proxy') return proxied(machine, args, node);
  if (name === 'Promise') return promised(machine, one, node);
  if (name === 'URL') {
    const otherwise = () => unknown(textOf(node), termsIn(one));
    const read = two ? undefined : readAddress(machine, one, node);
    return urlFrom(machine, args) ?? read ?? { kind: 'special', name: 'URL', get: otherwise };
  }
  return unknown(textOf(node), args.flatMap(termsIn));
}

function errorOf(
  name: string,
  { message, options }: { message: Value; options: Value | undefined },
): Value {
  const cause = options?.kind === 'object' ? options.fields.value.get('cause') : undefined;
  const ancestry = name === 'Error' ? ['Error'] : [name, 'Error'];
  return builtIn(ancestry, [
    ['message', message],
    ['name', literal(name)],
    ['cause', cause ?? UNDEFINED],
  ]);
}

/** The bytes of a text and the text of bytes say the same. */
function coder(name: string): Value {
  const invoke = (method: string, [given]: readonly Value[]) =>
    method === 'encode'
      ? bytesOf(given ?? literal(''))
      : method === 'decode'
        ? (given ?? literal(''))
        : undefined;
  return { kind: 'special', name, invoke };
}
