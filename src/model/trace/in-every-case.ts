import { literalOf, type Value } from './values.ts';

/** Whether a value is true or false in every case. */
export function isBoolean(value: Value): boolean {
  if (value.kind === 'choice') return isBoolean(value.yes) && isBoolean(value.no);
  return value.kind === 'test' || (value.kind === 'term' && value.type.base === 'boolean');
}

/** A truth that in some cases nobody has set. */
export function isFlag(value: Value): boolean {
  if (value.kind === 'choice') return isFlag(value.yes) && isFlag(value.no);
  return value.kind === 'undefined' || literalOf(value) === null || isBoolean(value);
}

/** Whatever is the case, the code has it written out. */
export function isWritten(value: Value): boolean {
  if (value.kind === 'choice') return isWritten(value.yes) && isWritten(value.no);
  if (value.kind === 'array')
    return value.items.value.every((item) => !item.when && isWritten(item.value));
  return value.kind === 'undefined' || literalOf(value) !== undefined;
}

/** Whatever is the case, nothing is known of it. */
export function isUnknown(value: Value): boolean {
  if (value.kind === 'choice') return isUnknown(value.yes) && isUnknown(value.no);
  return value.kind === 'unknown';
}

/** Whatever is the case, an answer. */
export function isAnswer(value: Value): boolean {
  if (value.kind === 'choice') return isAnswer(value.yes) && isAnswer(value.no);
  return value.kind === 'response';
}

/** Something to be shown, in one case at least. */
export function isScreen(value: Value): boolean {
  return comesTo(value, 'jsx');
}

export function comesTo(value: Value, kind: Value['kind']): boolean {
  if (value.kind === 'choice') return comesTo(value.yes, kind) || comesTo(value.no, kind);
  return value.kind === kind;
}
