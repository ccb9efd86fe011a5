import type { LibraryReader } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { literal, native, UNDEFINED, unknown, type Value } from '../../trace/values.ts';

/** Methods that change nothing, which all three let pass unless told otherwise. */
const SAFE = /^(GET|HEAD|OPTIONS)$/;

/** Tokens against forged requests: what carries none of the session's is handed a 403 of code EBADCSRFTOKEN. */
export const csrf = {
  name: 'csrf',
  from: /^(csurf|csrf-sync|csrf-csrf)$/,
  call: (machine, { name }) => {
    const refusal = refusalOf(machine);
    const protection = guard(machine, refusal);
    const token = native('generateToken', () => unknown('CSRF token'));
    if (/^(csrfSync|doubleCsrf)$/.test(name)) {
      return object([
        ['invalidCsrfTokenError', refusal],
        ['csrfSynchronisedProtection', protection],
        ['doubleCsrfProtection', protection],
        ['generateToken', token],
        ['generateCsrfToken', token],
      ]);
    }
    return name === 'default' ? protection : undefined;
  },
} satisfies LibraryReader;

function guard(machine: Machine, refusal: Value): Value {
  return native('csrf', ([, , next = UNDEFINED], node) => {
    if (SAFE.test(machine.endpoint.method)) return machine.call(next, [], node);
    const text = 'the CSRF token is the one of the session';
    const when = atom({ kind: 'opaque', at: placeAt(node), text, holds: true, terms: [] });
    return branchValue(machine, when, {
      yes: () => machine.call(next, [], node),
      no: () => machine.call(next, [refusal], node),
    });
  });
}

const refusals = new WeakMap<Machine, Value>();

/** The error that the library made when it was set up, which handlers compare with. */
function refusalOf(machine: Machine): Value {
  const known = refusals.get(machine);
  if (known) return known;
  const made = builtIn(
    ['ForbiddenError', 'Error'],
    [
      ['status', literal(403)],
      ['statusCode', literal(403)],
      ['code', literal('EBADCSRFTOKEN')],
      ['message', literal('invalid csrf token')],
    ],
  );
  refusals.set(machine, made);
  return made;
}
