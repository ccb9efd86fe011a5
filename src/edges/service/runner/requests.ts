import { isUtf8 } from 'node:buffer';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { When } from '../../../plan/plan.ts';
import { requestOf } from '../../../proof/fire.ts';
import type { Run } from '../../../run/run.ts';
import type { RunUp } from '../shapes.ts';

type Sendable = RunUp['requests'][number];

interface At {
  /** Where the app answers; null where nobody knows. */
  readonly url: string | null;
  readonly personas: Run['personas'];
  /** The folder the app was built in, where it is at hand. */
  readonly folder?: string;
}

/** A plan's bound requests as they go over the wire, each as its persona; none where they can't be known. */
export async function requestsOf(
  when: readonly When[],
  { url, personas, folder }: At,
): Promise<Sendable[]> {
  if (url === null) return [];
  // What a build calls its functions of the server, only the build says.
  if (folder === undefined && when.some(({ action }) => action)) return [];
  const sendable = async (item: When): Promise<Sendable> => {
    const credentials = item.as === null ? null : (personas[item.as] ?? null);
    const about = { url, credentials, ...(folder === undefined ? {} : { folder }) };
    const { path, body, ...rest } = await requestOf(item, about);
    const encoding = body === null || isUtf8(body) ? 'utf8' : 'base64';
    return { ...rest, url: url + path, body: body?.toString(encoding) ?? null, encoding };
  };
  return Promise.all(when.map(sendable)).catch((error: unknown) => {
    if (error instanceof StatewrightError) return [];
    throw error;
  });
}
