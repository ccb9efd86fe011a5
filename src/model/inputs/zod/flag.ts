import type { Call, Machine } from '../../static/value.ts';
import { literal } from '../../static/value.ts';
import type { ZodSchema } from './schema.ts';

/** The words a transform makes true and false, and what it makes of nothing. */
export interface Flag {
  readonly on: string;
  readonly off: string;
  readonly absent: boolean;
}

/** `z.enum(['true', 'false']).transform((word) => word === 'true')` as a flag; undefined for any other transform. */
export function flagOf(machine: Machine, of: ZodSchema, { args }: Call): Flag | undefined {
  const [work] = args;
  const words = of.json['enum'];
  if (work?.kind !== 'function' || !Array.isArray(words)) return undefined;
  const said = (word: string | undefined) => {
    const value = machine.invoke(work, [literal(word)]);
    return value.kind === 'literal' && typeof value.value === 'boolean' ? value.value : undefined;
  };
  const texts = words.filter((word) => typeof word === 'string' && word !== '');
  const on = texts.find((word) => said(word) === true);
  const off = texts.find((word) => said(word) === false);
  const absent = of.optional ? said(undefined) : false;
  return on === undefined || off === undefined || absent === undefined
    ? undefined
    : { on, off, absent };
}
