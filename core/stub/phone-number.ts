import { createRequire } from 'node:module';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js/mobile';
import { StubwireError } from '../errors.js';
import { masked } from '../observability/masked.js';

/** The metadata of mobile numbers only. Its many small modules are read at the first number, not at start (60 ms). */
type Library = typeof import('libphonenumber-js/mobile');
const require = createRequire(import.meta.url);
let loaded: Library | undefined;
const library = (): Library => {
  loaded ??= require('libphonenumber-js/mobile') as Library;
  return loaded;
};

const WRITTEN_AS_A_NUMBER = /^\+?[\d\s().\-/\u00a0\u2010-\u2013]{3,40}$/;

/**
 * A mobile number as a person writes it, in the form that is stored: E.164 digits without `+`.
 *
 * `+` or `00` begins an international number. Digits alone are read both as of `country` and as international without
 * `+`: the reading that is a mobile number there wins, then the national one, then any of a possible length (numbering
 * plans change faster than libraries). Errors: `number_invalid`.
 */
export function mobileNumber(given: string, country: string): string {
  const text = given.trim();
  const digits = text.replace(/\D/g, '');
  if (digits.length < 3) throw invalid(given, country, `it has ${digits.length} digits`);
  if (!WRITTEN_AS_A_NUMBER.test(text)) throw invalid(given, country, 'it holds other characters than digits');
  const international = parsed(`+${digits.replace(/^00/, '')}`);
  const national = /^(\+|00)/.test(text) ? undefined : parsed(digits, country);
  const readings = [national, international].filter((reading) => reading !== undefined);
  const best = readings.find((reading) => reading.isValid()) ?? readings.find((reading) => reading.isPossible());
  if (!best) throw invalid(given, country, `its ${digits.length} digits are a number of no country, nor of ${country}`);
  return best.number.slice(1);
}

/**
 * Reads a number in stored form, or as a person writes it. Digits that can be an international number are taken as one, because
 * a stored number may also be valid as a national number of another country. Errors: `number_invalid`.
 */
export function storedMobileNumber(given: string, country: string): string {
  const isStored = /^[1-9]\d+$/.test(given) && parsed(`+${given}`)?.isPossible() === true;
  return isStored ? given : mobileNumber(given, country);
}

/** Splits a number (E.164 digits) into the country code and the national digits, with trunk prefix. */
export function nationalDigits(number: string): { readonly code: string; readonly national: string } | undefined {
  const found = parsed(`+${number}`);
  return found && { code: found.countryCallingCode, national: found.formatNational().replace(/\D/g, '') };
}

function parsed(text: string, country?: string): PhoneNumber | undefined {
  return library().parsePhoneNumberFromString(text, {
    ...(country !== undefined && { defaultCountry: country as CountryCode }),
    extract: false,
  });
}

function invalid(given: string, country: string, why: string): StubwireError {
  const example = exampleOf(country);
  return new StubwireError(
    'number_invalid',
    `"${masked(given.slice(0, 40))}" is no mobile number: ${why}. Write it with the country's code, as in +${example}, or as it is dialled in ${country}.`,
    { details: { given: masked(given.slice(0, 40)), expected: 'E.164, or national', country, example: `+${example}` } },
  );
}

function exampleOf(country: string): string {
  const examples = require('libphonenumber-js/mobile/examples') as Parameters<Library['getExampleNumber']>[1];
  const example = library().getExampleNumber(country as CountryCode, examples);
  return (example?.number ?? '+27711234567').slice(1);
}
