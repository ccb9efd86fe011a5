import type { ts } from '../../kernel/syntax.ts';
import { sides } from './answers.ts';
import { builtIn } from './classes.ts';
import { all, type Formula, formulaKey, given, isFalse, not, some } from './formula.ts';
import type { Ending, Machine } from './machine.ts';
import { makeResponse } from './responses.ts';
import {
  literal,
  literalOf,
  type Response,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

interface Answer {
  readonly response: Response;
  readonly when: Formula;
}

/** A request's endings as one response: its failures apart from its successes. */
export function answerOf(
  machine: Machine,
  endings: readonly Ending[],
  { known, node }: { known: readonly Formula[]; node: ts.Node },
): Value {
  const answers = endings.flatMap((ending) => {
    const when = all(ending.exit.facts.slice(known.length));
    return sides(ending.exit.value, when).map(
      (side): Answer => ({ response: responseOf(machine, side.value, ending), when: side.when }),
    );
  });
  const possible = answers.filter((each) => !isFalse(each.when));
  const failed = possible.filter(({ response }) => !isOk(response));
  const went = possible.filter(({ response }) => isOk(response));
  const facts = new Set(known.map(formulaKey));
  if (went.length === 0 || failed.length === 0) {
    return chain(machine, went.length > 0 ? went : failed, facts) ?? unknown(node.getText());
  }
  const fails = some(failed.map(({ when }) => given(when, facts)));
  const fine = new Set([...facts, ...keysOf(not(fails))]);
  const yes = chain(machine, failed, facts) ?? UNDEFINED;
  const no = chain(machine, went, fine) ?? UNDEFINED;
  return { kind: 'choice', when: fails, yes, no };
}

/** Answers as alternatives, each only where none before it is given. */
function chain(
  machine: Machine,
  answers: readonly Answer[],
  known: ReadonlySet<string>,
): Value | undefined {
  const [first, ...rest] = answers;
  if (!first) return undefined;
  const yes = received(machine, first.response);
  const when = given(first.when, known);
  const no = chain(machine, rest, new Set([...known, ...keysOf(not(when))]));
  return no ? { kind: 'choice', when, yes, no } : yes;
}

/** What `fetch` gives: text is no JSON. */
function received(machine: Machine, response: Response): Value {
  const whole: Value = { kind: 'response', response };
  if (stringOf(response.body ?? undefined) === undefined) return whole;
  return {
    kind: 'special',
    name: 'Response',
    get: (name, node) => machine.get(whole, name, node),
    invoke: (method, args, node) => {
      if (method !== 'json') return machine.invoke(whole, { name: method, args }, node);
      const message: [string, Value] = ['message', unknown('message')];
      machine.throwValue(builtIn(['SyntaxError', 'Error'], [message]), node);
      return UNDEFINED;
    },
  };
}

function keysOf(formula: Formula): string[] {
  return (formula.kind === 'all' ? formula.of : [formula]).map(formulaKey);
}

function isOk({ kind, status }: Response): boolean {
  const said = status ? literalOf(status) : 200;
  return kind !== 'redirect' && typeof said === 'number' && said >= 200 && said < 300;
}

/** What an ending answers; an error nobody handles is the server's plain 500. */
function responseOf(machine: Machine, value: Value, { exit, thrown }: Ending): Response {
  if (value.kind === 'response') return value.response;
  if (value.kind === 'jsx') return answer(exit.node, { text: [value] });
  if (!thrown) return answer(exit.node, { body: value });
  return (
    machine.endpoint.semantics.unhandled?.(machine, thrown) ??
    answer(thrown.node, { status: literal(500), body: literal('Internal Server Error') })
  );
}

function answer(node: ts.Node, said: Partial<Omit<Response, 'node'>>): Response {
  return makeResponse(node, said).response;
}
