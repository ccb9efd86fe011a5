import { parentPort } from 'node:worker_threads';
import { StatewrightError } from '../../../kernel/errors.ts';
import { type Posted, parsePosted, type Sent } from '../posted.ts';
import type { Said } from './threads.ts';

const say = (said: Said<Posted>) => parentPort?.postMessage(said);

parentPort?.on('message', async (sent: Sent) => {
  try {
    say({ kind: 'done', result: await parsePosted(sent) });
  } catch (error) {
    if (!(error instanceof StatewrightError)) throw error;
    const { code, message, hint } = error;
    say({ kind: 'failed', code, message, hint });
  }
});
