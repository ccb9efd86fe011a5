import { type Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';

/**
 * Draws a command's arguments and options from an operation's input: a property with
 * `meta({ positional: true })` is an argument, a boolean a flag, `dryRun` is `--dry-run`.
 */
export function addOptions(command: Command, input: z.ZodObject): void {
  for (const [name, schema] of Object.entries(input.shape)) {
    const field = readField(schema as z.ZodType);
    if (field.positional) {
      command.argument(field.required ? `<${name}>` : `[${name}]`, field.description);
    } else {
      command.addOption(toOption(name, field));
    }
  }
}

/** The operation's raw input from what commander parsed. */
export function collectInput(command: Command, input: z.ZodObject): Record<string, unknown> {
  const positional = Object.entries(input.shape).filter(
    ([, schema]) => readField(schema as z.ZodType).positional,
  );
  const given: [string, unknown][] = positional.map(([name], index) => [name, command.args[index]]);
  const all = [...Object.entries(command.opts()), ...given];
  return Object.fromEntries(
    all.filter(([name, value]) => value !== undefined && name in input.shape),
  );
}

interface Field {
  readonly positional: boolean;
  readonly required: boolean;
  readonly description: string;
  readonly type: 'boolean' | 'number' | 'string';
  readonly choices: readonly string[] | null;
  readonly fallback: unknown;
}

function readField(schema: z.ZodType): Field {
  const json = z.toJSONSchema(schema, { io: 'input' });
  const type = json.type === 'integer' ? 'number' : json.type;
  return {
    positional: schema.meta()?.['positional'] === true,
    required: !schema.safeParse(undefined).success,
    description: json.description ?? '',
    type: type === 'boolean' || type === 'number' ? type : 'string',
    choices: Array.isArray(json.enum) ? json.enum.map(String) : null,
    fallback: json.default,
  };
}

function toOption(name: string, field: Field): Option {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const option = new Option(field.type === 'boolean' ? flag : `${flag} <value>`, describe(field));
  if (field.choices) option.choices([...field.choices]);
  if (field.type === 'number') option.argParser(toNumber);
  if (field.required) option.makeOptionMandatory();
  return option;
}

function describe({ description, fallback, type }: Field): string {
  const shown = type !== 'boolean' && fallback !== undefined && fallback !== '';
  return shown ? `${description} (default: ${fallback})` : description;
}

function toNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
