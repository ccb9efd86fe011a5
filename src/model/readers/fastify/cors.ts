import { parametersOf } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Value as Given } from '../../static/value.ts';
import { entryOf } from '../../static/value.ts';
import { passing } from '../../trace/chain.ts';
import { passError } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { native, UNDEFINED } from '../../trace/values.ts';
import { headerOf } from '../request-parts.ts';

/** Steps at which `@fastify/cors` asks the app whether an origin is welcome. */
const questions = new WeakSet<Registered>();

export function isOriginCheck(step: Registered): boolean {
  return questions.has(step);
}

/** The function that an app gives `@fastify/cors` to decide about origins; undefined for any other plugin or choice. */
export function originCheck({ args: [plugin, options] }: Call): Registered | undefined {
  const isCors =
    plugin?.kind === 'package' && /^(@fastify\/cors|fastify-cors)$/.test(plugin.package);
  const decide: Given | undefined = isCors ? entryOf(options, 'origin') : undefined;
  const step = decide?.kind === 'function' ? registered(decide) : null;
  if (!step) return undefined;
  questions.add(step);
  return step;
}

/** An origin that is not welcome is answered without headers; one that makes an error is not let through. */
export function checkOrigin(machine: Machine, step: Registered, then: () => void): void {
  const decide = machine.standing(step);
  const node = step.expression;
  if (decide.kind !== 'closure') {
    then();
    return;
  }
  const callsBack = parametersOf(decide.node).length > 1;
  passing(machine, then, (next) => {
    const callback = native('callback', ([error = UNDEFINED], at) => {
      branch(machine, machine.truth(error, at), {
        yes: () => passError(machine, error, at),
        no: () => void machine.call(next, [], at),
      });
      return UNDEFINED;
    });
    machine.call(decide, [headerOf(machine, 'origin'), callback], node);
    if (!callsBack && !machine.path.dead) machine.call(next, [], node);
  });
}
