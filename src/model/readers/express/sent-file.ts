import type { Condition, Term } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { respond } from '../../trace/chain.ts';
import { passError } from '../../trace/errors.ts';
import { atom, FALSE, type Formula, not, some } from '../../trace/formula.ts';
import { NUL } from '../../trace/input-facts.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { placeAt } from '../../trace/source.ts';
import { partsOf, termsIn } from '../../trace/terms.ts';
import { literal, literalOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { errorOf } from '../http-errors.ts';

interface Sent {
  readonly method: 'sendFile' | 'download';
  readonly args: readonly Value[];
  readonly status: Value | null;
  readonly node: ts.Node;
}

/** A text that leads out of the folder files are sent from. */
const UPWARDS = '(^|[\\\\/])\\.\\.([\\\\/]|$)';

/**
 * `res.sendFile(path, options?, callback?)`, as `send` answers it: the file, a part of it, that it is unchanged, or an
 * error for the callback, without one for the error handlers.
 */
export function sendFile(machine: Machine, sent: Sent): void {
  const { method, node } = sent;
  const name = `${method} finds the file`;
  const there = atom({ kind: 'external', at: placeAt(node), name, holds: true });
  const refusals: Refusal[] = [
    { when: named(sent, NUL), says: [400, 'Bad Request'] },
    { when: isWithinRoot(sent) ? named(sent, UPWARDS) : FALSE, says: [403, 'Forbidden'] },
    { when: isFixed(sent) ? FALSE : not(there), says: [404, 'Not Found'] },
    { when: unmatched(sent), says: [412, 'Precondition Failed'] },
  ];
  unlessRefused(machine, sent, { refusals, work: () => found(machine, sent) });
}

function unmatched(sent: Sent): Formula {
  return isErrorPage(sent) ? FALSE : header(sent, 'if-match', ['=', '"none"']);
}

/** What the request's headers make of a file that is there; one that is sent as an error's page is sent whole. */
function found(machine: Machine, sent: Sent): void {
  if (isErrorPage(sent)) {
    answered(machine, sent);
    return;
  }
  const beyond = header(sent, 'range', ['=', 'bytes=999999999999-']);
  const refusals: Refusal[] = [{ when: beyond, says: [416, 'Range Not Satisfiable'] }];
  const part = () =>
    branch(machine, header(sent, 'range', ['like', 'bytes=%']), {
      yes: () => answered(machine, sent, 206),
      no: () => answered(machine, sent),
    });
  branch(machine, header(sent, 'if-none-match', ['=', '*']), {
    yes: () => answered(machine, sent, 304),
    no: () => unlessRefused(machine, sent, { refusals, work: part }),
  });
}

interface Refusal {
  readonly when: Formula;
  readonly says: readonly [number, string];
}

/** Each refusal under its condition, then what comes about under none. */
function unlessRefused(
  machine: Machine,
  sent: Sent,
  { refusals: [first, ...refusals], work }: { refusals: readonly Refusal[]; work: () => void },
): void {
  if (!first) work();
  else
    branch(machine, first.when, {
      yes: () => failed(machine, sent, first.says),
      no: () => unlessRefused(machine, sent, { refusals, work }),
    });
}

function failed(
  machine: Machine,
  { args, node }: Sent,
  [status, message]: readonly [number, string],
): void {
  const error = errorOf(literal(status), literal(message));
  const callback = args.find(isCallable);
  if (callback) machine.call(callback, [error], node);
  else passError(machine, error, node);
}

function answered(machine: Machine, { args, status, node, method }: Sent, own?: number): void {
  const said = own === undefined ? status : literal(own);
  respond(machine, makeResponse(node, { body: unknown(method), status: said }), node);
  const callback = args.find(isCallable);
  if (callback) machine.call(callback, [UNDEFINED], node);
}

/** Whether a status is set that is not known for a success. */
function isErrorPage({ status }: Sent): boolean {
  if (!status) return false;
  const said = literalOf(status);
  return typeof said !== 'number' || said < 200 || said >= 300;
}

function isCallable({ kind }: Value): boolean {
  return kind === 'closure';
}

/** Whether no request and no row says which file it is. */
function isFixed({ args: [path] }: Sent): boolean {
  const parts = (path ? termsIn(path) : []).flatMap(partsOf);
  return !parts.some(({ kind }) => /^(input|column|external)$/.test(kind));
}

function isWithinRoot({ args }: Sent): boolean {
  return args.some((each) => each.kind === 'object' && each.fields.value.has('root'));
}

/** When what the request carries makes a file's name match. */
function named({ args, node }: Sent, pattern: string): Formula {
  const [path] = args;
  const inputs = (path ? termsIn(path) : [])
    .flatMap(partsOf)
    .filter((part) => part.kind === 'input');
  const carried = inputs.filter(({ from }) => from === 'params' || from === 'query');
  return some(carried.map((left) => compared(left, ['matches', pattern], node)));
}

function header({ node }: Sent, name: string, said: readonly ['=' | 'like', string]): Formula {
  return compared({ kind: 'input', from: 'headers', path: [name] }, said, node);
}

function compared(
  left: Term,
  [op, value]: readonly ['=' | 'like' | 'matches', string],
  node: ts.Node,
): Formula {
  const right: Term = { kind: 'literal', value };
  const condition: Condition = { kind: 'input', is: 'compare', at: placeAt(node), left, op, right };
  return atom(condition);
}
