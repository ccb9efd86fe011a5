import { examplesOf } from '../../condition/logic.ts';
import type { Setting } from './setting.ts';

/** Whether a text was chosen because code we can't solve for is known to take it: it must stay as it is. */
export function isExample({ when }: Setting, value: unknown): boolean {
  return when.some(
    (item) =>
      item.kind === 'opaque' && typeof value === 'string' && examplesOf(item).includes(value),
  );
}
