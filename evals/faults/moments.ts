/** When an app may die in the middle of a request. */
export const MOMENTS = [
  'before it writes',
  'in an open transaction',
  'while PostgreSQL is at its statement',
  'before it answers',
  'in the middle of its answer',
] as const;
export type Moment = (typeof MOMENTS)[number];
