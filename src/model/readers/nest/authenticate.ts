import type { ts } from '../../../kernel/syntax.ts';
import { apart } from '../../trace/apart.ts';
import { spreadItems } from '../../trace/composites.ts';
import { type Formula, some, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { assume, branchValue, mergeSide, set, side, since } from '../../trace/path.ts';
import { choose, object } from '../../trace/terms.ts';
import { attempt } from '../../trace/tries.ts';
import { cell, literal, native, UNDEFINED, type Value } from '../../trace/values.ts';
import { requestOf } from '../express/request.ts';

interface Asking {
  /** A class that extends `PassportStrategy(Base)`, whose `Base` is the app's own. */
  readonly strategy: Value;
  readonly accept: (user: Value) => Value;
  readonly refuse: () => Value;
}

/** Runs `authenticate` of a strategy's own class, as Passport does: it says itself how it ends. */
export function authenticated(
  machine: Machine,
  { strategy, accept, refuse }: Asking,
  node: ts.Node,
): Value {
  const result = cell<Value>(UNDEFINED, choose);
  const ends = (name: string, work: (args: readonly Value[]) => Value) =>
    native(name, (args) => {
      set(machine, result, work(args));
      return UNDEFINED;
    });
  const made = baseOf(machine, strategy, node);
  if (made.kind !== 'instance') return refuse();
  const told: readonly (readonly [string, Value])[] = [
    ['success', ends('success', ([user = UNDEFINED]) => accept(user))],
    ['fail', ends('fail', refuse)],
    ['redirect', ends('redirect', refuse)],
    ['pass', ends('pass', () => literal(true))],
    [
      'error',
      ends('error', ([error = UNDEFINED]) => {
        machine.throwValue(error, node);
        return UNDEFINED;
      }),
    ],
  ];
  set(machine, made.fields, new Map([...made.fields.value, ...told]));
  const asked = { name: 'authenticate', args: [requestOf(machine), object([])] };
  machine.settle(machine.invoke(made, asked, node), node);
  return machine.path.dead ? UNDEFINED : result.value;
}

/** The base's instance, made when the app starts: with what the class gives `super`, and who finds a user. */
function baseOf(machine: Machine, strategy: Value, node: ts.Node): Value {
  const verify = native('verify', (args) => verified(machine, { strategy, args }, node));
  const given = machine.get(strategy, '#given', node);
  const args = given.kind === 'array' ? spreadItems(given).map(({ value }) => value) : [];
  const base = machine.get(strategy, '#base', node);
  return apart(machine, () => machine.construct(base, [...args, verify], node));
}

/** What Nest has a strategy ask: `validate`, whose error or user the last argument is told. */
function verified(
  machine: Machine,
  { strategy, args }: { strategy: Value; args: readonly Value[] },
  node: ts.Node,
): Value {
  const done = args.at(-1) ?? UNDEFINED;
  const errors: { readonly when: Formula; readonly value: Value }[] = [];
  const mark = machine.path.facts.length;
  const found = side(machine, TRUE, () =>
    attempt(machine, {
      work: () => machine.settle(machine.invoke(strategy, { name: 'validate', args }, node), node),
      handle: (value) => {
        errors.push({ when: since(machine, mark), value });
        machine.path.dead = true;
        return UNDEFINED;
      },
    }),
  );
  const tell = (...said: readonly Value[]) => machine.call(done, said, node);
  // Whoever is told of an error asks whether there is one: the first stands for all.
  return branchValue(machine, some(errors.map(({ when }) => when)), {
    yes: () => tell(errors[0]?.value ?? UNDEFINED, literal(null)),
    no: () => {
      assume(machine, found.live);
      mergeSide(machine, TRUE, found);
      return machine.path.dead ? UNDEFINED : tell(literal(null), found.value ?? UNDEFINED);
    },
  });
}
