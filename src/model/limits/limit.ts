import type { ts } from '../../kernel/syntax.ts';
import { respond } from '../trace/chain.ts';
import { atom, type Formula } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { makeResponse } from '../trace/responses.ts';
import { placeAt } from '../trace/source.ts';
import { literal, type Value } from '../trace/values.ts';

/** That something happens which is no state of the app's data: what is counted, sent as a file, or takes its time. */
export function outsideData(name: string, node: ts.Node): Formula {
  return atom({ kind: 'external', at: placeAt(node), name, holds: true });
}

/** That somebody sends more requests than a library lets through. */
export function pastLimit(library: string, node: ts.Node): Formula {
  return outsideData(`going past the limit of ${library}`, node);
}

/** The fields of a limiter's options; none where they are not written out. */
export function optionsOf(options: Value | undefined): ReadonlyMap<string, Value> {
  return options?.kind === 'object' ? options.fields.value : new Map();
}

/** Answers a request that goes past a limit. */
export function refuse(
  machine: Machine,
  { status = literal(429), body }: { status?: Value | undefined; body: Value },
  node: ts.Node,
): void {
  respond(machine, makeResponse(node, { status, body }), node);
}
