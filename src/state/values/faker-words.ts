import type { Faker } from '@faker-js/faker';
import type { Draw } from '../../kernel/draw.ts';
import { StatewrightError } from '../../kernel/errors.ts';

const loaded = new Map<string, Faker>();

/** Loads the languages that `fakerWords` is going to be asked for. Throws `generate.unknownLocale`. */
export async function loadLocales(locales: Iterable<string>): Promise<void> {
  for (const locale of locales) {
    if (loaded.has(locale)) continue;
    try {
      const { faker } = await import(`@faker-js/faker/locale/${locale}`);
      faker.setDefaultRefDate('2024-01-01T00:00:00.000Z');
      loaded.set(locale, faker);
    } catch (cause) {
      throw new StatewrightError('generate.unknownLocale', `Faker has no locale ${locale}.`, {
        hint: 'Its locales are named like de, fr_CH or pt_BR. Nothing was written.',
        cause,
      });
    }
  }
}

/** Texts of a Faker method, in any of the languages: which one, and what it says, is the draw's choice. */
export function fakerWords(method: string, locales: readonly string[]): (draw: Draw) => string {
  const fakers = (locales.length > 0 ? locales : ['en']).flatMap((one) => loaded.get(one) ?? []);
  const [module = '', name = ''] = method.split('.');
  const [first] = fakers;
  if (typeof member(first, module, name) !== 'function') {
    throw new StatewrightError('generate.unknownFaker', `Faker has no method ${method}.`, {
      hint: 'Its methods are named like person.jobTitle. Nothing was written.',
    });
  }
  return (draw) => {
    const faker = draw.pick(fakers);
    faker.seed(draw.int(2 ** 32));
    return String(Reflect.apply(member(faker, module, name) as () => unknown, undefined, []));
  };
}

function member(faker: Faker | undefined, module: string, name: string): unknown {
  const found: unknown = Reflect.get(faker ?? {}, module);
  return typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
}
