import * as z from 'zod';
import { startEmbedded } from '../../db/embedded.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import { defineOperation } from '../../kernel/operation.ts';
import type { Place } from '../../operations/place.ts';
import { Key, KeyRequest, NewKey, Scope } from './shapes.ts';
import type { Storage } from './store/db.ts';

const KeysInput = z.object({
  action: z
    .enum(['create', 'list', 'revoke'])
    .meta({ positional: true, description: 'create, list or revoke' }),
  id: z.string().optional().describe('The key to revoke'),
  name: z.string().default('unnamed').describe('What it is for'),
  tenant: z.string().default('default').describe('Whose it is; tenants never see each other'),
  scopes: z.string().default('plan,run').describe('What it may: plan, run, admin'),
  perMinute: z.number().int().positive().default(600).describe('Requests a minute'),
  perDay: z.number().int().positive().default(100_000).describe('Requests a day'),
  standing: z.number().int().nonnegative().default(20).describe('Runs standing at once'),
  days: z.number().positive().optional().describe('Days until it ends'),
  store: z.string().optional().describe('URL of the storage; as for serve'),
});
type Input = z.output<typeof KeysInput>;

export const manageKeys = defineOperation({
  name: 'keys',
  summary: 'Make, list and revoke the keys of the service',
  needs: 'database',
  input: KeysInput,
  output: z.object({ made: NewKey.nullable(), keys: z.array(Key) }),
  run: async (input, place: Place) => {
    const { openStorage } = await import('./store/db.ts');
    const { migrate } = await import('./store/migrate.ts');
    const url = input.store ?? place.env['STATEWRIGHT_STORE'];
    await using server = url === undefined ? await startEmbedded({ home: place.home }) : null;
    const storage = openStorage(url ?? server?.url ?? '', { max: 1 });
    try {
      await storage.with(migrate);
      return await act(input, storage);
    } finally {
      await storage.close();
    }
  },
});

async function act({ action, id, ...about }: Input, storage: Storage) {
  const { createKey, listKeys, revokeKey } = await import('./store/keys.ts');
  if (action === 'list') return { made: null, keys: await storage.with(listKeys) };
  if (action === 'revoke') {
    if (id === undefined) {
      throw new StatewrightError('keys.noId', 'No key was named.', {
        hint: 'statewright keys revoke --id KEY_ID; `statewright keys list` shows the ids.',
      });
    }
    return { made: null, keys: [await storage.with((db) => revokeKey(db, id))] };
  }
  const { store: _, scopes, ...rest } = about;
  const parsed = KeyRequest.safeParse({ ...rest, scopes: scopes.split(',').map((s) => s.trim()) });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StatewrightError('keys.bad', `${issue?.path.join('.')}: ${issue?.message}.`, {
      hint: `Scopes are ${Scope.options.join(', ')}; a tenant has letters, digits, dots and dashes.`,
    });
  }
  const made = await storage.with((db) => createKey(db, parsed.data));
  const { key: _key, ...shown } = made;
  return { made, keys: [shown] };
}
