/** What joins conditions, by the words that records are read by. */
export const LOGIC: Readonly<Record<string, string>> = {
  'Op.and': 'AND',
  'Op.or': 'OR',
  'Op.not': 'NOT',
};

/** What compares a column, by the same. */
export const OPERATORS: Readonly<Record<string, string>> = {
  'Op.eq': 'equals',
  'Op.is': 'equals',
  'Op.ne': 'not',
  'Op.not': 'not',
  'Op.gt': 'gt',
  'Op.gte': 'gte',
  'Op.lt': 'lt',
  'Op.lte': 'lte',
  'Op.in': 'in',
  'Op.notIn': 'notIn',
  'Op.like': 'like',
  'Op.iLike': 'ilike',
  'Op.startsWith': 'startsWith',
  'Op.endsWith': 'endsWith',
  'Op.substring': 'contains',
};
