import type { ts } from '../../../kernel/syntax.ts';
import { atom, not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue, narrowed } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { now } from '../../trace/time.ts';
import { compareValues } from '../../trace/truth.ts';
import { input, literal, native, UNDEFINED, unknown, type Value } from '../../trace/values.ts';

/** A session that an adapter keeps, and whose it is. */
export interface Stored {
  readonly session: Value;
  readonly user: Value;
}

/** The session that the adapter finds by a cookie's token; null for none, and for one that has expired. */
export function sessionStored(
  machine: Machine,
  asked: { readonly adapter: Value; readonly cookie: string; readonly node: ts.Node },
  made: (stored: Stored) => Value,
): Value {
  const { adapter, cookie, node } = asked;
  const find =
    adapter.kind === 'object' ? machine.get(adapter, 'getSessionAndUser', node) : UNDEFINED;
  if (find.kind !== 'closure' && find.kind !== 'special') return unknown('auth()');
  const sent = { at: placeAt(node), from: 'cookies', path: [cookie] } as const;
  const nobody = () => literal(null);
  return branchValue(machine, atom({ kind: 'input', is: 'present', ...sent }), {
    yes: () => {
      const token = input('cookies', [cookie], { type: 'string' });
      const found = machine.settle(machine.call(find, [token], node), node);
      return branchValue(machine, machine.truth(found, node), {
        yes: () => fresh(machine, { found: narrowed(machine, found), node }, made),
        no: nobody,
      });
    },
    no: nobody,
  });
}

function fresh(
  machine: Machine,
  { found, node }: { readonly found: Value; readonly node: ts.Node },
  made: (stored: Stored) => Value,
): Value {
  const session = machine.get(found, 'session', node);
  const expires = machine.get(session, 'expires', node);
  const isPast = compareValues({ left: expires, op: '<', right: now() }, node);
  return branchValue(machine, not(isPast), {
    yes: () => made({ session, user: machine.get(found, 'user', node) }),
    no: () => literal(null),
  });
}

/** `PrismaAdapter(client)`: what it asks of the client for a session. */
export function prismaAdapter(machine: Machine, client: Value): Value {
  const getSessionAndUser = native('getSessionAndUser', ([sessionToken = UNDEFINED], node) => {
    const args = object([
      ['where', object([['sessionToken', sessionToken]])],
      ['include', object([['user', literal(true)]])],
    ]);
    const sessions = machine.get(client, 'session', node);
    const query = machine.invoke(sessions, { name: 'findUnique', args: [args] }, node);
    const session = machine.settle(query, node);
    return branchValue(machine, machine.truth(session, node), {
      yes: () =>
        object([
          ['session', session],
          ['user', machine.get(session, 'user', node)],
        ]),
      no: () => literal(null),
    });
  });
  return object([['getSessionAndUser', getSessionAndUser]], true);
}
