import type { InputPart } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';

/** What a pipe is told of the value it gets. */
export interface Metadata {
  /** The part of the request; null for what the app's own decorators give. */
  readonly from: InputPart | null;
  readonly name: string | undefined;
  readonly type: ts.TypeNode | undefined;
  readonly node: ts.Node;
}

export interface Piped {
  readonly value: Value;
  readonly metadata: Metadata;
}

/** An option that a pipe or strategy was made with. */
export function optionOf(options: Value, name: string): Value {
  return options.kind === 'object' ? (options.fields.value.get(name) ?? UNDEFINED) : UNDEFINED;
}
