import { uuidFrom } from '../state.ts';
import { cut, type ValueKind } from './value.ts';
import { words } from './words.ts';

export const uuid: ValueKind = {
  name: 'uuid',
  version: 1,
  families: ['uuid'],
  make: ({ draw }) => uuidFrom(draw.hex(32)),
};

/** Keys kept as text: an application's own ids. */
export const textId: ValueKind = {
  name: 'textId',
  version: 1,
  families: ['text'],
  matches: /^(id|uid|uuid|guid|pk|.*_(id|uid|uuid))$/,
  make: ({ draw, max }) => (max === null || max >= 36 ? uuidFrom(draw.hex(32)) : draw.hex(max)),
};

export const slug: ValueKind = {
  name: 'slug',
  version: 1,
  families: ['text'],
  matches: /(^|_)(slug|key|permalink|subdomain|identifier)$/,
  make: ({ draw, max }) => {
    const pair = `${draw.pick(words.adjectives)}-${draw.pick(words.nouns)}`;
    return cut(`${plain(pair)}-${draw.hex(4)}`, max);
  },
};

export const sku: ValueKind = {
  name: 'sku',
  version: 1,
  families: ['text'],
  matches:
    /(^|_)(sku|code|barcode|reference|ref|serial|coupon|voucher|(order|invoice)_?(no|number))$/,
  make: ({ draw, max }) => {
    const whole = draw.hex(8).toUpperCase();
    return max !== null && max < 9 ? whole.slice(0, max) : `${whole.slice(0, 4)}-${whole.slice(4)}`;
  },
};

/** Never a working secret: nobody knows what it is the hash of. */
export const secret: ValueKind = {
  name: 'secret',
  version: 1,
  families: ['text'],
  matches: /(password|passwd|hash|token|secret|salt|digest|signature|api_?key)/,
  make: ({ draw, max }) => cut(draw.hex(64), max),
};

export const url: ValueKind = {
  name: 'url',
  version: 1,
  families: ['text'],
  matches: /(^|_)(url|uri|link|href|website|homepage|avatar|image|photo|picture|logo)$/,
  make: ({ draw, max }) => cut(`https://example.test/${draw.hex(8)}`, max),
};

export const bytes: ValueKind = {
  name: 'bytes',
  version: 1,
  families: ['bytea'],
  make: ({ draw }) => `\\x${draw.hex(32)}`,
};

/** The range that RFC 5737 keeps for documentation. */
export const inet: ValueKind = {
  name: 'inet',
  version: 1,
  families: ['inet'],
  make: ({ draw }) => `192.0.2.${1 + draw.int(254)}`,
};

export const ipText: ValueKind = {
  name: 'ip',
  version: 1,
  families: ['text'],
  matches: /(^|_)(ip|ip_?addr(ess)?)$/,
  make: ({ draw, max }) => cut(`192.0.2.${1 + draw.int(254)}`, max),
};

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
