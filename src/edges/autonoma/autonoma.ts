import { join, resolve } from 'node:path';
import * as z from 'zod';
import { aborted } from '../../kernel/aborted.ts';
import { defineOperation } from '../../kernel/operation.ts';
import type { Place } from '../../operations/place.ts';
import { openEnvironment, secretsFrom } from './environment.ts';
import { serveProtocol } from './http.ts';
import { openOnce } from './replay.ts';

export const autonoma = defineOperation({
  name: 'autonoma',
  summary: 'Serve Autonoma’s environment-factory protocol: planned states for its runner',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to serve' }),
    db: z.string().describe('URL of the enrolled database that the app under test uses'),
    app: z.string().optional().describe('Where that app answers, to sign people in'),
    port: z.number().int().min(0).max(65_535).default(3_402).describe('Where to listen; 0: any'),
    host: z.string().default('127.0.0.1').describe('The address to listen on'),
    protocol: z.enum(['1.0', '2.0']).default('1.0').describe('What `discover` answers in'),
    strict: z.boolean().default(false).describe('Refuse requests without timestamp and nonce'),
    hours: z.number().positive().max(168).default(2).describe('How long a state stands'),
  }),
  output: z.object({}),
  run: async ({ path, db, app, port, host, protocol, strict, hours }, place: Place) => {
    const secrets = secretsFrom(place.env);
    const target = { root: resolve(path), db, app: app ?? null, hours };
    const environment = await openEnvironment(target, place);
    const once = await openOnce(join(place.home, 'autonoma', 'seen'));
    const now = () => place.clock.now();
    const options = { secrets, version: protocol, environment, once, strict, now };
    const served = await serveProtocol({ host, port }, options);
    place.emit({ kind: 'note', note: `Serving ${served.url}.` });
    await aborted(place.signal);
    await served.close();
    return {};
  },
});
