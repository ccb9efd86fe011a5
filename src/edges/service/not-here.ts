import { StatewrightError } from '../../kernel/errors.ts';
import type { Endpoint } from './contract.ts';

const PLACES = {
  none: '',
  database: 'It needs a storage: bind one as HYPERDRIVE, or run `npx statewright serve` on Node.',
  checkout:
    'It needs databases and a checkout, which are had on Node: run `npx statewright serve`.',
} as const;

/** What this place can't do, with the place that can. */
export function notHere({ method, path, needs }: Pick<Endpoint, 'method' | 'path' | 'needs'>) {
  return new StatewrightError('service.notHere', `${method} ${path} is not served here.`, {
    hint: PLACES[needs],
  });
}
