/**
 * A statement of MySQL's DDL as PostgreSQL would have it: names in backticks, types and options of its own. What it says of
 * storage is left out, and what a column's ENUM holds.
 */
export function fromMysql(statement: string): string {
  if (!/^\s*(?:--.*\n|\s)*(?:create|alter)\s+table\b/i.test(statement)) return statement;
  const plain = statement
    .replace(/^\s*#.*$/gm, '')
    .replace(/`([^`]+)`/g, '"$1"')
    .replace(TABLE_OPTIONS, ')');
  return RULES.reduce((text, [from, to]) => text.replace(from, to), plain);
}

/** `) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`. */
const TABLE_OPTIONS =
  /\)\s*(?:(?:engine|auto_increment|default|charset|collate|row_format|comment)\b[^;()]*)+(?=;|$)/i;

const NAME = '(?:"[^"]+"|\\w+)';

const RULES: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:tiny|medium)?int(?:eger)?(?:\s*\(\d+\))?(?:\s+unsigned)?(?:\s+zerofill)?\b(?=[^,]*\bauto_increment\b)/gi,
    'serial',
  ],
  [/\bbigint(?:\s*\(\d+\))?(?:\s+unsigned)?(?=[^,]*\bauto_increment\b)/gi, 'bigserial'],
  [/\bauto_increment\b/gi, ''],
  [/\btinyint\s*\(1\)/gi, 'boolean'],
  [/\b(?:tiny|small)int(?:\s*\(\d+\))?/gi, 'smallint'],
  [/\b(?:mediumint|int(?:eger)?)(?:\s*\(\d+\))?(?=\s|,|\))/gi, 'integer'],
  [/\bbigint\s*\(\d+\)/gi, 'bigint'],
  [/\b(?:unsigned|zerofill)\b/gi, ''],
  [/\bdatetime\b/gi, 'timestamp'],
  [/\b(?:tiny|medium|long)text\b/gi, 'text'],
  [/\b(?:tiny|medium|long)?blob\b|\b(?:var)?binary\s*\(\d+\)/gi, 'bytea'],
  [/\bdouble\b(?!\s+precision)/gi, 'double precision'],
  [/\benum\s*\([^)]*\)/gi, 'text'],
  [/\bon\s+update\s+(?:current_timestamp|now)(?:\s*\(\d*\))?/gi, ''],
  [/\b(?:character\s+set|collate)\s+\w+/gi, ''],
  [/\bcomment\s+'(?:[^']|'')*'/gi, ''],
  [new RegExp(`\\bunique\\s+(?:key|index)\\s+(${NAME})\\s*\\(`, 'gi'), 'constraint $1 unique ('],
  [
    new RegExp(`,\\s*(?:fulltext\\s+|spatial\\s+)?(?:key|index)\\s+${NAME}\\s*\\([^)]*\\)`, 'gi'),
    '',
  ],
];
