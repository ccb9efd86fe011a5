import type { CommerceProductNameDefinition, Currency } from '@faker-js/faker';
import { faker } from '@faker-js/faker/locale/en';

const { person, location, commerce, word, lorem, finance } = faker.definitions;
// Named here, for a declaration can't name what the package keeps to itself.
const products: CommerceProductNameDefinition = commerce.product_name;
const currencies: readonly Currency[] = finance.currency;

/** Faker's English vocabulary as plain lists; which word is taken is never Faker's choice. */
export const words = {
  firstNames: [...(person.first_name.female ?? []), ...(person.first_name.male ?? [])],
  lastNames: [...(person.last_name.generic ?? [])],
  cities: location.city_name,
  streets: location.street_name,
  states: location.state,
  countries: location.country,
  countryCodes: location.country_code,
  products,
  currencies,
  nouns: word.noun,
  adjectives: word.adjective,
  lorem: lorem.word,
};
