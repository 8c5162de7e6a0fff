import type { ServiceIdentifier } from 'inversify';
import { type DestinationStream, type LoggerOptions, type Logger as PinoLogger, pino } from 'pino';
import { loggedError, withoutNumbers } from './logged-error.js';

/** Structured log. Never give it a secret or a message text; give phone numbers through `masked`. */
export type Logger = PinoLogger;
export const Logger: ServiceIdentifier<Logger> = Symbol.for('stubwire.Logger');

/** In place of a secret. */
const HIDDEN = '[secret]';

export interface LogOptions {
  /** Never written, wherever in a line they would stand: the secrets of the configuration. */
  readonly secrets?: readonly string[];
  /** Instead of standard output. */
  readonly destination?: DestinationStream;
}

/**
 * The program's log on standard output; `LOG_LEVEL` of the environment is read by the configuration. Errors are given as
 * `err` and written as `loggedError` has them.
 */
export function createLogger(level: string, { secrets = [], destination }: LogOptions = {}): Logger {
  // The longest first: one secret may begin as another does.
  const hidden = secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length);
  const options: LoggerOptions = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => loggedError(error), letter: masking, attempt: masking, reason: masking },
    hooks: {
      // Without a message of its own, the line would get the error's, as it is. A provider's words may stand in a message.
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
