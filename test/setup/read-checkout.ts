import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '../../src/kernel/digest.ts';
import type { Event } from '../../src/kernel/events.ts';
import { readModel } from '../../src/operations/reading.ts';

// Reads a checkout, telling what it waits for; then which file keeps it now.
const [, , path = '', cache = ''] = process.argv;
const emit = (event: Event) => {
  if (event.kind === 'note') console.log(event.note);
};
const { model } = await readModel(path, { emit, cache });
const [file = ''] = readdirSync(cache).filter((name) => name.endsWith('.json'));
console.log(JSON.stringify({ kept: statSync(join(cache, file)).ino, model: digest(model) }));
