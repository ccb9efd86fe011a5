import { cut, type ValueKind } from './value.ts';
import { words } from './words.ts';

const text = ['text'] as const;

export const street: ValueKind = {
  name: 'street',
  version: 1,
  families: text,
  matches: /(^|_)(street|address|addr|line_?1|address_?1|street_?address)$/,
  make: ({ draw, max }) => cut(`${1 + draw.int(199)} ${draw.pick(words.streets)}`, max),
};

export const city: ValueKind = {
  name: 'city',
  version: 1,
  families: text,
  matches: /(^|_)(city|town|locality)$/,
  make: ({ draw, max }) => cut(draw.pick(words.cities), max),
};

export const postcode: ValueKind = {
  name: 'postcode',
  version: 1,
  families: text,
  matches: /(^|_)(post_?code|postal_?code|zip(_?code)?)$/,
  make: ({ draw, max }) => cut(String(10_000 + draw.int(89_999)), max),
};

export const state: ValueKind = {
  name: 'state',
  version: 1,
  families: text,
  matches: /(^|_)(province|region|county)$/,
  make: ({ draw, max }) => cut(draw.pick(words.states), max),
};

export const country: ValueKind = {
  name: 'country',
  version: 1,
  families: text,
  matches: /(^|_)(country|nationality)(_?code)?$/,
  make: ({ draw, max, column }) => {
    const code = draw.pick(words.countryCodes);
    if (max !== null && max < 3) return code.alpha2.slice(0, max);
    if (max === 3) return code.alpha3;
    return /code/.test(column.name) ? code.alpha2 : cut(draw.pick(words.countries), max);
  },
};

export const timeZone: ValueKind = {
  name: 'timeZone',
  version: 1,
  families: text,
  matches: /(^|_)(time_?zone|tz)$/,
  make: ({ max }) => cut('Europe/Berlin', max),
};

export const locale: ValueKind = {
  name: 'locale',
  version: 1,
  families: text,
  matches: /(^|_)(locale|lang|language)(_?code)?$/,
  make: ({ max }) => cut('en', max),
};
