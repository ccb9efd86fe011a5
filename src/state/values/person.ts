import { cut, type ValueKind } from './value.ts';
import { words } from './words.ts';

const text = ['text'] as const;
const people =
  /user|person|people|patient|customer|staff|employee|member|contact|author|account|profile|client|student|teacher|doctor|guest|owner|player/;

export const firstName: ValueKind = {
  name: 'firstName',
  version: 1,
  families: text,
  matches: /(^|_)(first_?name|given_?name|forename)$/,
  make: ({ draw, max }) => cut(draw.pick(words.firstNames), max),
};

export const lastName: ValueKind = {
  name: 'lastName',
  version: 1,
  families: text,
  matches: /(^|_)(last_?name|sur_?name|family_?name)$/,
  make: ({ draw, max }) => cut(draw.pick(words.lastNames), max),
};

export const personName: ValueKind = {
  name: 'personName',
  version: 1,
  families: text,
  matches: /(^|_)(full_?name|display_?name|recipient|holder|contact_?name|customer_?name|author)$/,
  make: fullName,
};

/** A bare `name` is a person's where the table is about people. */
export const nameOfPerson: ValueKind = {
  name: 'nameOfPerson',
  version: 1,
  families: text,
  matches: /^name$/,
  within: people,
  make: fullName,
};

export const username: ValueKind = {
  name: 'username',
  version: 1,
  families: text,
  matches: /(^|_)(user_?name|login|handle|nick(_?name)?|screen_?name)$/,
  make: ({ draw, max }) => {
    const first = draw
      .pick(words.firstNames)
      .toLowerCase()
      .replace(/[^a-z]/g, '');
    return cut(`${first}_${draw.hex(4)}`, max);
  },
};

export const phone: ValueKind = {
  name: 'phone',
  version: 1,
  families: text,
  matches: /(^|_)(phone|mobile|tel|telephone|fax|cell)(_?(number|no))?$/,
  // 555-0100 to 555-0199 are never given to anybody.
  make: ({ draw, max }) => {
    const tail = `01${String(draw.int(100)).padStart(2, '0')}`;
    return cut(`+1${200 + draw.int(700)}555${tail}`, max);
  },
};

function fullName({ draw, max }: Parameters<ValueKind['make']>[0]): string {
  return cut(`${draw.pick(words.firstNames)} ${draw.pick(words.lastNames)}`, max);
}
