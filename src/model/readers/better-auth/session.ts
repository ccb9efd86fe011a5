import type { ts } from '../../../kernel/syntax.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { called, object } from '../../trace/terms.ts';
import {
  input,
  literal,
  stringOf,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { type Kept, keptAs, named, rowWhere } from './tables.ts';

/** The cookie of a session: its token, a dot and a signature. */
export function cookieOf(machine: Machine, options: Value, node: ts.Node): string {
  const advanced = options.kind === 'object' ? machine.get(options, 'advanced', node) : UNDEFINED;
  const prefix =
    advanced.kind === 'object' ? stringOf(machine.get(advanced, 'cookiePrefix', node)) : undefined;
  return `${prefix ?? 'better-auth'}.session_token`;
}

/** `auth.api.getSession({ headers })`: the session that the cookie's token finds and whose it is, else null. */
export function sessionOf(machine: Machine, options: Value, node: ts.Node): Value {
  const sessions = keptAs(machine, options, { model: 'session', node });
  const users = keptAs(machine, options, { model: 'user', node });
  if (!sessions || !users) return unknown('auth.api.getSession()');
  const cookie = cookieOf(machine, options, node);
  const from = { at: placeAt(node), from: 'cookies', path: [cookie] } as const;
  return branchValue(machine, atom({ kind: 'input', is: 'present', ...from }), {
    yes: () => foundBy(machine, { sessions, users, cookie }, node),
    no: () => literal(null),
  });
}

function foundBy(
  machine: Machine,
  { sessions, users, cookie }: { sessions: Kept; users: Kept; cookie: string },
  node: ts.Node,
): Value {
  const carried = input('cookies', [cookie], { type: 'string' });
  const token = called('splitPart', [carried, literal('.'), literal(0)], typed('string'));
  const session = rowWhere(machine, sessions, { field: 'token', value: token, node });
  const owner = sessions.column('userId') ?? 'user_id';
  return branchValue(machine, machine.truth(session, node), {
    yes: () => {
      const value = machine.get(session, owner, node);
      const user = rowWhere(machine, users, { field: 'id', value, node });
      return object([
        ['session', named(machine, sessions, session)],
        ['user', named(machine, users, user)],
      ]);
    },
    no: () => literal(null),
  });
}
