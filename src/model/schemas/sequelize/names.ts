/** The plural of a model's name, as Sequelize makes it: regular words and the endings people use. */
export function plural(name: string): string {
  for (const [ending, instead] of ENDINGS)
    if (ending.test(name)) return name.replace(ending, instead);
  return `${name}s`;
}

const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/(equipment|information|series|news|data|media|sheep|fish)$/i, '$1'],
  [/(p)erson$/i, '$1eople'],
  [/(c)hild$/i, '$1hildren'],
  [/(wom|m)an$/i, '$1en'],
  [/(alias|status|bus)$/i, '$1es'],
  [/sis$/i, 'ses'],
  [/(?:([^f])fe|([lr])f)$/i, '$1$2ves'],
  [/([^aeiouy]|qu)y$/i, '$1ies'],
  [/(x|ch|ss|sh|quiz)$/i, '$1es'],
  [/(matr|vert|ind)(?:ix|ex)$/i, '$1ices'],
  [/s$/i, 's'],
];

/** `tenant` and `id` as one name. */
export function joined(first: string, second: string): string {
  return `${first}${second.charAt(0).toUpperCase()}${second.slice(1)}`;
}
