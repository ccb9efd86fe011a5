import type { Endpoint } from '../reader.ts';
import { get } from './access.ts';
import { assignedCell } from './assigned.ts';
import { call, invoke } from './calls.ts';
import { proceed } from './chain.ts';
import { constructValue } from './constructs.ts';
import { throwValue } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { noFacts } from './facts.ts';
import { type Machine, STEP_LIMIT, type TraceDeps } from './machine.ts';
import { setterOf } from './members.ts';
import { declared, standing } from './modules.ts';
import { readOf } from './nothing.ts';
import { settle } from './settle.ts';
import { run } from './statements.ts';
import { mergeSteps, NO_STEPS } from './steps.ts';
import { fieldsCell, variable } from './terms.ts';
import { truth } from './truth.ts';
import { cell, UNDEFINED } from './values.ts';

interface How {
  /** Whether calls have shares of the steps. */
  readonly shares: boolean;
}

/** A machine ready for an endpoint: nothing that another one set in the app's modules is there. */
export function machineFor(
  deps: TraceDeps,
  endpoint: Endpoint,
  how: How = { shares: false },
): Machine {
  const machine = assemble(deps, endpoint, how);
  machine.frames.push({ kind: 'request' });
  return machine;
}

function assemble(deps: TraceDeps, endpoint: Endpoint, { shares }: How): Machine {
  const machine: Machine = {
    deps,
    endpoint,
    path: { facts: noFacts(), dead: false, answered: false },
    frames: [],
    sites: [],
    asked: new Map(),
    reads: [],
    writes: [],
    endings: [],
    thrown: [],
    findings: [],
    tokens: [],
    done: cell(NO_STEPS, mergeSteps),
    variables: fieldsCell(new Map()),
    assigned: assignedCell(),
    inputs: new Map(),
    valid: new Map(),
    posed: new Map(),
    along: new Map(),
    entered: { done: NO_STEPS, facts: [] },
    stopped: new Set(),
    unbearable: new Map(),
    refused: new Map(),
    raised: new Map(),
    current: 0,
    status: variable(UNDEFINED),
    journals: [],
    found: { keys: new Set(), of: new Map() },
    counted: new Set(),
    modules: new WeakMap(),
    registrations: new WeakMap(),
    steps: 0,
    limit: STEP_LIMIT,
    shares,
    passedOver: new Set(),
    starting: false,
    file: '',
    rendered: new Set(),
    browser: null,
    sent: null,
    evaluate: (node, scope) => evaluate(machine, node, scope),
    run: (node, scope) => run(machine, node, scope),
    call: (fn, args, node) => call(machine, fn, { args, node }),
    invoke: (receiver, { name, args }, node) => invoke(machine, receiver, { name, args, node }),
    get: (value, name, node) => get(machine, value, { name, node }),
    setterOf: (owner, name) => setterOf(machine, owner, name),
    truth: (value, node) => {
      const formula = truth(value, node);
      deps.noteCondition?.(node, formula);
      return formula;
    },
    settle: (value, node) => settle(machine, value, node),
    takeApart: (value, node) => readOf(machine, value, node),
    declared: (identifier, scope) => declared(machine, identifier, scope),
    throwValue: (value, node) => throwValue(machine, value, node),
    construct: (type, args, node) => constructValue(machine, type, { args, node }),
    proceed: (index) => proceed(machine, index),
    standing: (registered) => standing(machine, registered),
  };
  return machine;
}
