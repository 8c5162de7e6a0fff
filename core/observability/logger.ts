import type { ServiceIdentifier } from 'inversify';
import { type Logger as PinoLogger, pino } from 'pino';

/** Structured log. Never give it a secret or a message text; give phone numbers through `masked`. */
export type Logger = PinoLogger;
export const Logger: ServiceIdentifier<Logger> = Symbol.for('stubwire.Logger');

/** An address with all but its last four characters hidden: `*******0101`. */
export const masked = (address: string): string => '*'.repeat(Math.max(0, address.length - 4)) + address.slice(-4);

/** The program's log on standard output; `LOG_LEVEL` of the environment is read by the configuration. */
export const createLogger = (level: string): Logger =>
  pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
