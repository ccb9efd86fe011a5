import type { ts } from '../../../../kernel/syntax.ts';
import type { Registered } from '../../../reader.ts';
import { registered } from '../../../static/registered.ts';
import type { Value as Told } from '../../../static/value.ts';
import { entryOf } from '../../../static/value.ts';
import { builtIn } from '../../../trace/classes.ts';
import { arrayOf } from '../../../trace/composites.ts';
import { all, type Formula } from '../../../trace/formula.ts';
import type { Machine } from '../../../trace/machine.ts';
import { branch } from '../../../trace/path.ts';
import { truthValue } from '../../../trace/terms.ts';
import { settled } from '../../../trace/tries.ts';
import { literal, native, UNDEFINED, unknown, type Value } from '../../../trace/values.ts';
import type { Doc } from './doc.ts';
import { partsOf, validityOf } from './request.ts';

/** What one step of the framework's own does with a request. */
type Work = (machine: Machine) => Value;

const steps = new WeakMap<Registered, Work>();

function stepOf(node: ts.Node, work: Work): Registered {
  const made = { file: node.getSourceFile().fileName, expression: node as ts.Expression };
  steps.set(made, work);
  return made;
}

/** The middleware that a step of express-openapi is; undefined for any other step. */
export function openapiStep(machine: Machine, step: Registered): Value | undefined {
  return steps.get(step)?.(machine);
}

interface Secured {
  readonly args: Told;
  readonly root: Told | undefined;
  readonly doc: Doc;
  readonly node: ts.Node;
}

/** The security step of an operation, where it or the whole document asks for one (`openapi-security-handler`). */
export function securing({ args, root, doc, node }: Secured): readonly Registered[] {
  const handlers = entryOf(args, 'securityHandlers');
  const asked = entryOf(doc.value, 'security') ?? entryOf(root, 'security');
  if (!handlers || asked?.kind !== 'list') return [];
  const sets = asked.items
    .map((set) => (set.kind === 'object' ? [...set.entries.keys()] : []))
    .map((names) => names.flatMap((name) => registered(entryOf(handlers, name)) ?? []))
    .filter((set) => set.length > 0);
  return sets.length > 0 ? [stepOf(node, (machine) => security(machine, sets))] : [];
}

/** One set of handlers after another, until all of one say yes. */
function security(machine: Machine, sets: readonly (readonly Registered[])[]): Value {
  return native('security', ([request = UNDEFINED, , next = UNDEFINED], node) => {
    const ask = ([set, ...others]: readonly (readonly Registered[])[]): Value => {
      if (!set)
        return machine.call(
          next,
          [refusal(401, [['errorCode', literal('authentication.openapi.security')]])],
          node,
        );
      const answer = settled(machine, {
        promise: () => truthValue(granted(machine, set, { request, node })),
        handler: (error, at) => machine.call(next, [error], at),
      });
      branch(machine, machine.truth(answer, node), {
        yes: () => machine.call(next, [], node),
        no: () => ask(others),
      });
      return UNDEFINED;
    };
    return ask(sets);
  });
}

function granted(
  machine: Machine,
  set: readonly Registered[],
  { request, node }: { readonly request: Value; readonly node: ts.Node },
): Formula {
  const answers = set.map((handler) => {
    const given = [request, arrayOf([]), unknown('security scheme')];
    return machine.settle(machine.call(machine.standing(handler), given, node), node);
  });
  return all(answers.map((answer) => machine.truth(answer, node)));
}

interface Validated {
  readonly doc: Doc;
  readonly root: Registered | null;
  readonly node: ts.Node;
}

/** The step that holds a request against the operation's parameters and body (`openapi-request-validator`). */
export function validating({ doc, root, node }: Validated): readonly Registered[] {
  const isAsked = entryOf(doc.value, 'parameters') ?? entryOf(doc.value, 'requestBody');
  return isAsked ? [stepOf(node, (machine) => validator(machine, doc.written, root))] : [];
}

function validator(machine: Machine, written: Registered, root: Registered | null): Value {
  return native('validator', ([, , next = UNDEFINED], node) => {
    const doc = machine.standing(written);
    const parts = partsOf(machine, doc, root ? machine.standing(root) : UNDEFINED);
    const check = (index: number): Value => {
      const part = parts[index];
      if (!part) return machine.call(next, [], node);
      const when = validityOf(machine, part, written.expression);
      branch(machine, when, {
        yes: () => check(index + 1),
        no: () => machine.call(next, [refusal(400, [['errors', problems()]])], node),
      });
      return UNDEFINED;
    };
    return check(0);
  });
}

/** The step that answers with the document itself. */
export function telling(node: ts.Node): Registered {
  const answer = (machine: Machine) =>
    native('docs', ([, response = UNDEFINED], at) =>
      machine.invoke(response, { name: 'json', args: [unknown('req.apiDoc')] }, at),
    );
  return stepOf(node, answer);
}

function problems(): Value {
  return arrayOf([{ value: unknown('openapi error'), when: null }]);
}

/** What goes to the error handlers: an object that is no error, with its status. */
function refusal(status: number, more: readonly (readonly [string, Value])[]): Value {
  return builtIn([], [['status', literal(status)], ...more]);
}
