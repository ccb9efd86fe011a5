import { city, country, locale, postcode, state, street, timeZone } from './address.ts';
import { bytes, inet, ipText, secret, sku, slug, textId, url, uuid } from './code.ts';
import { email } from './email.ts';
import { birthday, instant, interval, time } from './instant.ts';
import { currency, money, number } from './money.ts';
import { firstName, lastName, nameOfPerson, personName, phone, username } from './person.ts';
import { boolean, json, label } from './plain.ts';
import { anyText, company, product, sentence, title } from './text.ts';
import type { ValueKind } from './value.ts';

/** Every kind of value, the first that fits a column wins: names before families. */
export const valueKinds: readonly ValueKind[] = [
  secret,
  email,
  firstName,
  lastName,
  username,
  personName,
  nameOfPerson,
  phone,
  ipText,
  street,
  city,
  postcode,
  state,
  country,
  timeZone,
  locale,
  currency,
  slug,
  sku,
  url,
  company,
  product,
  textId,
  title,
  sentence,
  birthday,
  money,
  uuid,
  boolean,
  label,
  json,
  instant,
  time,
  interval,
  bytes,
  inet,
  number,
  anyText,
];
