import { faker } from '@faker-js/faker/locale/en';

const { person, location, commerce, word, lorem, finance } = faker.definitions;

/** Faker's English vocabulary as plain lists; which word is taken is never Faker's choice. */
export const words = {
  firstNames: [...(person.first_name.female ?? []), ...(person.first_name.male ?? [])],
  lastNames: [...(person.last_name.generic ?? [])],
  cities: location.city_name,
  streets: location.street_name,
  states: location.state,
  countries: location.country,
  countryCodes: location.country_code,
  products: commerce.product_name,
  currencies: finance.currency,
  nouns: word.noun,
  adjectives: word.adjective,
  lorem: lorem.word,
};
