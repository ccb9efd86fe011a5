import type { ValueKind } from './value.ts';

export const boolean: ValueKind = {
  name: 'boolean',
  version: 1,
  families: ['boolean'],
  make: () => false,
};

/** The first label: for most enums the state a thing begins in. */
export const label: ValueKind = {
  name: 'enum',
  version: 1,
  families: ['enum'],
  make: ({ domain, column }) => {
    const allowed = domain.values ?? column.values ?? [];
    return allowed.find((value) => !domain.not.includes(value)) ?? null;
  },
};

/** A list where the name is a plural of things, an object elsewhere. */
export const json: ValueKind = {
  name: 'json',
  version: 1,
  families: ['json'],
  make: ({ column }) =>
    /(^|_)(items|tags|list|lines|entries|ids|roles)$/.test(column.name) ? [] : {},
};
