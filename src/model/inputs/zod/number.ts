import type { Call, Value } from '../../static/value.ts';
import { known, numberIn } from './literals.ts';
import { also, type ZodSchema } from './schema.ts';

/** A method of a number schema; undefined for one that is not about numbers. */
export function numberMethod(
  of: ZodSchema,
  { name, args }: Call & { name: string },
): Value | undefined {
  const value = numberIn(args[0]);
  switch (name) {
    case 'int':
    case 'safe':
      return also(of, name === 'int' ? { type: 'integer' } : {});
    case 'min':
    case 'gte':
      return also(of, known({ minimum: value }));
    case 'max':
    case 'lte':
      return also(of, known({ maximum: value }));
    case 'gt':
      return also(of, known({ exclusiveMinimum: value }));
    case 'lt':
      return also(of, known({ exclusiveMaximum: value }));
    case 'positive':
      return also(of, { exclusiveMinimum: 0 });
    case 'negative':
      return also(of, { exclusiveMaximum: 0 });
    case 'nonnegative':
      return also(of, { minimum: 0 });
    case 'nonpositive':
      return also(of, { maximum: 0 });
    case 'multipleOf':
    case 'step':
      return also(of, known({ multipleOf: value }));
    default:
      return undefined;
  }
}
