import type { ts } from '../../../kernel/syntax.ts';
import { ended } from '../../trace/chain.ts';
import { exitHere } from '../../trace/closures.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { literal, UNDEFINED, type Value } from '../../trace/values.ts';
import { leaving } from '../leaving.ts';
import { endRedirects } from '../react-router/answers.ts';
import { keepLoaded } from '../react-router/kept.ts';
import { partOf } from '../request-parts.ts';
import { keepSearch, locationOf, searchOf } from './hooks.ts';
import { isNotFound, isRedirect } from './leaving.ts';
import { madeWith } from './made.ts';
import { addContext, contextOf, joined } from './middleware.ts';
import { paramsOf } from './params.ts';
import type { Around, Doing } from './parts.ts';
import { errorScreen, missingScreen, screenOf } from './screens.ts';
import { validated } from './validated.ts';

/** What the app's router gives to every route: the context it was made with. */
export function router(machine: Machine, { part, then }: Doing): void {
  const node = part.registered.expression;
  const made = machine.settle(machine.call(machine.standing(part.registered), [], node), node);
  addContext(machine, machine.get(madeWith(made), 'context', node));
  then();
}

/** A route's own check of the query, then what it does before anything is loaded: what it returns is context. */
export function check(machine: Machine, doing: Doing): void {
  const { part, then } = doing;
  const node = part.registered.expression;
  const options = madeWith(machine.standing(part.registered));
  run(machine, doing, () => {
    const validator = machine.get(options, 'validateSearch', node);
    if (validator.kind !== 'undefined') {
      const value = partOf(machine, 'query');
      keepSearch(
        machine,
        joined(searchOf(machine), validated(machine, validator, { value, node })),
      );
    }
    const before = machine.get(options, 'beforeLoad', node);
    if (before.kind !== 'closure' || machine.path.dead) return;
    const added = asked(machine, before, { node, more: [['search', searchOf(machine)]] });
    if (!machine.path.dead && added.kind === 'object') addContext(machine, added);
  });
  if (!machine.path.dead) then();
}

/** A route's loader. */
export function load(machine: Machine, doing: Doing): void {
  const { part, then } = doing;
  const node = part.registered.expression;
  const options = madeWith(machine.standing(part.registered));
  run(machine, doing, () => {
    const said = machine.get(options, 'loader', node);
    const loader = said.kind === 'object' ? machine.get(said, 'handler', node) : said;
    if (loader.kind !== 'closure') return;
    const ask = machine.get(options, 'loaderDeps', node);
    const search = object([['search', searchOf(machine)]]);
    const deps = ask.kind === 'closure' ? machine.call(ask, [search], node) : object();
    const data = asked(machine, loader, { node, more: [['deps', deps]] });
    if (!machine.path.dead) keepLoaded(machine, part.id, data);
  });
  if (!machine.path.dead) then();
}

function run(machine: Machine, { around, part }: Omit<Doing, 'then'>, work: () => void): void {
  const answer = (thrown: Value, at: ts.Node) =>
    leftTo(machine, { around, id: part.id, thrown, at });
  leaving(machine, answer, work);
}

/** Calls a function of a route; a redirect that it returns leads on as a thrown one does. */
function asked(
  machine: Machine,
  work: Value,
  { node, more }: { node: ts.Node; more: readonly [string, Value][] },
): Value {
  const given = object([
    ['context', contextOf(machine)],
    ['params', paramsOf(machine)],
    ['location', locationOf(machine, node)],
    ['cause', literal('enter')],
    ['preload', literal(false)],
    ...more,
  ]);
  const value = machine.settle(machine.call(work, [given], node), node);
  if (!machine.path.dead) endRedirects(machine, value);
  return value;
}

/** A redirect leads on; what is not found and errors, any other response among them, are shown. */
function leftTo(
  machine: Machine,
  { around, id, thrown, at }: { around: Around; id: string; thrown: Value; at: ts.Node },
): Value {
  if (isRedirect(thrown)) return thrown;
  const isMissing = isNotFound(thrown);
  const screen = isMissing ? missingScreen : errorScreen;
  const text = [screen(machine, around.routes, { id, value: thrown })];
  return makeResponse(at, { kind: 'render', status: literal(isMissing ? 404 : 500), text });
}

export function show(machine: Machine, { around, part }: Doing): void {
  const node = part.registered.expression;
  let text: Value = UNDEFINED;
  run(machine, { around, part }, () => {
    text = screenOf(machine, around.routes);
  });
  if (machine.path.dead || machine.path.answered) return;
  const response = makeResponse(node, { kind: 'render', text: [text] });
  ended(machine, [exitHere(machine, response, { node, mark: 0 })], true);
}
