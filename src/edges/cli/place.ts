import { quietPlace } from '../../operations/home.ts';
import type { Checkout } from '../../operations/place.ts';

/** What this machine gives the operations, with how the terminal shows their results. */
export function openPlace(): Checkout {
  return {
    ...quietPlace(process.env),
    terminal: {
      colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
      width: Math.min(process.stdout.columns ?? 100, 120),
    },
  };
}
