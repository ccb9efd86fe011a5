import type { Condition } from '../../condition/condition.ts';
import { type Finding, finding } from '../../kernel/finding.ts';
import type { Input, Outcome, Query, Route, Write } from '../model.ts';
import type { Endpoint } from '../reader.ts';
import { type Actor, actorOf, withActor, withClaim } from './actors.ts';
import { machineFor } from './assemble.ts';
import { casesOf } from './cases.ts';
import { answerErrors } from './chain.ts';
import { conditionsOf, outcomesOf } from './endings.ts';
import { withPlainFlags } from './flags.ts';
import { type Formula, isFalse } from './formula.ts';
import { inputOfRoute } from './inputs.ts';
import { type Machine, STEP_LIMIT, type TokenUse, type TraceDeps } from './machine.ts';
import { withIds } from './outcome-ids.ts';
import { eachOnce } from './same-cases.ts';
import { placeAt, textOf } from './source.ts';
import { withStoredLabels } from './stored-labels.ts';
import { stringOf, type Value } from './values.ts';
import { withinSchemas } from './within-schemas.ts';

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
  readonly tokens: readonly TokenUse[];
  readonly findings: Finding[];
  /** Components that were rendered on the way, and the scripts that rendered pages load. */
  readonly rendered: readonly string[];
  readonly scripts: readonly string[];
}

/** Follows an endpoint's chain symbolically; never runs the code and never throws on it. */
export function traceEndpoint(endpoint: Endpoint, deps: TraceDeps): Traced {
  const first = followed(endpoint, deps, { shares: false });
  const { machine, findings } = isCut(first) ? furthest(first, endpoint, deps) : first;
  // Errors that came up are answered as they would be, however many steps led there.
  machine.limit = Math.max(machine.limit, machine.steps) + FOR_ERRORS;
  const more = untilTooDeep(endpoint, () => answerErrors(machine));
  return { ...tracedOf(machine), findings: [...findings, ...more, ...machine.findings] };
}

const FOR_ERRORS = STEP_LIMIT / 4;

interface Ran {
  readonly machine: Machine;
  readonly findings: readonly Finding[];
}

/** Followed anew with shares of the steps, where that leads further. */
function furthest(first: Ran, endpoint: Endpoint, deps: TraceDeps): Ran {
  const anew = followed(endpoint, deps, { shares: true });
  const isFurther = !isCut(anew) || waysOut(anew) > waysOut(first);
  const { machine, findings } = isFurther ? anew : first;
  const cut = isCut({ machine }) ? [gaveUp(endpoint, 'the code takes too many steps')] : [];
  return { machine, findings: [...findings, ...cut, ...passedOver(endpoint, machine)] };
}

function waysOut({ machine: { endings, thrown } }: Pick<Ran, 'machine'>): number {
  return endings.length + thrown.length;
}

function isCut({ machine }: Pick<Ran, 'machine'>): boolean {
  return machine.steps > machine.limit;
}

function followed(endpoint: Endpoint, deps: TraceDeps, how: { readonly shares: boolean }): Ran {
  const machine = machineFor(deps, endpoint, how);
  return { machine, findings: untilTooDeep(endpoint, () => machine.proceed(0)) };
}

function untilTooDeep(endpoint: Endpoint, work: () => void): Finding[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [gaveUp(endpoint, 'the code nests too deeply')];
  }
}

/** The functions that a trace passed over to come to its end; the first of them by name. */
function passedOver({ method, path, at }: Endpoint, machine: Machine): Finding[] {
  const names = [...machine.passedOver].map((node) => placeAt(node).symbol || textOf(node, 40));
  if (names.length === 0) return [];
  const { file, line } = at;
  const facts = {
    route: `${method} ${path}`,
    functions: names.length,
    text: names.slice(0, 6).join(', '),
  };
  return [finding('model.passedOver', { severity: 'note', file, line, facts })];
}

/** What a machine has found when its endpoint's chain has run. */
export function tracedOf(machine: Machine, reading = (when: Formula) => when): Traced {
  const actor = actorOf(machine);
  const endings = [...machine.endings];
  const outcomes = outcomesOf(machine).flatMap((found) => {
    const read = { ...found, when: withinSchemas(machine, reading(found.when)) };
    const told = isFalse(read.when) ? null : conditionsOf(read);
    if (!told) return [];
    const said = (conditions: readonly Condition[]) => [
      ...withPlainFlags(machine, withActor(machine, actor, conditions)),
    ];
    const cases = eachOnce(
      casesOf(machine, read, told).map((each) => ({ ...each, when: said(each.when) })),
    );
    return [{ ...found.outcome, when: said(told), ...(cases.length > 0 ? { cases } : {}) }];
  });
  const found = {
    reads: machine.reads.map((read) => ({
      ...read,
      where: [...withPlainFlags(machine, withClaim(actor, read.where))],
    })),
    writes: [...machine.writes],
    outcomes,
  };
  const said = withStoredLabels(found, machine.deps.schema.tables);
  return {
    ...said,
    guards: guardsOf(machine),
    outcomes: withIds(said.outcomes),
    input: inputOfRoute(machine),
    actor,
    tokens: [...machine.tokens],
    findings: [...machine.findings],
    rendered: [...machine.rendered],
    scripts: endings.flatMap(({ exit }) => scriptsIn(exit.value)),
  };
}

/** Where the scripts of a rendered page come from. */
function scriptsIn(value: Value): string[] {
  switch (value.kind) {
    case 'response':
      return value.response.text.flatMap(scriptsIn);
    case 'jsx':
      return value.parts.flatMap(scriptsIn);
    case 'choice':
      return [...scriptsIn(value.yes), ...scriptsIn(value.no)];
    case 'special':
      return value.name.startsWith('script:') ? [value.name.slice('script:'.length)] : [];
    default:
      return [...(stringOf(value) ?? '').matchAll(/<script\b[^>]*\bsrc=["']([^"']+)["']/g)].flatMap(
        (match) => match[1] ?? [],
      );
  }
}

/** A trace that stopped early: what it found may not be all. */
export function gaveUp(endpoint: Endpoint, reason: string): Finding {
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
