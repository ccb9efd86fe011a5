import { ts } from '../../../kernel/syntax.ts';
import { enter } from '../../trace/closures.ts';
import { declareInput } from '../../trace/declared-input.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { overChoice } from '../../trace/terms.ts';
import type { Value } from '../../trace/values.ts';
import { leaving, waysOf } from '../leaving.ts';
import { partsShown } from '../shown-parts.ts';
import { dataIn, isData, isRedirect } from './answers.ts';
import { dataArguments } from './context.ts';
import type { Doing } from './route.ts';

const INDEX = { type: 'object', properties: { index: { const: '' } }, required: ['index'] };

/** Runs the action of a document's form: what it gives back is shown by the page, or leads elsewhere. */
export function act(
  machine: Machine,
  doing: Doing,
  answer: (thrown: Value, at: ts.Node) => Value | undefined,
): void {
  if (doing.part.indexed) declareInput(machine, 'query', INDEX);
  const file = doing.routes[doing.part.route]?.component?.registered.file;
  const source = file === undefined ? undefined : machine.deps.program.source(file);
  const shown = source ? partsOfAnswer(source) : [];
  answered(machine, doing, {
    answer,
    kept: (value, node) => shownAnswer(machine, { value, node, shown }),
  });
}

/** Runs the loader or action of a route without a component: it answers itself. */
export function serve(machine: Machine, doing: Doing): void {
  const answer = (thrown: Value, at: ts.Node) => {
    if (thrown.kind !== 'response') return undefined;
    return isData(thrown) ? makeResponse(at, { status: thrown.response.status }) : thrown;
  };
  const kept = (value: Value, node: ts.Node) =>
    value.kind === 'response' ? value : makeResponse(node, { body: value });
  answered(machine, doing, { answer, kept });
}

interface Answering {
  readonly answer: (thrown: Value, at: ts.Node) => Value | undefined;
  readonly kept: (value: Value, node: ts.Node) => Value;
}

function answered(machine: Machine, doing: Doing, { answer, kept }: Answering): void {
  const { registered } = doing.part;
  const node = registered.expression;
  const value = machine.standing(registered);
  if (value.kind !== 'closure') return;
  leaving(machine, answer, () => {
    const { returns } = enter(machine, value, { args: [dataArguments(machine, doing)], node });
    for (const exit of returns.flatMap(waysOf)) keepExit(machine, exit, kept);
  });
}

function keepExit(machine: Machine, exit: Exit, kept: Answering['kept']): void {
  const value = machine.settle(exit.value, exit.node);
  for (const way of waysOf({ ...exit, value })) {
    const answer = kept(way.value, way.node);
    machine.endings.push({
      exit: { ...way, value: answer },
      thrown: null,
      step: machine.current,
    });
  }
  machine.stopped.add(machine.current);
}

function shownAnswer(
  machine: Machine,
  { value, node, shown }: { value: Value; node: ts.Node; shown: readonly string[] },
): Value {
  if (isRedirect(value)) return value;
  const { data, status } = dataIn(value);
  const at = value.kind === 'response' ? value.response.node : node;
  return overChoice(data, (side): Value => {
    const body = side.kind === 'undefined' ? null : side;
    const text = body?.kind === 'object' ? shown.map((name) => machine.get(body, name, at)) : [];
    return makeResponse(at, { body, text, status });
  });
}

/** The parts of what its action gave back that a page's file shows. */
function partsOfAnswer(source: ts.SourceFile): string[] {
  const names = new Set(['actionData', 'props.actionData']);
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
      const call = node.initializer && ts.isCallExpression(node.initializer);
      if (call && /\buseActionData\b/.test(node.initializer.getText())) names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...new Set([...names].flatMap((name) => partsShown(source, name)))];
}
