import type { ValueKind } from './value.ts';

const DAY = 86_400_000;
const later = /(expir|ends?_|_end$|due|until|valid_to|deadline|renew|closes)/;
const soon = /(start|begin|scheduled|opens|valid_from|appoint|check_?in|departs)/;

/** Past for what has happened, a week ahead for what starts, a month ahead for what ends. */
export const instant: ValueKind = {
  name: 'instant',
  version: 1,
  families: ['timestamptz', 'timestamp', 'date'],
  make: ({ draw, column }) => {
    if (later.test(column.name)) return { now: (30 + draw.int(60)) * DAY };
    if (soon.test(column.name)) return { now: (7 + draw.int(14)) * DAY };
    return { now: -(1 + draw.int(60)) * DAY };
  },
};

export const birthday: ValueKind = {
  name: 'birthday',
  version: 1,
  families: ['date', 'timestamp', 'timestamptz'],
  matches: /birth|born|(^|_)dob$/,
  make: ({ draw }) => {
    const [year, month, day] = [1950 + draw.int(50), 1 + draw.int(12), 1 + draw.int(28)];
    return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  },
};

export const time: ValueKind = {
  name: 'time',
  version: 1,
  families: ['time'],
  make: ({ draw }) => `${String(8 + draw.int(10)).padStart(2, '0')}:${draw.pick(['00', '30'])}:00`,
};

export const interval: ValueKind = {
  name: 'interval',
  version: 1,
  families: ['interval'],
  make: ({ draw }) => `${1 + draw.int(24)} hours`,
};
