import type { ServiceIdentifier } from 'inversify';
import { type DestinationStream, type LoggerOptions, type Logger as PinoLogger, pino } from 'pino';
import { loggedError, withoutNumbers } from './logged-error.js';

/** Structured log. Never give it a secret or a message text; give phone numbers through `masked`. */
export type Logger = PinoLogger;
export const Logger: ServiceIdentifier<Logger> = Symbol.for('stubwire.Logger');

/** Replaces a secret in a log line. */
const HIDDEN = '[secret]';

export interface LogOptions {
  /** Secrets of the configuration, which are replaced everywhere in a line. */
  readonly secrets?: readonly string[];
  /** Instead of standard output. */
  readonly destination?: DestinationStream;
}

/**
 * The program's log on standard output. The configuration reads `LOG_LEVEL`. Pass an error as `err`; it is written in the form
 * of `loggedError`.
 */
export function createLogger(level: string, { secrets = [], destination }: LogOptions = {}): Logger {
  // The longest first, because one secret may be the beginning of another.
  const hidden = secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  const options: LoggerOptions = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => loggedError(error), letter: masking, attempt: masking, reason: masking },
    hooks: {
      // A line without a message would get the raw message of the error. A message may also contain a provider's text, so it is masked.
      logMethod([first, ...rest], method) {
        const about = first instanceof Error ? { err: first } : first;
        const isBare = rest.length === 0 && Object(about).err !== undefined;
        const [message, ...values] = isBare ? ['failed'] : rest;
        method.call(this, masking(about), masking(message), ...values);
      },
      ...(hidden.length > 0 && { streamWrite: (line: string) => without(hidden, line) }),
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

const masking = <T>(value: T): T => (typeof value === 'string' ? (withoutNumbers(value) as T) : value);

const without = (hidden: readonly string[], line: string): string =>
  hidden.reduce((text, secret) => text.replaceAll(secret, HIDDEN), line);
