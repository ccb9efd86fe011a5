import type { Endpoint, Registered } from '../reader.ts';
import { machineFor } from './assemble.ts';
import { answerErrors } from './chain.ts';
import { exitHere } from './closures.ts';
import { fileScope } from './environment.ts';
import { type Formula, formulaKey, given, isFalse, not, some, TRUE } from './formula.ts';
import { together } from './jsx-facts.ts';
import { type Ending, type Frame, type Machine, STEP_LIMIT, type TraceDeps } from './machine.ts';
import { assume, branch, mergeSide, side } from './path.ts';
import type { Browser, State } from './react-browser.ts';
import { makeResponse } from './responses.ts';
import { gaveUp, type Traced, tracedOf } from './trace-endpoint.ts';
import { literalOf, UNDEFINED, type Value } from './values.ts';

/** What a client page shows once it is quiet, with what it calls on the way. */
export interface TracedPage extends Traced {
  readonly called: readonly Endpoint[];
  /** Components with state that nothing sets before somebody acts. */
  readonly waiting: readonly State[];
}

const RENDERS = 6;

/**
 * Follows a page's endpoint, then in place of each shell it answers the component that `mount` puts into it:
 * render, effects, render again until nothing is left to run.
 */
export function tracePage(
  endpoint: Endpoint,
  { mount, endpoints }: { mount: Registered; endpoints: readonly Endpoint[] },
  deps: TraceDeps,
): TracedPage {
  const machine = machineFor(deps, endpoint);
  machine.proceed(0);
  answerErrors(machine);
  const browser: Browser = {
    endpoints,
    states: new Map(),
    effects: [],
    ran: new Set(),
    called: new Set(),
  };
  const endings = machine.endings.splice(0);
  machine.steps = 0;
  machine.limit = STEP_LIMIT;
  for (const ending of endings) {
    const shell = isShell(ending);
    machine.endings.push(shell ? inBrowser(machine, { ending, mount, browser }) : ending);
  }
  if (machine.steps > machine.limit) {
    machine.findings.push(gaveUp(endpoint, 'the page takes too many steps'));
  }
  const traced = tracedOf(machine, (when) => withAnswers(when, browser));
  const waiting = [...browser.states.values()].filter((state) => !state.set);
  return { ...traced, called: [...browser.called], waiting };
}

function isShell({ exit }: Ending): boolean {
  const { value } = exit;
  if (value.kind !== 'response' || value.response.kind !== 'render') return false;
  const status = value.response.status ? literalOf(value.response.status) : 200;
  return typeof status === 'number' && status < 400;
}

function inBrowser(
  machine: Machine,
  { ending, mount, browser }: { ending: Ending; mount: Registered; browser: Browser },
): Ending {
  Object.assign(machine.path, { facts: ending.exit.facts, dead: false, answered: false });
  machine.frames.splice(0, machine.frames.length, { kind: 'request' });
  machine.sites.splice(0);
  machine.browser = browser;
  const screen = settledScreen(machine, mount);
  const { value } = ending.exit;
  const shell = value.kind === 'response' ? value.response : null;
  const text = [inShell(screen, shell?.text ?? [])];
  const status = shell?.status ?? null;
  const response = makeResponse(mount.expression, { kind: 'render', text, status });
  const exit = exitHere(machine, response, { node: mount.expression, mark: 0 });
  machine.browser = null;
  machine.thrown.splice(0);
  return { ...ending, exit };
}

/** What the shell shows stands around every screen. */
function inShell(screen: Value, shell: readonly Value[]): Value {
  const [only] = screen.kind === 'jsx' ? screen.parts : [];
  if (screen.kind === 'choice') {
    return { ...screen, yes: inShell(screen.yes, shell), no: inShell(screen.no, shell) };
  }
  if (screen.kind === 'jsx' && only && screen.parts.length === 1) return inShell(only, shell);
  return { kind: 'jsx', parts: [screen, ...shell] };
}

function settledScreen(machine: Machine, { file, expression }: Registered): Value {
  let screen: Value = UNDEFINED;
  for (let round = 0; round < RENDERS; round += 1) {
    screen = machine.settle(machine.evaluate(expression, fileScope(file)), expression);
    const effects = machine.browser?.effects.splice(0) ?? [];
    if (effects.length === 0 || machine.path.dead) break;
    for (const { key, run, node, when } of effects) {
      machine.browser?.ran.add(key);
      const work = () => {
        unobserved(machine, () => machine.call(run, [], node));
      };
      branch(machine, when, { yes: work, no: () => undefined });
    }
  }
  return screen;
}

/** Runs an effect; where it fails, what it had not set stays as it was. */
function unobserved(machine: Machine, work: () => void): void {
  const frame: Frame & { kind: 'try' } = {
    kind: 'try',
    mark: machine.path.facts.length,
    throws: [],
    possible: [],
  };
  const ran = side(machine, TRUE, () => {
    machine.frames.push(frame);
    work();
    machine.frames.pop();
  });
  const failed = frame.throws.map(({ when }) => when);
  if (isFalse(ran.live)) return;
  if (failed.length === 0) {
    if (!ran.plain) assume(machine, ran.live);
    mergeSide(machine, TRUE, ran);
  } else {
    assume(machine, some([ran.live, ...failed]));
    mergeSide(machine, not(some(failed)), ran);
  }
}

/** Where the API need not fail for an ending, it does not. */
function withAnswers(when: Formula, { called }: Browser): Formula {
  const answers = new Set<string>();
  const visit = (formula: Formula): void => {
    if (formula.kind !== 'atom') formula.of.forEach(visit);
    else if (formula.condition.kind === 'external') {
      const { name, holds } = formula.condition;
      if ([...called].some(({ method, path }) => `${method} ${path}` === name))
        answers.add(formulaKey(holds ? formula : not(formula)));
    }
  };
  visit(when);
  const left = together([given(when, answers)]);
  return isFalse(left) ? when : left;
}
