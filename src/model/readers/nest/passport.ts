import type { ts } from '../../../kernel/syntax.ts';
import { arrayOfAll } from '../../trace/composites.ts';
import { declareProperty } from '../../trace/declare.ts';
import { all, atom, type Formula, not, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { memberOf } from '../../trace/members.ts';
import { branchValue, set } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { called, choose, partsOf, toTerm } from '../../trace/terms.ts';
import {
  cell,
  literal,
  literalOf,
  native,
  type Special,
  stringOf,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { requestOf } from '../express/request.ts';
import { headerOf, keep } from '../request-parts.ts';
import { authenticated } from './authenticate.ts';
import { contextOf } from './context.ts';
import { refusal } from './exceptions.ts';
import { runningGuard } from './guards.ts';
import { handlerOf, supplied } from './inject.ts';
import { optionOf } from './piped.ts';
import type { Strategy } from './strategies.ts';

/** `AuthGuard('jwt')`: a guard that asks a strategy and puts the user it finds on the request. */
export function authGuard(machine: Machine, args: readonly Value[]): Special {
  const [first] = args;
  const names =
    first?.kind === 'array' ? first.items.value.map((item) => item.value) : first ? [first] : [];
  return {
    kind: 'special',
    name: 'AuthGuard',
    invoke: (method, given, node) => {
      if (method === 'canActivate') return activate(machine, names.map(stringOf), node);
      if (method === 'handleRequest') return handled(machine, given, node);
      if (method === 'logIn') return UNDEFINED;
      return method === 'getRequest' ? requestOf(machine) : undefined;
    },
  };
}

/** `PassportStrategy(Strategy, 'name')`: keeps the strategy's class, and what it is made with. */
export function passportStrategy(base: Value = UNDEFINED, given: readonly Value[] = []): Special {
  return {
    kind: 'special',
    name: 'PassportStrategy',
    call: (args) => passportStrategy(base, args),
    get: (name) => {
      if (name === '#options') return given[0] ?? UNDEFINED;
      if (name === '#given') return arrayOfAll(given);
      return name === '#base' ? base : undefined;
    },
    invoke: () => undefined,
  };
}

/** The default `handleRequest`: no user, no entry. */
function handled(machine: Machine, args: readonly Value[], node: ts.Node): Value {
  const [error = UNDEFINED, user = UNDEFINED] = args;
  return branchValue(machine, machine.truth(user, node), {
    yes: () => somebody(user),
    no: () => {
      const given = error.kind === 'instance' ? error : refusal(401, UNDEFINED);
      machine.throwValue(given, node);
      return UNDEFINED;
    },
  });
}

/** Who it is where it is somebody: of a choice with nobody, the other. */
function somebody(user: Value): Value {
  if (user.kind !== 'choice') return user;
  const [yes, no] = [somebody(user.yes), somebody(user.no)];
  if (isNobody(yes)) return no;
  return isNobody(no) ? yes : choose(user.when, yes, no);
}

function isNobody(user: Value): boolean {
  const said = literalOf(user);
  return user.kind === 'undefined' || said === null || said === false;
}

/** Asks one strategy after the other; the first that finds a user has the last word. */
function activate(
  machine: Machine,
  [name, ...others]: readonly (string | undefined)[],
  node: ts.Node,
): Value {
  if (name === 'anonymous') return literal(true);
  const known = handlerOf(machine)?.container.strategies ?? [];
  const strategy = known.find((each) => each.name === name);
  const refuse = () =>
    others.length > 0 ? activate(machine, others, node) : settled(machine, literal(false), node);
  const accept = (user: Value) =>
    others.length === 0
      ? settled(machine, user, node)
      : branchValue(machine, machine.truth(user, node), {
          yes: () => settled(machine, user, node),
          no: refuse,
        });
  const own = strategy && supplied(machine, strategy.provider);
  if (own && machine.get(own, '#base', node).kind === 'class')
    return authenticated(machine, { strategy: own, accept, refuse }, node);
  const { accepted, user } = credentials(machine, strategy, { name: name ?? '', node });
  return branchValue(machine, accepted, {
    yes: () => (machine.path.dead ? UNDEFINED : accept(user())),
    no: refuse,
  });
}

/** What `handleRequest` makes of a user is what the request carries on. */
function settled(machine: Machine, user: Value, node: ts.Node): Value {
  if (machine.path.dead) return UNDEFINED;
  const guard = runningGuard(machine);
  const own = guard && memberOf(machine, guard, 'handleRequest');
  const args = [literal(null), user, UNDEFINED, contextOf(machine)];
  const kept = own ? machine.call(own, args, node) : handled(machine, args, node);
  if (machine.path.dead) return UNDEFINED;
  keep(machine, 'req.user', kept);
  return literal(true);
}

interface Credentials {
  readonly accepted: Formula;
  readonly user: () => Value;
}

/** When what a request carries is taken, and whom the strategy's `validate` finds by it. */
function credentials(
  machine: Machine,
  strategy: Strategy | undefined,
  { name, node }: { name: string; node: ts.Node },
): Credentials {
  const own = strategy && supplied(machine, strategy.provider);
  const options = own ? machine.get(own, '#options', node) : UNDEFINED;
  const validate = (args: readonly Value[]) => () => {
    const passes = literalOf(optionOf(options, 'passReqToCallback')) === true;
    const given = passes ? [requestOf(machine), ...args] : args;
    return own ? validated(machine, { strategy: own, args: given }, node) : UNDEFINED;
  };
  if (strategy && /jwt/.test(strategy.package)) {
    const carried = carriedBy(machine, options, node);
    const claims = called('tokenClaims', [carried], typed('unknown'));
    return { accepted: isCarried(carried, node), user: validate([claims]) };
  }
  if (strategy && /bearer/.test(strategy.package)) {
    const carried = headerOf(machine, 'authorization');
    return { accepted: isCarried(carried, node), user: validate([carried]) };
  }
  if (strategy && /local/.test(strategy.package))
    return local(machine, { options, validate, node });
  const asked = `passport ${name}`;
  const accepted = atom({ kind: 'external', at: placeAt(node), name: asked, holds: true });
  const user = strategy
    ? validate(toldBy(machine, { strategy: own, asked }, node))
    : () => unknown('user');
  return { accepted, user: () => taken(user()) };
}

/** What a third party tells of somebody, tokens first: as many values as `validate` takes, before the function to call back. */
function toldBy(
  machine: Machine,
  { strategy, asked }: { strategy: Value | undefined; asked: string },
  node: ts.Node,
): Value[] {
  const own = strategy && machine.get(strategy, 'validate', node);
  const names =
    own?.kind === 'closure' ? own.node.parameters.map(({ name }) => name.getText()) : [];
  const told = names.filter((name) => !/^_?(req(uest)?|done|cb|callback|verified)$/.test(name));
  return told.length > 0 ? told.map((name) => unknown(`${asked} ${name}`)) : [unknown(asked)];
}

/** Whoever a strategy takes that nobody can look into is somebody. */
function taken(user: Value): Value {
  if (user.kind !== 'unknown') return user;
  return { kind: 'special', name: 'user', get: (name) => unknown(`user.${name}`) };
}

/** Whom `validate` finds: what it gives back, or tells the function that it is called with last. */
function validated(
  machine: Machine,
  { strategy, args }: { strategy: Value; args: readonly Value[] },
  node: ts.Node,
): Value {
  const told = cell<Value>(UNDEFINED, choose);
  const failed = cell<Value>(UNDEFINED, choose);
  const done = native('done', ([error = UNDEFINED, user = literal(false)]) => {
    if (error.kind === 'instance') set(machine, failed, error);
    else set(machine, told, user);
    return UNDEFINED;
  });
  const asked = { name: 'validate', args: [...args, done] };
  const given = machine.settle(machine.invoke(strategy, asked, node), node);
  const user = told.value.kind === 'undefined' ? given : told.value;
  if (failed.value.kind === 'undefined' || machine.path.dead) return user;
  return branchValue(machine, machine.truth(failed.value, node), {
    yes: () => {
      machine.throwValue(failed.value, node);
      return UNDEFINED;
    },
    no: () => user,
  });
}

/** Where a JWT strategy takes its token from. */
function carriedBy(machine: Machine, options: Value, node: ts.Node): Value {
  const extract = optionOf(options, 'jwtFromRequest');
  const found =
    extract.kind === 'closure' || (extract.kind === 'special' && extract.call)
      ? machine.call(extract, [requestOf(machine)], node)
      : headerOf(machine, 'authorization');
  const inputs = partsOf(toTerm(found)).some(({ kind }) => kind === 'input');
  return inputs ? found : headerOf(machine, 'authorization');
}

/** Something of the right shape is carried, and signed. */
function isCarried(carried: Value, node: ts.Node): Formula {
  const source = partsOf(toTerm(carried)).find((part) => part.kind === 'input');
  if (source?.kind !== 'input') return all([]);
  const about = { at: placeAt(node), from: source.from, path: [...source.path] };
  return not(
    some([
      atom({ kind: 'input', is: 'missing', ...about }),
      atom({ kind: 'input', is: 'invalid', ...about }),
    ]),
  );
}

/** A name and a password in the body. */
function local(
  machine: Machine,
  {
    options,
    validate,
    node,
  }: { options: Value; validate: (args: readonly Value[]) => () => Value; node: ts.Node },
): Credentials {
  const fields = [
    stringOf(optionOf(options, 'usernameField')) ?? 'username',
    stringOf(optionOf(options, 'passwordField')) ?? 'password',
  ];
  const body = requestOf(machine).get?.('body', node) ?? UNDEFINED;
  const values = fields.map((field) => {
    declareProperty(machine, { from: 'body', name: field, required: true }, { type: 'string' });
    return machine.get(body, field, node);
  });
  const missing = fields.map((field) =>
    atom({ kind: 'input', is: 'missing', at: placeAt(node), from: 'body', path: [field] }),
  );
  return { accepted: not(some(missing)), user: validate(values) };
}

/** `ExtractJwt.…` of passport-jwt. */
export function extractor(
  machine: Machine,
  name: string,
  args: readonly Value[],
): Value | undefined {
  const [first] = args;
  switch (name) {
    case 'ExtractJwt.fromAuthHeaderAsBearerToken':
    case 'ExtractJwt.fromAuthHeaderWithScheme':
      return native('extract', () => headerOf(machine, 'authorization'));
    case 'ExtractJwt.fromHeader':
      return native('extract', () => headerOf(machine, stringOf(first) ?? 'authorization'));
    case 'ExtractJwt.fromExtractors': {
      const all = first?.kind === 'array' ? first.items.value.map((item) => item.value) : [];
      return native('extract', (given, node) => {
        const found = all.map((each) => machine.call(each, given, node));
        return (
          found.find((each) => partsOf(toTerm(each)).some(({ kind }) => kind === 'input')) ??
          UNDEFINED
        );
      });
    }
    default:
      return undefined;
  }
}
