import type { ValueKind } from './value.ts';
import { words } from './words.ts';

export const email: ValueKind = {
  name: 'email',
  version: 1,
  families: ['text'],
  matches: /(^|_)e?mail(_address)?$|^email/,
  make({ draw, max }) {
    const first = draw
      .pick(words.firstNames)
      .toLowerCase()
      .replace(/[^a-z]/g, '');
    const domain = '@example.test';
    const local = `${first}.${draw.hex(6)}`;
    return max === null ? local + domain : `${local.slice(0, Math.max(1, max - 13))}${domain}`;
  },
};
