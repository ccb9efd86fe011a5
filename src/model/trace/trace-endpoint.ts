import { type Finding, finding } from '../../kernel/finding.ts';
import type { Input, Outcome, Query, Route, Write } from '../model.ts';
import type { Endpoint } from '../reader.ts';
import { type Actor, actorOf, withActor } from './actors.ts';
import { machineFor } from './assemble.ts';
import { answerErrors } from './chain.ts';
import { conditionsOf, outcomesOf } from './endings.ts';
import { inputOfRoute } from './inputs.ts';
import { type Machine, STEP_LIMIT, type TraceDeps } from './machine.ts';
import { withIds } from './outcome-ids.ts';
import { placeAt, textOf } from './source.ts';

export type { TraceDeps } from './machine.ts';

/** What an endpoint reads and writes, and every way it can end. */
export interface Traced {
  readonly reads: Query[];
  readonly writes: Write[];
  readonly guards: Route['guards'];
  readonly outcomes: Outcome[];
  readonly input: Input;
  /** Whom requests come from, where the chain looks them up. */
  readonly actor: Actor | null;
  readonly findings: Finding[];
}

/** Follows an endpoint's chain symbolically; never runs the code and never throws on it. */
export function traceEndpoint(endpoint: Endpoint, deps: TraceDeps): Traced {
  const machine = machineFor(deps, endpoint);
  const findings: Finding[] = [];
  for (const work of [() => machine.proceed(0), () => answerErrors(machine)]) {
    try {
      work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      findings.push(gaveUp(endpoint, 'the code nests too deeply'));
    }
  }
  if (machine.steps > STEP_LIMIT) findings.push(gaveUp(endpoint, 'the code takes too many steps'));
  const actor = actorOf(machine);
  const outcomes = outcomesOf(machine).map((found) => {
    const when = withActor(machine, actor, conditionsOf(found));
    return { ...found.outcome, when };
  });
  return {
    reads: [...machine.reads],
    writes: [...machine.writes],
    guards: guardsOf(machine),
    outcomes: withIds(outcomes),
    input: inputOfRoute(machine),
    actor,
    findings: [...findings, ...machine.findings],
  };
}

function gaveUp(endpoint: Endpoint, reason: string): Finding {
  const { file, line } = endpoint.at;
  const facts = { route: `${endpoint.method} ${endpoint.path}`, reason };
  return finding('model.traceGaveUp', { severity: 'warning', file, line, facts });
}

/** The steps before the handler that can end a request. */
function guardsOf(machine: Machine): Route['guards'] {
  const { chain } = machine.endpoint;
  return chain.slice(0, -1).flatMap(({ expression }, index) => {
    const ends = machine.stopped.has(index);
    return ends ? [{ name: textOf(expression, 60), at: placeAt(expression) }] : [];
  });
}
